"""A run's result as JSON and as lines for the terminal."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from smoke.coverage import Coverage
from smoke.verdict import Check, Judged, unproved, verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """When and where, the judged lines, and sentences on what could not be ended.

    `flaky` is what journeys had to ask twice, `unused` which declared failures did not happen.
    `subject` is what runs there, if the target told.
    """

    url: str
    mode: str = "full"
    started: datetime
    seconds: float
    lines: Sequence[Judged]
    left: Sequence[str] = ()
    only: Sequence[str] | None = None
    coverage: Coverage | None = None
    flaky: Sequence[str] = ()
    unused: Sequence[str] = ()
    subject: Mapping[str, str] | None = None

    @property
    def verdict(self) -> str:
        """Of the whole run."""
        return verdict(self.lines, self.only)

    @property
    def unproved(self) -> tuple[str, ...]:
        """Named parts of which nothing was proved."""
        return unproved(self.lines, self.only)


def document(run: Run) -> dict[str, Any]:
    """What smoke.json holds; report.schema.json describes it."""
    return {
        "verdict": run.verdict,
        "url": run.url,
        "mode": run.mode,
        "subject": run.subject,
        "started_at": run.started.astimezone(UTC).isoformat(timespec="seconds"),
        "seconds": round(run.seconds, 3),
        "only": None if run.only is None else list(run.only),
        "unproved": list(run.unproved),
        "left_behind": list(run.left),
        "flaky": [*run.flaky, *_flaky(run)],
        "unused_allowances": list(run.unused),
        "coverage": _coverage(run.coverage),
        "lines": [_line(line) for line in run.lines],
    }


def text(run: Run) -> Iterator[str]:
    """One line for each line of the checklist, then for each failure, then what was not run."""
    for judged in run.lines:
        counts = f"{judged.count('passed')} passed, {judged.count('failed')} failed"
        not_run = judged.count("not run")
        title = f"{judged.line.name:<10} {judged.line.title}"
        yield f"{judged.verdict:<11}{title}: {counts}, {not_run} not run"
    checks = [check for line in run.lines for check in line.checks]
    yield from (f"ALLOWED {c.line}: {c.name}: {c.reason}" for c in checks if c.outcome == "allowed")
    yield from (f"FAILED {c.line}: {c.name}: {c.reason}" for c in checks if c.outcome == "failed")
    reasons = Counter(check.reason for check in checks if check.outcome == "not run")
    yield from (f"not run: {_checks(count)}: {reason}" for reason, count in reasons.items())
    yield from (f"not proved: {p}, which staging.toml names" for p in run.unproved)
    yield from (f"note: {c.name}: {c.reason}" for c in checks if _noted(c))
    yield from (f"flaky: {said}" for said in run.flaky)
    yield from (
        f"allowed for nothing: {said}: it passes, or the day is over" for said in run.unused
    )
    yield from run.left
    if run.coverage:
        yield _covered(run.coverage)
    mode = "" if run.mode == "full" else f" --{run.mode}"
    yield f"smoke{mode}: {run.verdict} in {run.seconds:.1f} s, {run.url}"


def _line(judged: Judged) -> dict[str, Any]:
    return {
        "name": judged.line.name,
        "title": judged.line.title,
        "verdict": judged.verdict,
        "passed": judged.count("passed"),
        "failed": judged.count("failed"),
        "allowed": judged.count("allowed"),
        "not_run": judged.count("not run"),
        "checks": [_check(check) for check in judged.checks],
    }


def _check(check: Check) -> dict[str, Any]:
    return {
        "name": check.name,
        "outcome": check.outcome,
        "seconds": round(check.seconds, 3),
        "reason": check.reason,
    }


def _coverage(found: Coverage | None) -> dict[str, Any] | None:
    if found is None:
        return None
    answered, endpoints = found.endpoints
    seen, statuses = found.statuses
    return {
        "endpoints": {"answered": answered, "promised": endpoints},
        "statuses": {"seen": seen, "promised": statuses},
        "unseen": list(found.unseen),
    }


def _covered(found: Coverage) -> str:
    answered, endpoints = found.endpoints
    seen, statuses = found.statuses
    return f"covered: {answered} of {endpoints} endpoints, {seen} of {statuses} of their statuses"


def _flaky(run: Run) -> list[str]:
    checks = [check for line in run.lines for check in line.checks]
    return [f"{c.name}: {c.reason}" for c in checks if c.reason.startswith("flaky: ")]


def _noted(check: Check) -> bool:
    return check.outcome == "passed" and bool(check.reason)


def _checks(count: int) -> str:
    return "1 check" if count == 1 else f"{count} checks"
