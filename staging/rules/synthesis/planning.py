"""The plan of all rows: how many each table gets, and what fills its columns."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from random import Random

from staging.inventory.tables import Reference, Table, TableProfile
from staging.rules.profile import wanted
from staging.rules.synthesis.drafting import Draft
from staging.rules.synthesis.makers import RUN, Maker, Run
from staging.rules.synthesis.order import circles
from staging.rules.synthesis.world import Given, Present

ROUNDS = 6
"""How often counts are lowered again because those of another table were."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rows:
    """The rows of one table that are to be: `columns` in the order in which they are written."""

    table: str
    rows: int
    columns: tuple[str, ...]
    makers: tuple[tuple[tuple[int, ...], Maker], ...]
    seed: int
    notes: tuple[str, ...]

    def written(self, *, most: int | None = None) -> Iterator[bytes]:
        """The rows as COPY reads them, some thousand at a time."""
        rows = self.rows if most is None else min(most, self.rows)
        for start in range(0, rows, RUN):
            yield self.part(start, min(RUN, rows - start))

    def part(self, start: int, count: int) -> bytes:
        """Some of the rows; the same for the same seed."""
        rng = Random(f"{self.seed}/{self.table}/{start}")  # noqa: S311 - not for secrets
        run = Run(rng, start, count, self.rows)
        columns: list[Sequence[str]] = [()] * len(self.columns)
        for places, maker in self.makers:
            for place, found in zip(places, maker(run), strict=True):
                columns[place] = found
        lines = map("\t".join, zip(*columns, strict=True))
        return ("\n".join(lines) + "\n").encode()


Forced = Mapping[str, Mapping[str, str]]
"""By table and column what the server left: its default, or null."""

Groups = tuple[tuple[Rows, ...], ...]
"""Tables that must be filled together, after those that they refer to."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What is to be made: of which profile, how much of it, from which seed, until which day."""

    profile: Mapping[str, TableProfile]
    scale: float
    seed: int
    now: date


class Planner:
    """Plans anew what changed: a table whose neighbours and demands are as before stays."""

    def __init__(self, tables: Sequence[Table], order: Order, present: Present) -> None:
        self._order, self._present = order, present
        self._computed = _computed(tables)
        self._drafts: dict[str, tuple[object, Draft]] = {}

    def plan(self, tables: Sequence[Table], forced: Forced, absent: Collection[str]) -> Groups:
        """Rows for these tables; those that are `absent` have none that could be named."""
        given = self._given(tables, forced, absent)
        by_name, groups = {table.name: table for table in tables}, circles(tables)
        for _ in range(ROUNDS):
            before = dict(given.rows)
            for name in (name for group in groups for name in group):
                draft = self._draft(by_name[name], given)
                given.rows[name], given.at[name] = draft.rows, draft.at
            if before == given.rows:
                break
        return tuple(tuple(_rows(self._drafts[name][1]) for name in group) for group in groups)

    def _given(self, tables: Sequence[Table], forced: Forced, absent: Collection[str]) -> Given:
        none: dict[tuple[str, tuple[str, ...]], Sequence[tuple[str, ...]]] = {
            (r.table, r.targets): () for t in tables for r in t.references if r.table in absent
        }
        return Given(
            profile=self._order.profile,
            seed=self._order.seed,
            now=self._order.now,
            present={**self._present, **none},
            computed=self._computed,
            forced=forced,
            rows={t.name: wanted(self._order.profile, t.name, self._order.scale) for t in tables},
        )

    def _draft(self, table: Table, given: Given) -> Draft:
        named = sorted({(r.table, given.rows.get(r.table)) for r in table.references}, key=str)
        basis = (
            [each for each in named if each[0] != table.name],
            dict(given.forced.get(table.name, {})),
        )
        known = self._drafts.get(table.name)
        if known is None or known[0] != basis:
            known = basis, _drafted(table, given, self._order)
            self._drafts[table.name] = known
        return known[1]


def _drafted(table: Table, given: Given, order: Order) -> Draft:
    """Decided again from the beginning where it turned out that fewer rows are possible."""
    draft = Draft(table, wanted(order.profile, table.name, order.scale), given)
    notes: list[str] = []
    for _ in range(ROUNDS):
        rows = draft.rows
        draft.decide()
        notes += [note for note in draft.notes if note not in notes]
        if draft.rows == rows:
            break
        draft = Draft(table, draft.rows, given)
    draft.notes = notes
    return draft


def _computed(tables: Sequence[Table]) -> dict[str, set[str]]:
    """Columns that others refer to by keys of several columns."""
    found: dict[str, set[str]] = {}
    for reference in (r for t in tables for r in t.references if len(r.targets) > 1):
        found.setdefault(reference.table, set()).update(reference.targets)
    return found


def outside(tables: Sequence[Table]) -> tuple[Reference, ...]:
    """References to tables that no rows are made up for: whoever plans must read their keys."""
    own = {table.name for table in tables}
    return tuple(r for t in tables for r in t.references if r.table not in own)


def _rows(draft: Draft) -> Rows:
    columns = tuple(c.name for c in draft.table.columns if c.name not in draft.left_out)
    place = {name: n for n, name in enumerate(columns)}
    return Rows(
        table=draft.table.name,
        rows=draft.rows,
        columns=columns,
        makers=tuple((tuple(place[n] for n in names), m) for names, m in draft.made.items()),
        seed=draft.given.seed,
        notes=tuple(draft.notes),
    )
