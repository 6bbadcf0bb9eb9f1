"""What a run gave: the verdict, and the figures that it rests on."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from math import nan
from typing import Any, Protocol

from loadtests.latency import Recorder, Tally, at
from loadtests.mix import Omitted
from loadtests.resources.explanation import Explanation
from loadtests.shares import shares
from loadtests.timeline import Second
from staging.rules.limits import FRACTIONS
from staging.rules.objectives import Measured, Outcome, Verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint:
    """One endpoint's figures; latencies count from when each request was due."""

    name: str
    requests: int
    errors: int
    p50_ms: float
    p90_ms: float
    p95_ms: float
    p99_ms: float
    p99_9_ms: float
    max_ms: float
    causes: dict[str, int]


class Special(Protocol):
    """What a run of a kind of its own tells beside the usual; `name` is its key in the report."""

    @property
    def name(self) -> str:
        """Its key in the report."""

    def outcome(self, verdict: Verdict) -> Outcome:
        """The verdict, given that of the objectives."""

    def reasons(self, verdict: Verdict) -> tuple[str, ...]:
        """Why it is not a pass."""

    def lines(self) -> tuple[str, ...]:
        """What a reader is told."""

    def document(self) -> dict[str, Any]:
        """The same as JSON."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """One run. `seconds` is how long requests were due; `partial`: it was interrupted.

    `notes` say why there is no evidence, `warnings` what else the reader must know. `subject` is
    what runs there and `machines` on how many of which size, if the target told; `mix` is each
    endpoint's part of the requests. `spread` are fractions of the requests and their latency.
    """

    url: str
    started_at: str
    seconds: float
    users: int
    planned: int
    measured: Measured
    errors: int
    verdict: Verdict
    endpoints: tuple[Endpoint, ...]
    not_run: tuple[Omitted, ...]
    notes: tuple[str, ...]
    warnings: tuple[str, ...]
    partial: bool
    subject: Mapping[str, str] | None = None
    machines: str = ""
    mix: Mapping[str, float] = field(default_factory=dict)
    profile: str = ""
    aborted: bool = False
    special: Special | None = None
    timeline: tuple[Second, ...] = ()
    spread: tuple[tuple[float, float], ...] = ()
    explanation: Explanation = field(default_factory=Explanation)
    crew: tuple[Mapping[str, Any], ...] = ()

    @property
    def outcome(self) -> Outcome:
        """The verdict in one word; part of a run proves nothing."""
        if self.partial or self.notes:
            return Outcome.INVALID
        return self.special.outcome(self.verdict) if self.special else self.verdict.outcome

    @property
    def reasons(self) -> tuple[str, ...]:
        """Why it is not a pass."""
        interrupted = ("The run was interrupted.",) if self.partial else ()
        ended = ("The run was ended early: it could not pass any more.",) if self.aborted else ()
        why = self.special.reasons(self.verdict) if self.special else self.verdict.reasons
        return (*interrupted, *self.notes, *ended, *why)


def measure(recorder: Recorder, *, seconds: float, planned_rate: float, cpu: float) -> Measured:
    """What the recorder holds, as the rules want it."""
    samples, lags = recorder.samples, sorted(recorder.lags)
    return Measured(
        samples=samples,
        error_rate=recorder.errors / samples if samples else nan,
        requests_per_second=recorder.in_time / seconds if samples and seconds else nan,
        planned_rate=planned_rate,
        due=recorder.due(),
        sent=recorder.sent(),
        lag_p99_ms=at(lags, 0.99) if lags else 0.0,
        lag_p50_ms=at(lags, 0.50) if lags else 0.0,
        cpu=cpu,
        endpoints=shares(recorder, seconds),
    )


def endpoints(recorder: Recorder) -> tuple[Endpoint, ...]:
    """Each endpoint that was asked, the busiest first."""
    busiest = sorted(recorder.tallies.items(), key=lambda item: -len(item[1].due))
    return tuple(_endpoint(name, tally, sorted(tally.due)) for name, tally in busiest)


def _endpoint(name: str, tally: Tally, ordered: Sequence[float]) -> Endpoint:
    return Endpoint(
        name=name,
        requests=len(ordered),
        errors=tally.errors,
        **{key: at(ordered, fraction) for key, fraction in FRACTIONS.items()},
        causes=dict(tally.causes),
    )
