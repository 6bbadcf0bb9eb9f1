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
    counts, left, open_ = [0] * parents, rows, list(range(parents))
    while left and open_:
        per, owed, given = left / sum(weights[p] for p in open_), 0.0, 0
        for p in open_:
            owed += weights[p] * per
            share = min(int(owed), capacity - counts[p])
            counts[p] += share
            given += share
            owed -= int(owed)
        left -= given
        open_ = [p for p in open_ if counts[p] < capacity]
        if not given and open_:  # less than a row is owed to each
            counts[open_[0]] += 1
            left -= 1
    return Shares(list(accumulate(counts)))


def _weigh(weights: list[float], frequencies: list[float]) -> None:
    """Have the first parents as many as the statistics say of the most common ones."""
    rest = sum(weights[len(frequencies) :])
    share = 1 - sum(frequencies)
    if frequencies and rest and share > 0:
        weights[: len(frequencies)] = [each * rest / share for each in frequencies]
