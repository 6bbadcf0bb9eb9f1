"""What fills columns: each maker gives, for a run of rows, a list of texts for each column.

No function is called for each value but those of Python's own: that is most of what it costs.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from operator import add
from random import Random

from staging.rules.synthesis.allocation import Shares
from staging.rules.synthesis.kinds import NULL, SPREAD

RUN = 5_000
"""Rows that are made at a time."""

SLOTS = 2 * RUN
Nth = Callable[[Iterable[int]], list[str]]


@dataclass(frozen=True, slots=True)
class Run:
    """Rows `start` to `start + count` of a table of `rows`; their own source of chance."""

    rng: Random
    start: int
    count: int
    rows: int

    def numbers(self) -> range:
        """The rows' numbers."""
        return range(self.start, self.start + self.count)

    def part(self, slots: Sequence[str]) -> Sequence[str]:
        """As many of the slots as there are rows, from anywhere."""
        at = int(self.rng.random() * (len(slots) - self.count + 1))
        return slots[at : at + self.count]


Maker = Callable[[Run], list[Sequence[str]]]


@dataclass(frozen=True, slots=True)
class Serial:
    """Columns that are known by the row's number."""

    parts: tuple[Nth, ...]
    nulls: float = 0.0

    def __call__(self, run: Run) -> list[Sequence[str]]:
        """The values of these rows."""
        return [_with_nulls(part(run.numbers()), self.nulls, run) for part in self.parts]


@dataclass(frozen=True, slots=True)
class Drawn:
    """Columns whose slots hold each value as often as it should be met; slots go together."""

    slots: tuple[Sequence[str], ...]

    def __call__(self, run: Run) -> list[Sequence[str]]:
        """A stretch of the shuffled slots."""
        at = int(run.rng.random() * (len(self.slots[0]) - run.count + 1))
        return [each[at : at + run.count] for each in self.slots]


@dataclass(frozen=True, slots=True)
class Wide:
    """A column of more values than slots."""

    nth: Nth
    distinct: int
    nulls: float

    def __call__(self, run: Run) -> list[Sequence[str]]:
        """Any of them."""
        chance, distinct = run.rng.random, self.distinct
        found = self.nth([int(chance() * distinct) for _ in range(run.count)])
        return [_with_nulls(found, self.nulls, run)]


@dataclass(frozen=True, slots=True)
class Linked:
    """Columns that name rows of another table, some of them oftener.

    `below`: of this very table, rows that come earlier.
    """

    parts: tuple[Nth, ...]
    size: int
    hot: Sequence[int]
    share: float
    nulls: float
    below: bool = False

    def __call__(self, run: Run) -> list[Sequence[str]]:
        """Keys of the rows that are named; all parts are null together."""
        chance, size, hot = run.rng.random, self.size, self.hot
        if self.below:
            named = [int(chance() * n) for n in run.numbers()]
        elif hot:
            among, share = len(hot), self.share
            named = [
                hot[int(chance() * among)] if chance() < share else int(chance() * size)
                for _ in range(run.count)
            ]
        else:
            named = [int(chance() * size) for _ in range(run.count)]
        kept = [chance() >= self.nulls for _ in named] if self.nulls else None
        columns: list[Sequence[str]] = []
        for part in self.parts:
            found = part(named)
            if kept is not None:
                found = [v if k else NULL for v, k in zip(found, kept, strict=True)]
            columns.append(found)
        return columns


@dataclass(frozen=True, slots=True)
class Grouped:
    """Columns that together occur once: a parent's rows go through all other combinations.

    `others` are, for each further factor, its size and its columns.
    """

    shares: Shares
    first: tuple[Nth, ...]
    others: tuple[tuple[int, tuple[Nth, ...]], ...]

    def __call__(self, run: Run) -> list[Sequence[str]]:
        """The values of these rows."""
        return [list(each) for each in self._of(*self.shares.run(run.start, run.count))]

    def at(self, column: int) -> Nth:
        """One of the columns by the rows' numbers."""

        def nth(numbers: Iterable[int]) -> list[str]:
            found = [self.shares.find(number) for number in numbers]
            return self._of([p for p, _ in found], [place for _, place in found])[column]

        return nth

    def _of(self, parents: list[int], places: list[int]) -> list[list[str]]:
        columns, step = [part(parents) for part in self.first], 1
        for size, parts in self.others:
            away = SPREAD if step == 1 else 0
            digits = [
                (place // step + parent * away) % size
                for parent, place in zip(parents, places, strict=True)
            ]
            columns += [part(digits) for part in parts]
            step *= size
        return columns


@dataclass(frozen=True, slots=True)
class Moments:
    """Times of one row: on one day, in an order; the later the row, the later the day."""

    days: Sequence[str]
    clocks: tuple[Sequence[str], ...]
    nulls: tuple[float, ...]

    def __call__(self, run: Run) -> list[Sequence[str]]:
        """Days by the rows' numbers, times of day by chance."""
        known, days, rows = self.days, len(self.days), max(run.rows, 1)
        on = [known[n * days // rows] for n in run.numbers()]
        at = int(run.rng.random() * (len(self.clocks[0]) - run.count + 1))
        columns: list[Sequence[str]] = []
        for clock, nulls in zip(self.clocks, self.nulls, strict=True):
            found = list(map(add, on, clock[at : at + run.count]))
            columns.append(_with_nulls(found, nulls, run))
        return columns


def nothing(run: Run) -> list[Sequence[str]]:
    """A column of nulls."""
    return [[NULL] * run.count]


def _with_nulls(found: list[str], share: float, run: Run) -> list[str]:
    if not share:
        return found
    chance = run.rng.random
    return [each if chance() >= share else NULL for each in found]
