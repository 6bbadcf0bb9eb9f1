"""What a drill is, and what was seen of it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, ClassVar, Literal

from staging.errors import CHANGES_PENDING, INVALID, NOT_SO, SUCCESS
from staging.rules.conservation import Conservation
from staging.rules.recovery import Measured

if TYPE_CHECKING:
    from staging.operations.drills.scene import Scene

Verdict = Literal["pass", "fail", "invalid", "pending"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Drill:
    """An accident: what is done, what should happen, and how it is made.

    `jobs`: some are made before, and must be conserved; `superseded`: others may cancel them.
    `locked`: the environment's lock is held meanwhile.
    """

    name: str
    does: str
    expects: str
    happen: Callable[["Scene"], None] = field(repr=False)
    jobs: bool = True
    superseded: bool = False
    locked: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One thing that was expected, and whether it was seen."""

    what: str
    verdict: Verdict
    told: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Drilled:
    """How a drill came out. `figures` are seconds or counts of this drill alone."""

    name: str
    does: str
    expects: str
    verdict: Verdict
    checks: tuple[Check, ...] = ()
    measured: Measured | None = None
    jobs: Conservation | None = None
    put_back: tuple[str, ...] = ()
    figures: Mapping[str, float] = field(default_factory=dict)
    seconds: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Drilling:
    """All drills of a run, and the worst of their verdicts.

    With `dry_run` nothing was done: each is `pending`. `found_unfinished` is what an earlier run
    that was killed had left, and that was put back first.
    """

    verdict: Verdict
    target: str
    app: str
    drills: tuple[Drilled, ...]
    found_unfinished: tuple[str, ...] = ()
    dry_run: bool = False
    seconds: float = 0.0
    report: ClassVar[str] = "drill"

    @property
    def exit_code(self) -> int:
        """1 if one was not as expected, 6 if one could not be judged, 2 if only planned."""
        codes = {"pass": SUCCESS, "fail": NOT_SO, "invalid": INVALID, "pending": CHANGES_PENDING}
        return codes[self.verdict]


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """The drills that there are: name, what is done, what should happen."""

    drills: tuple[Drilled, ...]


def planned(drill: Drill) -> Drilled:
    """A drill before it is run."""
    return Drilled(name=drill.name, does=drill.does, expects=drill.expects, verdict="pending")


def worst(verdicts: tuple[Verdict, ...]) -> Verdict:
    """Of many: one failure is a failure, and without evidence nothing is a success."""
    order: tuple[Verdict, ...] = ("fail", "invalid", "pending")
    for each in order:
        if each in verdicts:
            return each
    return "pass" if verdicts else "invalid"
