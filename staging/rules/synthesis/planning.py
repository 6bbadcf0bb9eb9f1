"""The plan of all rows: how many each table gets, and what fills its columns."""

from collections.abc import Iterator, Mapping, Sequence
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


Groups = tuple[tuple[Rows, ...], ...]
"""Tables that must be filled together, after those that they refer to."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What is to be made: of which profile, how much of it, from which seed, until which day."""

    profile: Mapping[str, TableProfile]
    scale: float
    seed: int
    now: date


def plan(
    tables: Sequence[Table],
    order: Order,
    *,
    present: Present,
    forced: Mapping[str, Mapping[str, str]],
) -> Groups:
    """Each group of tables that must be filled together, after those that it refers to."""
    given = Given(
        profile=order.profile,
        seed=order.seed,
        now=order.now,
        present=present,
        computed=_computed(tables),
        forced=forced,
    )
    by_name = {table.name: table for table in tables}
    groups, drafts = circles(tables), dict[str, Draft]()
    given.rows = {name: wanted(order.profile, name, order.scale) for name in by_name}
    seen: dict[str, dict[str, int | None]] = {}
    for _ in range(ROUNDS):
        before = dict(given.rows)
        for name in (name for group in groups for name in group):
            named = {r.table: given.rows.get(r.table) for r in by_name[name].references}
            if seen.get(name) == named:
                continue
            draft = drafts[name] = _drafted(by_name[name], given, order)
            given.rows[name], given.at[name] = draft.rows, draft.at
            seen[name] = {other: given.rows.get(other) for other in named}
        if before == given.rows:
            break
    return tuple(tuple(_rows(drafts[name]) for name in group) for group in groups)


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
