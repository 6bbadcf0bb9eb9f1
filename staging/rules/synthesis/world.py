"""What every table's draft needs to know of the others."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from staging.inventory.tables import Reference, TableProfile
from staging.rules.synthesis.makers import Nth

Present = Mapping[tuple[str, tuple[str, ...]], Sequence[tuple[str, ...]]]


@dataclass(slots=True, kw_only=True)
class Given:
    """The profile and the seed; how many rows each table gets, and its keys by their number.

    `present` are keys of tables that are not made up here but have rows. `computed` are columns
    that others refer to, `forced` columns that are to keep their default or be null because the
    server refused all else.
    """

    profile: Mapping[str, TableProfile]
    seed: int
    now: date
    present: Present
    computed: Mapping[str, set[str]]
    forced: Mapping[str, Mapping[str, str]]
    rows: dict[str, int] = field(default_factory=dict)
    at: dict[str, Mapping[str, Nth]] = field(default_factory=dict)

    def keys(
        self, reference: Reference, *, own: int | None, at: Mapping[str, Nth]
    ) -> tuple[int, tuple[Nth, ...]]:
        """How many rows can be named, and each column's value of the nth of them."""
        kept = self.present.get((reference.table, reference.targets))
        if kept is not None:
            columns = list(zip(*kept, strict=True))
            return len(kept), tuple(_listed(column) for column in columns)
        if own is not None:
            return own, tuple(_lazily(at, name) for name in reference.targets)
        parts = tuple(_theirs(self.at, reference.table, name) for name in reference.targets)
        return self.rows.get(reference.table, 0), parts


def _listed(column: Sequence[str]) -> Nth:
    return lambda numbers: [column[n] for n in numbers]


def _lazily(at: Mapping[str, Nth], name: str) -> Nth:
    return lambda numbers: at[name](numbers)


def _theirs(at: Mapping[str, Mapping[str, Nth]], table: str, name: str) -> Nth:
    return lambda numbers: at[table][name](numbers)
