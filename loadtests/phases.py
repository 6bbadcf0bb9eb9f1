"""What requests were like before, while and after something was done."""

import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from itertools import pairwise
from typing import Any

from loadtests.latency import at
from staging.rules.objectives import Outcome, Verdict


@dataclass(frozen=True, slots=True)
class Request:
    """When it was due (seconds), how long it took from then on, whether it was wrong."""

    due: float
    took_ms: float
    wrong: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Phase:
    """`longest_gap` is the most seconds from one good answer to the next."""

    name: str
    seconds: float
    requests: int
    errors: int
    p50_ms: float
    p95_ms: float
    p99_ms: float
    max_ms: float
    longest_gap: float


def phases(
    requests: Sequence[Request], *, start: float, begun: float, ended: float, finish: float
) -> tuple[Phase, ...]:
    """Before `begun`, until `ended`, after it; each request belongs to when it was due."""
    bounds = {"before": (start, begun), "during": (begun, ended), "after": (ended, finish)}
    return tuple(_phase(name, requests, since, until) for name, (since, until) in bounds.items())


def _phase(name: str, requests: Sequence[Request], since: float, until: float) -> Phase:
    own = [r for r in requests if since <= r.due < until]
    took = sorted(r.took_ms for r in own)
    good = sorted(r.due + r.took_ms / 1000 for r in own if not r.wrong)
    times = [since, *(moment for moment in good if moment < until), until]
    return Phase(
        name=name,
        seconds=until - since,
        requests=len(own),
        errors=sum(r.wrong for r in own),
        p50_ms=at(took, 0.50),
        p95_ms=at(took, 0.95),
        p99_ms=at(took, 0.99),
        max_ms=took[-1] if took else math.nan,
        longest_gap=max(b - a for a, b in pairwise(times)),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Deployed:
    """What was done during the traffic and what came of it; no exit code: it had not ended."""

    command: str
    exit_code: int | None
    phases: tuple[Phase, ...]
    name: str = "deploy"

    def outcome(self, verdict: Verdict) -> Outcome:
        """That of the objectives, if what was to be done was done."""
        if self.exit_code is None:
            return Outcome.INVALID
        return Outcome.FAIL if self.exit_code else verdict.outcome

    def reasons(self, verdict: Verdict) -> tuple[str, ...]:
        """Why it is not a pass."""
        if self.exit_code is None:
            return (f"{self.command}: it had not ended when the time was up.", *verdict.reasons)
        if self.exit_code:
            return (f"{self.command}: it ended with {self.exit_code}.", *verdict.reasons)
        return verdict.reasons

    def lines(self) -> tuple[str, ...]:
        """A line for each phase."""
        return (f"While `{self.command}` ran", *map(_line, self.phases))

    def document(self) -> dict[str, Any]:
        """The same as JSON."""
        return {
            "command": self.command,
            "exit_code": self.exit_code,
            "phases": [
                {key: _number(value) for key, value in asdict(phase).items()}
                for phase in self.phases
            ],
        }


def _line(p: Phase) -> str:
    return (
        f"  {p.name:7} {p.seconds:6.1f} s: {p.requests} requests, {p.errors} errors, "
        f"p50 {p.p50_ms:.0f}, p95 {p.p95_ms:.0f}, p99 {p.p99_ms:.0f}, max {p.max_ms:.0f} ms; "
        f"at most {p.longest_gap:.1f} s from one good answer to the next"
    )


def _number(value: object) -> object:
    if not isinstance(value, float):
        return value
    return round(value, 3) if math.isfinite(value) else None
