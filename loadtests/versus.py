"""What a comparison found, and what follows for the verdict."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from math import isfinite, log
from typing import Any

from staging.rules.comparison import Change, compared, line, overall
from staging.rules.objectives import Outcome, Verdict

FIGURES = ("p50", "p95")


@dataclass(frozen=True, slots=True)
class Block:
    """One side's percentiles in ms for a while; NaN where it had no answers."""

    side: str
    figures: Mapping[str, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Versus:
    """Blocks in the order A B B A; what is no whole pair is left out."""

    other: str
    blocks: tuple[Block, ...]
    seconds: float
    wrong: int
    name: str = "comparison"

    @property
    def changes(self) -> tuple[Change, ...]:
        """Of each figure that both sides had in every pair."""
        return compared({name: self._ratios(name) for name in FIGURES})

    def outcome(self, verdict: Verdict) -> Outcome:
        """Worse fails, open is no evidence; else the objectives decide."""
        found = overall(self.changes)
        if found == "worse":
            return Outcome.FAIL
        return Outcome.INVALID if found == "inconclusive" or self.wrong else verdict.outcome

    def reasons(self, verdict: Verdict) -> tuple[str, ...]:
        """Why it is not a pass."""
        found = overall(self.changes)
        if self.wrong:
            return (f"{self.wrong} answers of {self.other} were wrong: it is not comparable.",)
        if found in {"worse", "inconclusive"}:
            told = tuple(line(each) for each in self.changes if each.verdict == found)
            return told or (f"There were not enough pairs: {self._pairs}.",)
        return verdict.reasons

    def lines(self) -> tuple[str, ...]:
        """What a reader is told."""
        found = overall(self.changes)
        word = f"{found} than" if found in {"better", "worse"} else f"{found}:"
        first = f"{self.other} beside the target, by {self._pairs} pairs: {word.rstrip(':')}"
        return (first.removesuffix(" than"), *(f"  {line(each)}" for each in self.changes))

    def document(self) -> dict[str, Any]:
        """The same as JSON."""
        open_ = [each.needed for each in self.changes if each.needed]
        return {
            "verdict": overall(self.changes),
            "with": self.other,
            "pairs": self._pairs,
            "seconds_per_block": self.seconds,
            "rows": [
                {key: _number(value) for key, value in asdict(each).items()}
                for each in self.changes
            ],
            "needed_pairs": max(open_, default=None),
        }

    @property
    def _pairs(self) -> int:
        return len(self.blocks) // 4

    def _ratios(self, name: str) -> list[float]:
        found = []
        for first in range(0, 4 * self._pairs, 4):
            four = self.blocks[first : first + 4]
            logs = [log(b.figures[name]) if b.figures[name] > 0 else float("nan") for b in four]
            a, b, c, d = logs
            found.append((b + c - a - d) / 2)
        return found if all(map(isfinite, found)) else []


def _number(value: object) -> object:
    if not isinstance(value, float):
        return value
    return round(value, 5) if isfinite(value) else None
