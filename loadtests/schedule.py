"""When each request is due: an open model, in which a slow answer delays no later arrival."""

from dataclasses import dataclass
from math import ceil

DRAIN = 5.0
"""Seconds after the end in which late requests may still leave, so that their delay is seen."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Slot:
    """One planned request. `foreseen`: it was claimed before it was due, by somebody idle."""

    due: float
    foreseen: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Departure:
    """How a request left: how late, whether by the generator's fault, whether in the run's time."""

    late_ms: float
    foreseen: bool
    in_time: bool


class Schedule:
    """Slots at an even rate, each claimed once; `now` is always the caller's clock."""

    def __init__(self, *, rate: float, seconds: float) -> None:
        self.rate, self.seconds = rate, seconds
        self.planned = ceil(rate * seconds - 1e-9)
        self.claimed = 0
        self._start = 0.0
        self._open = False

    def begin(self, now: float) -> None:
        """Let the first slot be due now."""
        self._start, self._open = now, True

    def close(self) -> None:
        """Give out no more slots."""
        self._open = False

    def cut(self, now: float) -> None:
        """End it here: what was not claimed was never planned."""
        self.close()
        self.seconds, self.planned = self.elapsed(now), self.claimed

    def claim(self, now: float) -> Slot | None:
        """The next slot, due in the future or already past, or None at the end."""
        late = now > self._start + self.seconds + DRAIN
        if not self._open or late or self.claimed >= self.planned:
            return None
        due = self._start + self.claimed / self.rate
        self.claimed += 1
        return Slot(due=due, foreseen=now <= due)

    def depart(self, slot: Slot, now: float) -> Departure:
        """What to record of a request that leaves now."""
        return Departure(
            late_ms=max(0.0, now - slot.due) * 1000,
            foreseen=slot.foreseen,
            in_time=now <= self._start + self.seconds,
        )

    def elapsed(self, now: float) -> float:
        """Seconds of the run's time that have passed: all, once every slot has been claimed."""
        if self.claimed >= self.planned:
            return self.seconds
        return min(max(0.0, now - self._start), self.seconds) if self._start else 0.0
