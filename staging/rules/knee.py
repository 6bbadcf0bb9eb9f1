"""Where the knee is: the highest rate at which the objectives hold, found by trials.

The rate rises until a trial breaks; between the last that held and that one it is halved until
they are near each other. Then the same again from near by, so often that the interval says how far
the answer can be trusted.
"""

import math
from collections.abc import Generator, Sequence
from dataclasses import dataclass
from statistics import median

LOWEST = 1 / 1024
"""Of the first rate: what does not bear that bears nothing."""

NEAR = 0.85
STEP = 1.25
"""Later rounds begin so far below the capacity that was found, and go up in smaller steps."""

SOFT = 0.8
"""Of the capacity: above it Fly prefers another machine."""

GROWING = 0.02
"""Seconds by which latency rises in each second of a trial at a rate that is above capacity."""

FEWEST = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """What may be tried: rates from `start` to `top`, told apart by `precision` (a fraction)."""

    start: float
    top: float
    growth: float
    precision: float
    rounds: int


@dataclass(frozen=True, slots=True)
class Bracket:
    """One round's answer: `low` held, `high` broke; None if nothing up to the top did."""

    low: float
    high: float | None

    @property
    def middle(self) -> float:
        """The best single number."""
        return math.sqrt(self.low * self.high) if self.high else self.low


@dataclass(frozen=True, slots=True, kw_only=True)
class Capacity:
    """Requests a second: the best estimate, and what all rounds together leave open.

    `high` is None where the top was reached and held: the capacity is `low` at least.
    """

    rate: float
    low: float
    high: float | None
    rounds: int


Trials = Generator[float, bool, None]


def trials(ground: Ground, found: list[Bracket]) -> Trials:
    """Yields each rate to be tried and is sent whether it held; `found` gets a bracket a round."""
    first = yield from _round(ground, min(ground.start, ground.top), ground.growth)
    found.append(first)
    for _ in range(ground.rounds - 1):
        if first.high is None or not first.low:
            return  # again would only say the same
        begin = median(b.low for b in found) * NEAR
        found.append((yield from _round(ground, begin, STEP)))


def capacity(found: Sequence[Bracket]) -> Capacity | None:
    """What the rounds say together; None where nothing held, or no round came to its end."""
    held = [b for b in found if b.low]
    if not held:
        return None
    highs = [b.high for b in held if b.high is not None]
    return Capacity(
        rate=median(b.middle for b in held),
        low=min(b.low for b in held),
        high=max(highs) if len(highs) == len(held) else None,
        rounds=len(held),
    )


def growing(latencies: Sequence[tuple[float, float]]) -> bool:
    """Whether a backlog grew in a trial: (seconds since its begin, ms) of each request.

    Thirds are compared by their medians, so that a stall is not taken for a backlog.
    """
    ordered = sorted(latencies)
    third = len(ordered) // 3
    if third < FEWEST // 3:
        return False
    early, late = ordered[:third], ordered[-third:]
    seconds = median(t for t, _ in late) - median(t for t, _ in early)
    rise = median(ms for _, ms in late) - median(ms for _, ms in early)
    return seconds > 0 and rise / 1000 / seconds > GROWING


@dataclass(frozen=True, slots=True, kw_only=True)
class Concurrency:
    """What fly.toml is to say of one machine; `held` is how many requests it had at once."""

    soft: int
    hard: int
    held: float


def concurrency(found: Capacity, *, mean_ms: float, machines: int) -> Concurrency:
    """Little's law: what is in a machine at once is its rate times how long each stays.

    The low end of the interval counts: above it a machine may not bear it.
    """
    held = found.low / machines * mean_ms / 1000
    hard = max(2, math.ceil(held))
    return Concurrency(soft=max(1, min(hard - 1, math.floor(SOFT * hard))), hard=hard, held=held)


def patch(limits: Concurrency) -> str:
    """The lines of fly.toml."""
    return (
        "[http_service.concurrency]\n"
        '  type = "requests"\n'
        f"  soft_limit = {limits.soft}\n"
        f"  hard_limit = {limits.hard}\n"
    )


def _round(ground: Ground, begin: float, growth: float) -> Generator[float, bool, Bracket]:
    low, high = yield from _around(ground, begin, growth)
    while high is not None and low and high / low > 1 + ground.precision:
        middle = math.sqrt(low * high)
        if (yield middle):
            low = middle
        else:
            high = middle
    return Bracket(low, high)


def _around(
    ground: Ground, begin: float, growth: float
) -> Generator[float, bool, tuple[float, float | None]]:
    """A rate that holds and one that does not, or the top and None, or 0 and the lowest."""
    rate = begin
    if not (yield rate):
        while rate > ground.start * LOWEST:
            high, rate = rate, rate / growth
            if (yield rate):
                return rate, high
        return 0.0, rate
    while rate < ground.top:
        low, rate = rate, min(rate * growth, ground.top)
        if not (yield rate):
            return low, rate
    return rate, None
