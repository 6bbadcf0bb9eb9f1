"""How one table's columns are to be filled, so that its constraints hold by construction."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from random import Random

from staging.inventory.tables import Column, ColumnProfile, Key, Reference, Table
from staging.rules.checks import Demands, understood
from staging.rules.profile import distinct
from staging.rules.synthesis import bounds, ordering, uniqueness, values
from staging.rules.synthesis.distribution import (
    MOST_VALUES,
    USUAL_NULLS,
    USUAL_VALUES,
    slots,
)
from staging.rules.synthesis.kinds import SPREAD, Values
from staging.rules.synthesis.makers import Drawn as DrawnSlots
from staging.rules.synthesis.makers import Linked, Maker, Nth, Serial, Wide, nothing
from staging.rules.synthesis.world import Given


@dataclass(slots=True)
class Link:
    """A foreign key that is to be filled: so many rows to name, and their keys by number."""

    reference: Reference
    size: int
    parts: tuple[Nth, ...]


@dataclass(slots=True)
class Draft:
    """One table on its way to a plan. `left_out` columns keep their default."""

    table: Table
    rows: int
    given: Given
    demands: Demands = field(init=False)
    made: dict[tuple[str, ...], Maker] = field(default_factory=dict)
    at: dict[str, Nth] = field(default_factory=dict)
    left_out: set[str] = field(default_factory=set)
    notes: list[str] = field(default_factory=list)
    links: list[Link] = field(default_factory=list)
    values: dict[str, Values] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.demands = understood(self.table.checks)
        bounds.add(self.table.bounds, self.demands)

    def filled(self) -> set[str]:
        """The columns that are decided."""
        return {name for names in self.made for name in names} | self.left_out

    def rng(self, *more: object) -> Random:
        """Chance that depends on the seed and the name alone."""
        return Random("/".join(map(str, (self.given.seed, self.table.name, *more))))  # noqa: S311

    def column(self, name: str) -> Column:
        """A column by its name."""
        return next(each for each in self.table.columns if each.name == name)

    def profile(self, name: str) -> ColumnProfile | None:
        """What the statistics say of a column, if anything."""
        table = self.given.profile.get(self.table.name)
        return table.columns.get(name) if table else None

    def nulls(self, name: str) -> float:
        """The share of nulls that a column should have."""
        if not self.column(name).nullable or self.demands.column(name).filled:
            return 0.0
        known = self.profile(name)
        return USUAL_NULLS if known is None else known.null_fraction

    def linked(self, link: Link) -> bool:
        """Whether the columns of a foreign key are decided."""
        return bool(set(link.reference.columns) & self.filled())

    def fewer(self, rows: int, why: str) -> None:
        """Have no more rows than that."""
        if rows < self.rows:
            self.notes.append(f"{rows} rows in place of {self.rows}: {why}")
            self.rows = rows

    def decide(self) -> None:
        """Settle every column."""
        _leave_out(self)
        _find_values(self)
        for reference in sorted(self.table.references, key=lambda r: (-len(r.columns), r.name)):
            _link(self, reference)
        keys = [
            *self.table.keys,
            *(Key(name=x.name, columns=x.columns) for x in uniqueness.exclusions(self)),
        ]
        for key in sorted(keys, key=lambda k: len(k.columns)):
            uniqueness.make_unique(self, key)
        for link in self.links:
            _draw_link(self, link)
        for name in sorted(self.given.computed.get(self.table.name, set()) - self.filled()):
            _compute(self, name)
        ordering.decide(self)
        for column in self.table.columns:
            if column.name not in self.filled():
                _draw(self, column)


def _leave_out(draft: Draft) -> None:
    for column in draft.table.columns:
        forced = draft.given.forced.get(draft.table.name, {}).get(column.name)
        if column.generated or forced == "default":
            draft.left_out.add(column.name)
        elif forced == "null":
            draft.made[column.name,] = nothing


def _find_values(draft: Draft) -> None:
    for column in draft.table.columns:
        if column.name in draft.filled():
            continue
        known, demand = draft.profile(column.name), draft.demands.column(column.name)
        salt = draft.rng(column.name).getrandbits(72)
        width = known.width if known else None
        called = column
        if column.name == "name":  # of what is said by the table's: a domain's is a domain
            called = replace(column, name=f"{draft.table.name.rpartition('.')[2]}_name")
        found = values.of(called, demand, salt=salt, now=draft.given.now, width=width)
        if found is not None:
            draft.values[column.name] = found
        elif not any(column.name in r.columns for r in draft.table.references):
            draft.left_out.add(column.name)
            draft.notes.append(f"{column.name}: no values of type {column.type} are made up here")


def _link(draft: Draft, reference: Reference) -> None:
    taken = {name for link in draft.links for name in link.reference.columns} | draft.filled()
    if set(reference.columns) <= taken:
        return  # another key over more columns implies it, or the server will say that it does not
    if set(reference.columns) & taken:
        draft.notes.append(f"{reference.name}: shares a column with another key; left to chance")
        return
    own = reference.table == draft.table.name
    size, parts = draft.given.keys(reference, own=draft.rows if own else None, at=draft.at)
    if size:
        draft.links.append(Link(reference, size, parts))
        return
    for name in reference.columns:
        draft.made[name,] = nothing
    if not all(draft.column(name).nullable for name in reference.columns):
        draft.fewer(0, f"{reference.name} refers to {reference.table}, which has no rows")


def _draw_link(draft: Draft, link: Link) -> None:
    columns = link.reference.columns
    if draft.linked(link):
        return
    nullable = [name for name in columns if draft.column(name).nullable]
    nulls = draft.nulls(nullable[0]) if nullable else 0.0
    own = link.reference.table == draft.table.name
    if set(columns) & draft.given.computed.get(draft.table.name, set()):
        parts = tuple(_spread(part, link.size) for part in link.parts)
        draft.made[columns] = Serial(parts)
        draft.at |= dict(zip(columns, parts, strict=True))
        return
    known = draft.profile(columns[0]) if len(columns) == 1 else None
    size, hot, share = link.size, list[int](), 0.0
    if known is not None:
        size = min(size, max(1, distinct(known, draft.rows)))
        hot, share = _hot(known.frequencies, size, draft.rng(link.reference.name))
        share = min(1.0, share / max(0.01, 1 - nulls))
    draft.made[columns] = Linked(link.parts, size, hot, share, nulls, below=own)


def _hot(frequencies: Sequence[float], size: int, rng: Random) -> tuple[list[int], float]:
    """The rows that are named oftener, each as often as it should be, and the share of these."""
    total, kept = sum(frequencies), frequencies[:size]
    if not kept:
        return [], 0.0
    chosen = rng.sample(range(size), len(kept))
    hot = [row for row, share in zip(chosen, kept, strict=True) for _ in range(round(share * 2000))]
    return hot, total


def _spread(nth: Nth, size: int) -> Nth:
    return lambda numbers: nth([n * SPREAD % size for n in numbers])


def _compute(draft: Draft, name: str) -> None:
    """A column that another table's key repeats: it follows from the row's number."""
    found = draft.values[name]
    part = _spread(found.nth, found.size or USUAL_VALUES)
    draft.made[name,] = Serial((part,))
    draft.at[name] = part


def _draw(draft: Draft, column: Column) -> None:
    name, known = column.name, draft.profile(column.name)
    found, nulls = draft.values[name], draft.nulls(column.name)
    many = distinct(known, draft.rows) if known else min(USUAL_VALUES, max(draft.rows, 1))
    if many > MOST_VALUES and (found.size or many) >= many:
        draft.made[name,] = Wide(found.nth, many, nulls)
        return
    choices = () if column.array else draft.demands.column(name).choices or column.labels
    if column.type == "boolean" and not column.array:
        choices = ("t", "f")
    drawn = slots(
        found,
        known,
        distinct=many,
        nulls=nulls,
        choices=choices,
        rows=draft.rows,
        rng=draft.rng(name, "slots"),
    )
    draft.made[name,] = DrawnSlots((drawn,))
