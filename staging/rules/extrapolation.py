"""From what a few sizes took to what a larger one will take, with an interval. Pure."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

NORMAL = 1.96
T95 = (12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306)
"""Two-sided 95 % of the normal distribution, and of Student's t by degrees of freedom from 1."""

SPILL = 2.0
"""How much longer than in proportion it may take where a table no longer fits into memory."""

NOISE = 0.2
"""How far one measurement may be off of itself, on a machine that others use too."""

NEAR = 1.1
"""How much larger production may be for what was measured to be called so."""

FLOOR = 0.0005  # seconds: what is shorter is not told apart from nothing


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate:
    """Seconds: what is likely, and between which two; `how` it was come by."""

    low: float
    likely: float
    high: float
    how: str


def foreseen(points: Sequence[tuple[float, float]], size: float, *, grows: bool) -> Estimate:
    """From (rows, seconds) measured, the seconds at `size` rows.

    `grows`: it works through rows. What does not takes as long at any size. What does lies on a
    line through the logarithms. But a small table's time is mostly what every statement takes,
    which makes that line too flat, and noise can make it too steep: so the upper end is no lower
    than the largest in proportion, as sorting grows, and no higher than some times that.
    """
    known = sorted((max(rows, 2.0), max(seconds, FLOOR)) for rows, seconds in points)
    largest, longest = known[-1]
    if not grows or size <= largest * NEAR:
        times = [seconds for rows, seconds in known if not grows or rows == largest]
        how = "measured" if grows else "depends on no rows: the same at any size"
        return _estimate(min(times) * (1 - NOISE), max(times), max(times) * (1 + NOISE), how)
    fitted, margin = _line([(math.log(n), math.log(s)) for n, s in known], math.log(size))
    likely = max(math.exp(fitted), longest)
    proportional = longest * size / largest * math.log(size) / math.log(largest)
    likely = min(likely, proportional * SPILL)
    high = max(min(likely * math.exp(margin), proportional * SPILL), proportional * (1 + NOISE))
    low = max(longest, likely * math.exp(-margin))
    how = f"from {len(known)} sizes up to {largest:,.0f} rows, to {size:,.0f}"
    return _estimate(low, likely, high, how)


def _line(points: Sequence[tuple[float, float]], at: float) -> tuple[float, float]:
    """The value at `at`, and half of the 95 % interval of one more measurement there."""
    count = len(points)
    middle = sum(x for x, _ in points) / count
    spread = sum((x - middle) ** 2 for x, _ in points)
    mean = sum(y for _, y in points) / count
    slope = max(0.0, sum((x - middle) * (y - mean) for x, y in points) / spread) if spread else 1.0
    left = sum((y - mean - slope * (x - middle)) ** 2 for x, y in points)
    return mean + slope * (at - middle), _margin(left, count) * math.sqrt(
        1 + 1 / count + ((at - middle) ** 2 / spread if spread else 1.0)
    )


def _margin(left: float, count: int) -> float:
    """95 % of one measurement: by what is known of noise, or by what is left if that is more."""
    free = count - 2
    error, known = math.sqrt(left / free) if free > 0 else 0.0, math.log(1 + NOISE) / 2
    return T95[min(free, len(T95)) - 1] * error if error > known else NORMAL * known


def _estimate(low: float, likely: float, high: float, how: str) -> Estimate:
    low, likely, high = (float(f"{each:.3g}") for each in (low, likely, high))
    return Estimate(low=low, likely=likely, high=high, how=how)
