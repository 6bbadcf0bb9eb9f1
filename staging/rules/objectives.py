"""Whether what was measured meets the objectives, or is too little evidence to say."""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from staging.inventory import Objectives
from staging.rules.limits import FRACTIONS, RESOURCES, Limit, limits
from staging.rules.saturation import BUSY, CALM, Carried, remedy

KEPT = 0.98  # of the planned requests must leave in time, or the load was another than planned
LAG_SHARE = 0.1  # of an objective that the generator itself may add


class Outcome(StrEnum):
    """`invalid` is neither: nothing can be said."""

    PASS = "pass"  # noqa: S105 - no password
    FAIL = "fail"
    INVALID = "invalid"


@dataclass(frozen=True, slots=True, kw_only=True)
class Percentiles:
    """Exact percentiles of latencies; NaN where there was no sample."""

    p50_ms: float
    p95_ms: float
    p99_ms: float
    p90_ms: float = math.nan
    p99_9_ms: float = math.nan
    max_ms: float = math.nan


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One number, and how many samples it rests on."""

    value: float
    samples: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """What one endpoint's requests of a run were like."""

    samples: int
    error_rate: float
    requests_per_second: float
    due: Percentiles


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """One run. Latencies count from when a request was due, or from when it was `sent`.

    `lag_p99_ms` (and p50) is how late the generator itself woke, `cpu` the share of a core of the
    busiest of its `workers`, which had so many `users`, on a computer of so many `cores` (0: not
    known). `resources` are figures of what is behind the requests, by the objective's key.
    """

    samples: int
    error_rate: float
    requests_per_second: float
    planned_rate: float
    due: Percentiles
    sent: Percentiles
    lag_p99_ms: float
    cpu: float
    lag_p50_ms: float = 0.0
    endpoints: Mapping[str, Share] = field(default_factory=dict)
    resources: Mapping[str, Figure] = field(default_factory=dict)
    workers: int = 1
    users: int = 0
    cores: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One objective against what was measured; `line` says it to a reader."""

    name: str
    limit: float
    measured: float
    outcome: Outcome
    line: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What the run proves, and why, if it is not a pass."""

    outcome: Outcome
    findings: tuple[Finding, ...]
    reasons: tuple[str, ...]


def judge(measured: Measured, objectives: Objectives) -> Verdict:
    """Pass or fail if the evidence bears it; a value exactly at its limit passes."""
    asked = limits(objectives)
    findings = tuple(_finding(measured, limit) for limit in asked)
    failed = tuple(f.line for f in findings if f.outcome is Outcome.FAIL)
    unproven = tuple(f.line for f in findings if f.outcome is Outcome.INVALID)
    doubts = tuple(_lacking(measured, objectives))
    doubts = doubts or tuple(_doubts(measured, objectives, asked, failed=bool(failed)))
    if not doubts and not failed:
        doubts = tuple(_never_asked(measured, objectives))
    if doubts:
        return Verdict(outcome=Outcome.INVALID, findings=findings, reasons=doubts)
    if not failed and unproven:
        return Verdict(outcome=Outcome.INVALID, findings=findings, reasons=unproven)
    outcome = Outcome.FAIL if failed else Outcome.PASS
    return Verdict(outcome=outcome, findings=findings, reasons=failed)


def _finding(measured: Measured, limit: Limit) -> Finding:
    figure = _figure(measured, limit)
    value, wanted = figure.value, limit.value
    outcome, line = _compared(limit, value)
    if not (_sane(value) and _sane(wanted)):
        outcome = Outcome.INVALID
        line = f"{limit.name} was not measured (limit {_shown(limit.key, wanted)})"
    elif limit.key == "requests_per_second" and not _asked_for(measured, limit, value):
        outcome = Outcome.INVALID
    elif figure.samples < limit.minimum:
        outcome = Outcome.INVALID
        line += f": {figure.samples} samples, at least {limit.minimum} are needed"
    return Finding(name=limit.name, limit=wanted, measured=value, outcome=outcome, line=line)


def _compared(limit: Limit, value: float) -> tuple[Outcome, str]:
    wanted, key = limit.value, limit.key
    least = key == "requests_per_second"
    good = value >= wanted if least else value <= wanted
    sign = {(True, True): ">=", (True, False): "<", (False, True): "<=", (False, False): ">"}
    line = f"{limit.name} {_shown(key, value)} {sign[least, good]} {_shown(key, wanted)}"
    if wanted > 0:
        line += f" ({100 * (value - wanted) / wanted:+.0f} %)"
    return Outcome.PASS if good else Outcome.FAIL, line


