"""What a trial of migrations came to, in all its parts."""

from dataclasses import dataclass
from typing import ClassVar, Literal, Protocol

from staging.errors import INVALID, NOT_SO, SUCCESS
from staging.inventory import Subject
from staging.rules.foresight import Foreseen
from staging.rules.risk import Reason, Risk
from staging.rules.traced import Broken, Scale

Verdict = Literal["pass", "fail", "invalid"]


class Part(Protocol):
    """A further part of a trial: a frozen record that says what it means for the verdict.

    `reasons` are weighed with all others; `blind` says what the part could not see.
    """

    @property
    def reasons(self) -> tuple[Reason, ...]:
        """What it has against the migrations, or notes of them."""

    @property
    def blind(self) -> tuple[str, ...]:
        """What it could not see."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rehearsed:
    """The verdict with its reasons, what production has to expect, and what was seen.

    `traffic`, `square` and `way_back` are parts that were not asked for where they are None.
    """

    verdict: Verdict
    risk: Risk
    window_seconds: float
    allowed_seconds: float
    target: str
    production: str
    staging: str
    subject: Subject
    at: str
    source: str
    files: tuple[str, ...]
    reasons: tuple[Reason, ...]
    foreseen: tuple[Foreseen, ...]
    blind: tuple[str, ...]
    production_rows: dict[str, int]
    limits: dict[str, str]
    scales: tuple[Scale, ...]
    failures: tuple[Broken, ...]
    seconds: float
    traffic: Part | None = None
    square: Part | None = None
    way_back: Part | None = None
    report: ClassVar[str] = "migrations"

    @property
    def exit_code(self) -> int:
        """1 if it needs a window that nobody allowed, or is unsafe; 6 if that is not known."""
        return {"pass": SUCCESS, "fail": NOT_SO, "invalid": INVALID}[self.verdict]
