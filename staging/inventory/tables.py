"""What the tables of a database are, and what its statistics say that they hold."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """A column by its base type: domains and arrays are looked through.

    `size` is the length of a varchar or the digits of a numeric, `scale` a numeric's. `labels`
    are an enum's. A `generated` column is computed by PostgreSQL.
    """

    name: str
    type: str
    array: bool = False
    size: int | None = None
    scale: int = 0
    labels: tuple[str, ...] = ()
    nullable: bool = True
    default: bool = False
    generated: bool = False
    identity: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Key:
    """Columns whose values occur once, by a constraint or an index, which may be partial."""

    name: str
    columns: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reference:
    """A foreign key: `columns` of its table name rows of `table` by `targets`."""

    name: str
    columns: tuple[str, ...]
    table: str
    targets: tuple[str, ...]
    definition: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """A check, a domain's check, an exclusion or a partition's bounds, as PostgreSQL writes it."""

    name: str
    columns: tuple[str, ...]
    definition: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Index:
    """An index that no constraint needs, and the statement that makes it."""

    name: str
    definition: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A table as it is declared; a partitioned one stands for its partitions.

    `triggers` are those that an inserted row would start, `computed` its generated columns with
    the columns that each is computed of.
    """

    name: str
    columns: tuple[Column, ...]
    keys: tuple[Key, ...] = ()
    references: tuple[Reference, ...] = ()
    checks: tuple[Rule, ...] = ()
    exclusions: tuple[Rule, ...] = ()
    bounds: tuple[Rule, ...] = ()
    computed: tuple[Rule, ...] = ()
    indexes: tuple[Index, ...] = ()
    triggers: tuple[str, ...] = ()
    partitioned: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ColumnProfile:
    """What the statistics say of a column; no value of a row, but labels that the schema has.

    `distinct` counts values, or as a negative number is their share of the rows. `frequencies`
    are those of the most common values, the highest first; `labels` those of an enum's or a
    check's own words, and of true and false.
    """

    null_fraction: float
    distinct: float
    width: int
    frequencies: tuple[float, ...] = ()
    labels: Mapping[str, float] = field(default_factory=dict)
    correlation: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TableProfile:
    """How much a table holds. `rows` is None where nobody ever counted; `source` says who did."""

    name: str
    rows: int | None
    source: str
    table_bytes: int
    index_bytes: int
    analyzed: str | None
    columns: Mapping[str, ColumnProfile]
