"""From the outcomes of checks to a verdict, line by line; pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from smoke.checklist import LINES, Line

Outcome = Literal["passed", "failed", "not run"]
ORDER: tuple[Outcome, ...] = ("passed", "not run", "failed")


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """What became of one check; `reason` is the evidence, why it was not run, or a note."""

    line: str
    name: str
    outcome: Outcome
    seconds: float
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """One line of the checklist with all of its checks."""

    line: Line
    checks: tuple[Check, ...]

    @property
    def verdict(self) -> Literal["pass", "fail", "not proved"]:
        """One failure fails it; with nothing passed it is not proved."""
        if self.count("failed"):
            return "fail"
        return "pass" if self.count("passed") else "not proved"

    def count(self, outcome: Outcome) -> int:
        """How many checks ended so."""
        return sum(check.outcome == outcome for check in self.checks)


def judge(checks: Iterable[Check]) -> tuple[Judged, ...]:
    """All lines of the checklist, also those without a check."""
    kept = list(checks)
    return tuple(
        Judged(line=line, checks=tuple(c for c in kept if c.line == line.name)) for line in LINES
    )


def verdict(lines: Sequence[Judged]) -> Literal["pass", "fail", "invalid"]:
    """A failure fails the whole; a line that nothing proves makes it invalid."""
    verdicts = {line.verdict for line in lines}
    if "fail" in verdicts:
        return "fail"
    return "invalid" if "not proved" in verdicts else "pass"


def worse(first: Check, second: Check) -> Check:
    """One check from two of its phases: the worse outcome, the time of both."""
    worst = max(first, second, key=lambda check: ORDER.index(check.outcome))
    return Check(
        line=worst.line,
        name=worst.name,
        outcome=worst.outcome,
        seconds=first.seconds + second.seconds,
        reason=worst.reason or first.reason or second.reason,
    )
