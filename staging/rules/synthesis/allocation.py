"""How many rows each parent gets where a pair of values may occur only once."""

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import accumulate
from random import Random

SKEW = 0.8


@dataclass(frozen=True, slots=True)
class Shares:
    """Row number → parent, and the row's place among those of its parent."""

    ends: Sequence[int]

    def find(self, number: int) -> tuple[int, int]:
        """Parent and place of one row."""
        parent = bisect_right(self.ends, number)
        return parent, number - (self.ends[parent - 1] if parent else 0)

    def run(self, start: int, count: int) -> tuple[list[int], list[int]]:
        """The same of rows that follow one another."""
        parents, places = list[int](), list[int]()
        parent, place = self.find(start)
        while len(parents) < count:
            room = self.ends[parent] - (self.ends[parent - 1] if parent else 0) - place
            took = min(room, count - len(parents))
            parents += [parent] * took
            places += range(place, place + took)
            parent, place = parent + 1, 0
        return parents, places


def shared_out(
    rows: int, parents: int, *, capacity: int, frequencies: Iterable[float], rng: Random
) -> Shares:
    """`rows` over `parents`, none with more than `capacity`, as unevenly as people do it."""
    weights = [rng.lognormvariate(0, SKEW) for _ in range(parents)]
    _weigh(weights, list(frequencies)[:parents])
    counts, left = [0] * parents, rows
    while left:
        open_ = [p for p in range(parents) if counts[p] < capacity]
        total = sum(weights[p] for p in open_)
        given = 0
        for p in open_:
            share = min(int(left * weights[p] / total), capacity - counts[p])
            counts[p] += share
            given += share
        left -= given
        if not given:
            for p in open_[:left]:
                counts[p] += 1
            left -= min(left, len(open_))
    return Shares(list(accumulate(counts)))


def _weigh(weights: list[float], frequencies: list[float]) -> None:
    """Have the first parents as many as the statistics say of the most common ones."""
    rest = sum(weights[len(frequencies) :])
    share = 1 - sum(frequencies)
    if frequencies and rest and share > 0:
        weights[: len(frequencies)] = [each * rest / share for each in frequencies]