def _figure(measured: Measured, limit: Limit) -> Figure:
    """What was measured of what the limit is about; NaN of no samples if nothing was."""
    key, scope = limit.key, limit.scope
    if key in RESOURCES:
        return measured.resources.get(key, Figure(value=math.nan, samples=0))
    of = measured.endpoints.get(scope) if scope else measured
    if of is None:
        return Figure(value=math.nan, samples=0)
    value: float = getattr(of.due if key in FRACTIONS else of, key)
    return Figure(value=value, samples=of.samples)


def _asked_for(measured: Measured, limit: Limit, value: float) -> bool:
    """Whether the run meant to send at such a rate; an endpoint's is its part of the mix."""
    if not limit.scope:
        return measured.planned_rate >= limit.value
    kept = measured.requests_per_second >= KEPT * measured.planned_rate
    return value >= limit.value or not kept


def _shown(key: str, value: float) -> str:
    if key == "error_rate":
        return f"{100 * value:.2f} %"
    if key in {"cpu", "memory"}:
        return f"{100 * value:.0f} %"
    if key == "requests_per_second":
        return f"{value:.1f}/s"
    return f"{value:.0f} ms" if value >= 10 else f"{value:.1f} ms"


def _sane(value: float) -> bool:
    return math.isfinite(value) and value >= 0


def _lacking(measured: Measured, objectives: Objectives) -> Iterator[str]:
    """Why no verdict at all can be given."""
    figures = (
        *(measured.due.p50_ms, measured.due.p95_ms, measured.due.p99_ms),
        *(measured.error_rate, measured.requests_per_second, measured.planned_rate),
    )
    if measured.samples <= 0:
        yield "There are no samples."
    elif measured.samples < objectives.minimum_samples:
        yield (
            f"{measured.samples} samples are too few: at least {objectives.minimum_samples} "
            "are needed. Run longer, or at a higher rate."
        )
    elif not all(map(_sane, figures)):
        yield "A figure is not a number: the measurement itself is broken."


def _doubts(
    measured: Measured, objectives: Objectives, asked: tuple[Limit, ...], *, failed: bool
) -> Iterator[str]:
    """Why the figures may be the generator's rather than the application's."""
    achieved, planned = measured.requests_per_second, measured.planned_rate
    lag = measured.lag_p99_ms
    slow = _too_slow_by_itself(measured, asked)
    if achieved < KEPT * planned and not slow:
        yield (
            f"Only {achieved:.1f}/s of the planned {planned:.1f}/s were sent in time, though the "
            f"answers alone were fast enough. {_mend(measured)}"
        )
    if failed and lag > LAG_SHARE * objectives.p99_ms and not slow:
        mend = _mend(measured, up_to=CALM)
        yield f"The generator itself was late by up to {lag:.0f} ms (p99). {mend}"
    elif not failed and (late := measured.lag_p50_ms) > LAG_SHARE * objectives.p50_ms:
        # What was late for a moment is in the latencies that passed; always, it was another load.
        mend = _mend(measured, up_to=CALM)
        yield f"The generator itself was late by {late:.0f} ms (p50). {mend}"
    if measured.cpu > BUSY:
        yield f"The generator used {100 * measured.cpu:.0f} % of its core. {_mend(measured)}"


def _too_slow_by_itself(measured: Measured, asked: tuple[Limit, ...]) -> bool:
    """Whether answers broke an objective, however late the generator may have been to see them."""
    overall = [limit for limit in asked if not limit.scope]
    seen = [(getattr(measured.sent, x.key), x.value) for x in overall if x.key in FRACTIONS]
    slow = (took - measured.lag_p99_ms > most for took, most in seen)
    wrong = (measured.error_rate > x.value for x in overall if x.key == "error_rate")
    return any(slow) or any(wrong)


def _mend(measured: Measured, *, up_to: float = BUSY) -> str:
    return remedy(
        Carried(
            planned=measured.planned_rate,
            achieved=measured.requests_per_second,
            cpu=measured.cpu,
            workers=measured.workers,
            users=measured.users,
            slowest_ms=measured.sent.max_ms,
        ),
        cores=measured.cores,
        up_to=up_to,
    )


def _never_asked(measured: Measured, objectives: Objectives) -> Iterator[str]:
    planned, wanted = measured.planned_rate, objectives.requests_per_second
    if planned < wanted:
        yield f"The planned {planned:.1f}/s cannot prove {wanted:.1f}/s. Use a higher rate."
