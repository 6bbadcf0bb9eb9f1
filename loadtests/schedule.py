"""When each request is due: an open model, in which a slow answer delays no later arrival."""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate
from math import ceil, sqrt
from typing import Self

DRAIN = 5.0
"""Seconds after the end in which late requests may still leave, so that their delay is seen."""


@dataclass(frozen=True, slots=True)
class Stage:
    """A stretch of the run in which the rate goes evenly from one value to another."""

    seconds: float
    start_rate: float
    end_rate: float

    @property
    def requests(self) -> float:
        """How many are due in it."""
        return self.seconds * (self.start_rate + self.end_rate) / 2

    def moment(self, request: float) -> float:
        """Seconds from its start until so many are due: the rate's integral, turned round."""
        if request <= 0:
            return 0.0
        rising = (self.end_rate - self.start_rate) / self.seconds
        return 2 * request / (self.start_rate + sqrt(self.start_rate**2 + 2 * rising * request))


@dataclass(frozen=True, slots=True, kw_only=True)
class Slot:
    """One planned request. `foreseen`: it was claimed before it was due, by somebody idle."""

    due: float
    foreseen: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Departure:
    """How a request left: how late, whether by the generator's fault, whether in the run's time.

    `at` is when it was due, in seconds since the start.
    """

    late_ms: float
    foreseen: bool
    in_time: bool
    at: float = 0.0


class Schedule:
    """Slots by the rates of stages, each claimed once; `now` is always the caller's clock.

    Of several `workers` each claims its share of the same slots, so that together they claim all.
    """

    def __init__(self, stages: Sequence[Stage], *, worker: int = 0, workers: int = 1) -> None:
        self.stages = tuple(stages)
        self.rate = max(max(stage.start_rate, stage.end_rate) for stage in stages)
        self.seconds = sum(stage.seconds for stage in stages)
        self._before = [0.0, *accumulate(stage.requests for stage in stages)]
        self._starts = [0.0, *accumulate(stage.seconds for stage in stages)]
        self._worker, self._workers = worker, workers
        slots = ceil(self._before[-1] - 1e-9)
        self.planned = max(0, ceil((slots - worker) / workers))
        self.claimed = 0
        self.start = 0.0
        self._open = False

    @classmethod
    def steady(cls, *, rate: float, seconds: float) -> Self:
        """One rate all the time."""
        return cls([Stage(seconds, rate, rate)])

    def begin(self, now: float) -> None:
        """Let the first slot be due now."""
        self.start, self._open = now, True

    def close(self) -> None:
        """Give out no more slots."""
        self._open = False

    def cut(self, now: float) -> None:
        """End it here: what is not due yet, and was not claimed, was never planned."""
        self.close()
        if self.claimed < self.planned:
            claimed = self.moment(self.claimed * self._workers + self._worker)
            self.seconds = max(claimed, self.elapsed(now))
            self.planned = max(self.claimed, self.due_by(self.seconds))

    def claim(self, now: float) -> Slot | None:
        """The next slot, due in the future or already past, or None at the end."""
        late = now > self.start + self.seconds + DRAIN
        if not self._open or late or self.claimed >= self.planned:
            return None
        due = self.start + self.moment(self.claimed * self._workers + self._worker)
        self.claimed += 1
        return Slot(due=due, foreseen=now <= due)

    def moment(self, request: float) -> float:
        """Seconds from the start until a request is due; they count from 0."""
        number = min(bisect_right(self._before, request), len(self.stages)) - 1
        return self._starts[number] + self.stages[number].moment(request - self._before[number])

    def due_by(self, seconds: float) -> int:
        """How many requests of this share are due before so many seconds have passed."""
        low, high = 0, self.planned
        while low < high:
            middle = (low + high) // 2
            if self.moment(middle * self._workers + self._worker) < seconds:
                low = middle + 1
            else:
                high = middle
        return low

    def rate_at(self, seconds: float) -> float:
        """Requests due a second, of all workers, so many seconds from the start."""
        number = min(bisect_right(self._starts, max(seconds, 0.0)), len(self.stages)) - 1
        stage = self.stages[number]
        part = min(1.0, (seconds - self._starts[number]) / stage.seconds)
        return stage.start_rate + part * (stage.end_rate - stage.start_rate)

    def depart(self, slot: Slot, now: float) -> Departure:
        """What to record of a request that leaves now."""
        return Departure(
            late_ms=max(0.0, now - slot.due) * 1000,
            foreseen=slot.foreseen,
            in_time=now <= self.start + self.seconds,
            at=slot.due - self.start,
        )

    def elapsed(self, now: float) -> float:
        """Seconds of the run's time that have passed: all, once every slot has been claimed."""
        if self.claimed >= self.planned:
            return self.seconds
        return min(max(0.0, now - self.start), self.seconds) if self.start else 0.0
