"""How long production's users will wait for what, because of a file. Pure."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from staging.rules.extrapolation import Estimate, foreseen
from staging.rules.locks import Stopped, stopped
from staging.rules.traced import Ran, Scale, Traced

MANY = 1000
"""Rows changed in one transaction, from which on others are likely to want one of them."""

ROWS = "writes to the same rows"


@dataclass(frozen=True, slots=True, kw_only=True)
class Foreseen:
    """How long others wait for an object in production, because of one file."""

    file: str
    object: str
    stops: str
    mode: str
    statement: int
    seconds: Estimate


def foresee(scales: Sequence[Scale], production: Mapping[str, int]) -> tuple[Foreseen, ...]:
    """For each file and each table that it keeps from others, the wait at production's size."""
    found = []
    for traced in scales[-1].files if scales else ():
        sizes = _Sizes(traced, scales, production)
        found += [*_locked(traced, sizes), *_changed(traced, sizes)]
    return tuple(found)


def works(statements: Sequence[Ran]) -> bool:
    """Whether they work through rows, so that they take longer with more."""
    return any(s.scanned or s.rows or any(r.bytes for r in s.rewritten) for s in statements)


@dataclass(frozen=True, slots=True)
class _Sizes:
    """One file at every size: how large is what it works on is told by the tables it locks."""

    traced: Traced
    scales: Sequence[Scale]
    production: Mapping[str, int]

    def points(self, since: int, seconds: Callable[[Traced], float]) -> list[tuple[float, float]]:
        """What it took from a statement on, by the rows of the tables that it locked then."""
        tables = self.tables(since)
        return [
            (_rows(tables, scale.rows), seconds(file))
            for scale in self.scales
            for file in scale.files
            if file.file == self.traced.file
        ]

    def whole(self, since: int) -> float:
        """The rows of the same tables in production."""
        return _rows(self.tables(since), self.production)

    def tables(self, since: int) -> set[str]:
        """What is locked by the statement, or by one after it."""
        locks = self.traced.locks
        return {lock.of or lock.object for lock in locks if lock.last >= since and not lock.new}


def _rows(tables: Collection[str], rows: Mapping[str, int]) -> float:
    return float(sum(rows.get(table, 0) for table in tables))


def _locked(traced: Traced, sizes: _Sizes) -> list[Foreseen]:
    found = []
    for each in stopped(traced):
        since = each.statement
        within = [s for s in traced.statements if s.number >= since]
        points = sizes.points(since, partial(_wait, each=each))
        wait = foreseen(points, sizes.whole(since), grows=works(within) and not each.brief)
        found.append(
            Foreseen(
                file=traced.file,
                object=each.object,
                stops=each.stops,
                mode=each.mode,
                statement=since,
                seconds=wait,
            )
        )
    return found


def _wait(file: Traced, *, each: Stopped) -> float:
    same = [s for s in stopped(file) if (s.object, s.stops) == (each.object, each.stops)]
    return max((s.seconds for s in same), default=0.0)


def _changed(traced: Traced, sizes: _Sizes) -> list[Foreseen]:
    """Rows that are changed stay locked to other writers until the end."""
    first = next((s for s in traced.statements if s.kind in {"Update", "Delete"} and s.rows), None)
    if first is None:
        return []
    points = sizes.points(first.number, partial(_rest, since=first.number))
    whole = sizes.whole(first.number)
    if first.rows * max(1.0, whole / max(1.0, points[-1][0])) < MANY:
        return []
    told = f"{first.rows:,} rows changed in one transaction"
    return [
        Foreseen(
            file=traced.file,
            object=told,
            stops=ROWS,
            mode="row locks",
            statement=first.number,
            seconds=foreseen(points, whole, grows=True),
        )
    ]


def _rest(file: Traced, *, since: int) -> float:
    return sum(s.seconds for s in file.statements if s.number >= since) + file.commit
