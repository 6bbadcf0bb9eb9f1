"""From what a few sizes took to what a larger one will take, with an interval. Pure."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

T95 = (12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306)
"""Two-sided 95 % of Student's t, by degrees of freedom from 1."""

NOISE = 0.2
"""How far one measurement on a machine that others use may be off, of itself."""

FLOOR = 0.001  # seconds: what is shorter is not told apart from nothing


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate:
    """Seconds: what is likely, and between which two; `how` it was come by."""

    low: float
    likely: float
    high: float
    how: str


def foreseen(points: Sequence[tuple[float, float]], size: float) -> Estimate:
    """From (size, seconds) measured, the seconds at `size`.

    A line through the logarithms; but a small table's time is mostly what every statement takes,
    which makes that line too flat, so the upper end is no lower than in proportion to the largest.
    """
    known = sorted((max(n, 1.0), max(s, FLOOR)) for n, s in points)
    largest, longest = known[-1]
    size = max(size, 1.0)
    if size <= largest:
        return _measured(known, size)
    fitted, margin = _line([(math.log(n), math.log(s)) for n, s in known], math.log(size))
    likely = max(math.exp(fitted), longest)
    proportional = longest * size / largest if _grows(known) else longest
    high = max(likely * math.exp(margin), proportional * (1 + NOISE))
    told = f"{len(known)} sizes, up to {largest:,.0f} rows, towards {size:,.0f}"
    low = min(likely, likely * math.exp(-margin))
    return Estimate(low=_round(low), likely=_round(likely), high=_round(high), how=told)


def _measured(known: Sequence[tuple[float, float]], size: float) -> Estimate:
    near = [seconds for rows, seconds in known if rows >= size]
    likely = near[0]
    low, high = min(near) * (1 - NOISE), max(likely, *near[:1]) * (1 + NOISE)
    return Estimate(low=_round(low), likely=_round(likely), high=_round(high), how="measured")


def _grows(known: Sequence[tuple[float, float]]) -> bool:
    """Whether it takes longer with more rows, beyond what measuring twice would differ by."""
    return known[-1][1] > known[0][1] * (1 + NOISE) + FLOOR


def _line(points: Sequence[tuple[float, float]], at: float) -> tuple[float, float]:
    """The value at `at`, and half of the 95 % interval of one more measurement there."""
    count = len(points)
    middle = sum(x for x, _ in points) / count
    spread = sum((x - middle) ** 2 for x, _ in points)
    mean = sum(y for _, y in points) / count
    if not spread:
        return mean, math.log(1 + NOISE)
    slope = max(0.0, sum((x - middle) * (y - mean) for x, y in points) / spread)
    value = mean + slope * (at - middle)
    free = count - 2
    left = sum((y - mean - slope * (x - middle)) ** 2 for x, y in points)
    error = math.sqrt(left / free) if free > 0 else math.log(1 + NOISE)
    error = max(error, math.log(1 + NOISE) / 2)
    t = T95[min(max(free, 1), len(T95)) - 1] if free > 0 else T95[1]
    return value, t * error * math.sqrt(1 + 1 / count + (at - middle) ** 2 / spread)


def _round(seconds: float) -> float:
    return float(f"{seconds:.3g}")
