"""Where a value lies on an axis, and where its marks are."""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

STEPS = (1.0, 2.0, 2.5, 5.0, 10.0)
MARKS = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Axis:
    """`nines` spreads 0 to 1 so that 0.9, 0.99 and 0.999 are as far apart as each other."""

    low: float
    high: float
    kind: Literal["linear", "log", "nines"] = "linear"
    unit: str = ""

    def place(self, value: float) -> float:
        """From 0 to 1."""
        low, high = self._bent(self.low), self._bent(self.high)
        return min(1.0, max(0.0, (self._bent(value) - low) / ((high - low) or 1.0)))

    def marks(self) -> list[tuple[float, str]]:
        """Values with what is written there."""
        if self.kind == "nines":
            told = (0.0, 0.5, 0.9, 0.99, 0.999, 0.9999)
            return [(v, f"p{100 * v:g}") for v in told if self.low <= v <= self.high]
        if self.kind == "log":
            return [(v, shown(v)) for v in _decades(self.low, self.high)]
        step = _step(self.high - self.low)
        first, last = math.ceil(self.low / step - 1e-9), math.floor(self.high / step + 1e-9)
        return [(n * step, shown(n * step)) for n in range(first, last + 1)]

    def _bent(self, value: float) -> float:
        if self.kind == "log":
            return math.log10(max(value, 1e-6))
        return -math.log10(max(1 - value, 1e-6)) if self.kind == "nines" else value


def linear(values: Iterable[float], *, unit: str = "", least: float = 1.0) -> Axis:
    """From nothing to a round number above all values."""
    most = max([least, *values])
    step = _step(most)
    return Axis(low=0.0, high=step * math.ceil(most / step - 1e-9), unit=unit)


def logarithmic(values: Iterable[float], *, unit: str = "") -> Axis:
    """Whole decades around all values."""
    given = [value for value in values if value > 0] or [1.0, 10.0]
    low, high = math.floor(math.log10(min(given))), math.ceil(math.log10(max(given)) + 1e-9)
    return Axis(low=10.0**low, high=10.0 ** max(high, low + 1), kind="log", unit=unit)


def shown(value: float) -> str:
    """A number as a mark has room for it."""
    for size, letter in ((1e9, "G"), (1e6, "M"), (1e4, "k")):
        if abs(value) >= size:
            return f"{value / (1e3 if letter == 'k' else size):.3g} {letter}"
    return f"{value:.3g}" if abs(value) < 1000 else f"{value:.0f}"


def _step(width: float) -> float:
    rough = max(width, 1e-9) / MARKS
    size = 10.0 ** math.floor(math.log10(rough))
    return next(size * step for step in STEPS if size * step >= rough * (1 - 1e-9))


def _decades(low: float, high: float) -> list[float]:
    first, last = round(math.log10(low)), round(math.log10(high))
    return [10.0**n for n in range(first, last + 1)]
