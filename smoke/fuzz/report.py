"""A run's result as JSON and as lines for the terminal."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal

from smoke.fuzz.judging import Finding
from smoke.hidden import Hidden


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """What was asked how often, what came, and what could not be asked and why."""

    url: str
    seed: int
    started: datetime
    seconds: float
    sent: Mapping[str, int]
    statuses: Mapping[int, int]
    findings: Sequence[Finding]
    missing: Sequence[str] = ()
    narrowed: Mapping[str, str]
    left: Sequence[str] = ()

    @property
    def requests(self) -> int:
        """How many were sent."""
        return sum(self.sent.values())

    @property
    def verdict(self) -> Literal["pass", "fail", "invalid"]:
        """One finding fails it; what was not asked proves nothing."""
        if self.findings:
            return "fail"
        return "pass" if self.requests and not self.missing else "invalid"

    @property
    def kinds(self) -> list[tuple[Finding, int]]:
        """Findings that differ, each with the shortest request that shows it and how often."""
        found = Counter(map(_kind, self.findings))
        shortest = {_kind(each): each for each in sorted(self.findings, key=lambda f: -len(f.sent))}
        return [(shortest[kind], times) for kind, times in found.items()]


def document(run: Run, *, hidden: Hidden) -> dict[str, Any]:
    """What fuzz.json holds; report.schema.json describes it."""
    return {
        "verdict": run.verdict,
        "url": run.url,
        "seed": run.seed,
        "started_at": run.started.astimezone(UTC).isoformat(timespec="seconds"),
        "seconds": round(run.seconds, 3),
        "requests": run.requests,
        "statuses": {str(status): run.statuses[status] for status in sorted(run.statuses)},
        "endpoints": [{"request": name, "sent": run.sent[name]} for name in sorted(run.sent)],
        "only_malformed": dict(run.narrowed),
        "findings": [_finding(each, times, hidden) for each, times in run.kinds],
        "not_run": list(map(hidden.mask, run.missing)),
        "left_behind": list(map(hidden.mask, run.left)),
    }


def text(run: Run, *, hidden: Hidden) -> Iterator[str]:
    """One line for each finding, for what was not asked, for what is left, and the verdict."""
    for each, times in run.kinds:
        yield hidden.mask(f"FOUND {each}" + (f" ({times} times)" if times > 1 else ""))
    yield from (hidden.mask(f"not run: {reason}") for reason in run.missing)
    yield from map(hidden.mask, run.left)
    counted = f"{run.requests} requests to {len(run.sent)} endpoints, {len(run.kinds)} findings"
    yield f"fuzz: {run.verdict} in {run.seconds:.1f} s, {counted}, --seed {run.seed}, {run.url}"


def _kind(each: Finding) -> tuple[str, str, str]:
    return each.endpoint, each.expected, each.got.partition(" ")[0]


def _finding(each: Finding, times: int, hidden: Hidden) -> dict[str, Any]:
    return {
        "endpoint": each.endpoint,
        "sent": hidden.mask(each.sent),
        "expected": hidden.mask(each.expected),
        "got": hidden.mask(each.got),
        "times": times,
    }
