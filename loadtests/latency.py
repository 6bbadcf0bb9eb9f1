"""Every latency of the run, kept as it is: percentiles are exact and nothing is rounded away."""

from array import array
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import chain
from math import ceil, nan

from loadtests.schedule import Departure
from staging.rules.limits import FRACTIONS
from staging.rules.objectives import Percentiles


def _doubles() -> "array[float]":
    return array("d")


@dataclass(slots=True)
class Tally:
    """One endpoint's latencies in ms, from when due and from when sent, and its errors by cause.

    `at` is when each was due, in seconds since the start, `wrong` the same of the errors alone.
    """

    at: "array[float]" = field(default_factory=_doubles)
    wrong: "array[float]" = field(default_factory=_doubles)
    due: "array[float]" = field(default_factory=_doubles)
    sent: "array[float]" = field(default_factory=_doubles)
    causes: Counter[str] = field(default_factory=Counter)

    @property
    def errors(self) -> int:
        """How many answers were wrong or missing."""
        return self.causes.total()

    def add(self, other: "Tally") -> None:
        """Take over what another has counted: nothing is lost by it."""
        for mine, theirs in zip(self.arrays, other.arrays, strict=True):
            mine.extend(theirs)
        self.causes += other.causes

    @property
    def arrays(self) -> tuple["array[float]", ...]:
        """All that is kept as numbers, in an order of its own."""
        return self.at, self.wrong, self.due, self.sent


class Recorder:
    """What the run has measured so far; a failed request's latency counts like any other."""

    def __init__(self) -> None:
        self.tallies: dict[str, Tally] = {}
        self.lags = _doubles()
        self.in_time = 0
        self.recent = _doubles()

    def record(self, name: str, *, departure: Departure, took_ms: float, error: str) -> None:
        """Add one request; `error` is empty if the answer was right."""
        tally = self.tallies.setdefault(name, Tally())
        tally.at.append(departure.at)
        tally.due.append(departure.late_ms + took_ms)
        tally.sent.append(took_ms)
        self.recent.append(departure.late_ms + took_ms)
        if error:
            tally.causes[error] += 1
            tally.wrong.append(departure.at)
        if departure.foreseen:
            self.lags.append(departure.late_ms)
        self.in_time += departure.in_time

    def add(self, other: "Recorder") -> None:
        """Take over what another has measured."""
        for name, tally in other.tallies.items():
            self.tallies.setdefault(name, Tally()).add(tally)
        self.lags.extend(other.lags)
        self.in_time += other.in_time

    def latest(self) -> "array[float]":
        """The latencies since the last call."""
        latest, self.recent = self.recent, _doubles()
        return latest

    @property
    def samples(self) -> int:
        """How many requests have ended."""
        return sum(len(tally.due) for tally in self.tallies.values())

    @property
    def errors(self) -> int:
        """How many of them ended wrong."""
        return sum(tally.errors for tally in self.tallies.values())

    def due(self) -> Percentiles:
        """Of all latencies, counted from when each request was due."""
        return percentiles(chain.from_iterable(t.due for t in self.tallies.values()))

    def spread(self) -> tuple[tuple[float, float], ...]:
        """The same by fractions of the requests."""
        return spread(chain.from_iterable(t.due for t in self.tallies.values()))

    def sent(self) -> Percentiles:
        """Of all latencies, counted from when each request was sent."""
        return percentiles(chain.from_iterable(t.sent for t in self.tallies.values()))


SPREAD = (*(n / 20 for n in range(19)), *(0.95, 0.98, 0.99, 0.995, 0.998, 0.999, 0.9995, 0.9999))
"""Fractions that are told of all latencies, as far as there are samples enough."""


def spread(values: Iterable[float]) -> tuple[tuple[float, float], ...]:
    """Fractions and how long so many took at most; the last is of all."""
    ordered = sorted(values)
    told = (f for f in SPREAD if len(ordered) * (1 - f) >= 1 - 1e-9)
    return (*((f, at(ordered, f)) for f in told), (1.0, ordered[-1])) if ordered else ()


def percentiles(values: Iterable[float]) -> Percentiles:
    """The usual ones of `values`."""
    ordered = sorted(values)
    return Percentiles(**{key: at(ordered, fraction) for key, fraction in FRACTIONS.items()})


def at(ordered: Sequence[float], fraction: float) -> float:
    """The smallest value that `fraction` of the sorted values do not exceed (nearest rank)."""
    rank = ceil(fraction * len(ordered) - 1e-9)
    return ordered[max(rank, 1) - 1] if ordered else nan
