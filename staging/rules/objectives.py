"""Whether what was measured meets the objectives, or is too little evidence to say."""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from staging.inventory import Objectives

KEPT = 0.98  # of the planned requests must leave in time, or the load was another than planned
LAG_SHARE = 0.1  # of the p99 objective that the generator itself may add
BUSY = 0.8  # of a core; above it the generator measures itself


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """One run. Latencies count from when a request was due, or from when it was `sent`.

    `lag_p99_ms` is how late the generator itself woke, `cpu` its share of a core.
    """

    samples: int
    error_rate: float
    requests_per_second: float
    planned_rate: float
    due: Percentiles
    sent: Percentiles
    lag_p99_ms: float
    cpu: float


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
    findings = _findings(measured, objectives)
    failed = tuple(f.line for f in findings if f.outcome is Outcome.FAIL)
    doubts = tuple(_lacking(measured, objectives))
    if not doubts and not _too_slow_by_itself(measured, objectives):
        doubts = tuple(_doubts(measured, objectives, failed=bool(failed)))
    if doubts:
        return Verdict(outcome=Outcome.INVALID, findings=findings, reasons=doubts)
    outcome = Outcome.FAIL if failed else Outcome.PASS
    return Verdict(outcome=outcome, findings=findings, reasons=failed)


def _findings(measured: Measured, objectives: Objectives) -> tuple[Finding, ...]:
    rate, limit = measured.requests_per_second, objectives.requests_per_second
    asked = measured.planned_rate >= limit
    return (
        _at_most("p50", measured.due.p50_ms, objectives.p50_ms),
        _at_most("p95", measured.due.p95_ms, objectives.p95_ms),
        _at_most("p99", measured.due.p99_ms, objectives.p99_ms),
        _at_most("error rate", measured.error_rate, objectives.error_rate),
        _finding("requests per second", rate, limit, sign=">=" if rate >= limit else "<", ok=asked),
    )


def _at_most(name: str, measured: float, limit: float) -> Finding:
    return _finding(name, measured, limit, sign="<=" if measured <= limit else ">", ok=True)


def _finding(name: str, measured: float, limit: float, *, sign: str, ok: bool) -> Finding:
    outcome = Outcome.PASS if "=" in sign else Outcome.FAIL
    if not (ok and _sane(measured) and _sane(limit)):
        outcome = Outcome.INVALID
    line = f"{name} {_shown(name, measured)} {sign} {_shown(name, limit)}"
    if not _sane(measured):
        line = f"{name} was not measured (limit {_shown(name, limit)})"
    elif limit > 0:
        line += f" ({100 * (measured - limit) / limit:+.0f} %)"
    return Finding(name=name, limit=limit, measured=measured, outcome=outcome, line=line)


def _shown(name: str, value: float) -> str:
    if name == "error rate":
        return f"{100 * value:.2f} %"
    if name == "requests per second":
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


def _too_slow_by_itself(measured: Measured, objectives: Objectives) -> bool:
    """Whether answers broke an objective, however badly the generator kept its plan."""
    sent = measured.sent
    return (
        sent.p50_ms > objectives.p50_ms
        or sent.p95_ms > objectives.p95_ms
        or sent.p99_ms > objectives.p99_ms
        or measured.error_rate > objectives.error_rate
    )


def _doubts(measured: Measured, objectives: Objectives, *, failed: bool) -> Iterator[str]:
    """Why the figures may be the generator's rather than the application's."""
    achieved, planned = measured.requests_per_second, measured.planned_rate
    if achieved < KEPT * planned:
        yield (
            f"Only {achieved:.1f}/s of the planned {planned:.1f}/s were sent in time, though the "
            "answers alone were fast enough. Use more users, or a less busy computer."
        )
    if failed and measured.lag_p99_ms > LAG_SHARE * objectives.p99_ms:
        yield (
            f"The generator itself was late by up to {measured.lag_p99_ms:.0f} ms (p99). "
            "Use a less busy computer."
        )
    if failed and measured.cpu > BUSY:
        yield f"The generator used {100 * measured.cpu:.0f} % of its core. Use a lower rate."
    if not failed and planned < objectives.requests_per_second:
        yield (
            f"The planned {planned:.1f}/s cannot prove {objectives.requests_per_second:.1f}/s. "
            "Use a higher rate."
        )
