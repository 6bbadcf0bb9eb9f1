"""From the outcomes of checks to a verdict, line by line; pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from smoke import mode
from smoke.browser import NONE as NO_BROWSER
from smoke.checklist import LINES, OWN, Line
from smoke.parts import LEFT_OUT, NOT_TOLD

Outcome = Literal["passed", "allowed", "failed", "not run"]
ORDER: tuple[Outcome, ...] = ("passed", "not run", "allowed", "failed")


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """What became of one check; `reason` is the evidence, why it was not run, or a note.

    `allowed` failed as somebody declared that it would. `part` is what of the application it
    proves, if that is a part with a name.
    """

    line: str
    name: str
    outcome: Outcome
    seconds: float
    reason: str = ""
    part: str = ""

    @property
    def left_out(self) -> bool:
        """Whether it was not run because nobody asked for it, or no browser is here to look."""
        reasons = {LEFT_OUT, NOT_TOLD, NO_BROWSER, *mode.LEFT_OUT}
        return self.outcome == "not run" and self.reason in reasons


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """One line of the checklist with all of its checks."""

    line: Line
    checks: tuple[Check, ...]

    @property
    def verdict(self) -> Literal["pass", "fail", "not proved", "left out"]:
        """One failure fails it; with nothing passed it is not proved, or left out as a whole."""
        if self.count("failed"):
            return "fail"
        if self.count("passed"):
            return "pass"
        wholly = self.checks and all(check.left_out for check in self.checks)
        return "left out" if wholly else "not proved"

    def count(self, outcome: Outcome) -> int:
        """How many checks ended so."""
        return sum(check.outcome == outcome for check in self.checks)


def judge(checks: Iterable[Check], *, own: bool = False) -> tuple[Judged, ...]:
    """All lines of the checklist, also those without a check; `own` is one more."""
    kept, lines = list(checks), (*LINES, OWN) if own else LINES
    return tuple(
        Judged(line=line, checks=tuple(c for c in kept if c.line == line.name)) for line in lines
    )


def unproved(lines: Sequence[Judged], only: Sequence[str] | None) -> tuple[str, ...]:
    """The parts that the application is said to have, and of which no check came to an end."""
    ended = {c.part for line in lines for c in line.checks if c.outcome != "not run"}
    return tuple(name for name in only or () if name not in ended)


def verdict(
    lines: Sequence[Judged], only: Sequence[str] | None = None
) -> Literal["pass", "fail", "invalid"]:
    """A failure fails the whole; a line or a named part that nothing proves makes it invalid."""
    verdicts = {line.verdict for line in lines}
    if "fail" in verdicts:
        return "fail"
    proved = "pass" in verdicts and "not proved" not in verdicts
    return "pass" if proved and not unproved(lines, only) else "invalid"


def worse(first: Check, second: Check) -> Check:
    """One check from two of its phases: the worse outcome, the time of both."""
    worst = max(first, second, key=lambda check: ORDER.index(check.outcome))
    return Check(
        line=worst.line,
        name=worst.name,
        outcome=worst.outcome,
        seconds=first.seconds + second.seconds,
        reason=worst.reason or first.reason or second.reason,
        part=worst.part,
    )
