"""A part of production's rows that holds together: what a row refers to comes along."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from staging.clouds.loading import identifier
from staging.errors import ConfigurationError
from staging.inventory.tables import Reference, Table
from staging.operations.steps import note

if TYPE_CHECKING:
    from psycopg import Connection

MOST = 500_000  # rows that are held at once
BATCH = 5_000
Row = tuple[str | None, ...]


@dataclass(slots=True)
class Part:
    """Rows of one table as text, each once, by its whole content."""

    table: Table
    columns: tuple[str, ...]
    rows: dict[Row, None] = field(default_factory=dict)

    def keys(self, names: Sequence[str]) -> set[Row]:
        """The values of these columns, of rows where none is null."""
        places = [self.columns.index(name) for name in names]
        found = {tuple(row[place] for place in places) for row in self.rows}
        return {key for key in found if None not in key}


def read(
    connection: "Connection[Any]", tables: Sequence[Table], *, fraction: float, rows: int | None
) -> dict[str, Part]:
    """A sample of each table, and all that it refers to."""
    parts = {table.name: _sample(connection, table, fraction, rows) for table in tables}
    missing = True
    while missing:
        missing = False
        for part in parts.values():
            for each in part.table.references:
                if each.table in parts:
                    missing |= _complete(connection, part, each, parts[each.table])
        if sum(len(part.rows) for part in parts.values()) > MOST:
            raise ConfigurationError(
                f"Over {MOST:,} rows would be copied.",
                remedy="Give a smaller --fraction or --rows.",
            )
    return parts


def _sample(connection: "Connection[Any]", table: Table, fraction: float, rows: int | None) -> Part:
    from psycopg import sql

    columns = tuple(column.name for column in table.columns if not column.generated)
    some = sql.SQL(" tablesample bernoulli ({}) repeatable (1)").format(sql.Literal(fraction * 100))
    query = sql.SQL("select {} from {}{} limit {}").format(
        _texts(columns),
        identifier(table.name),
        some if fraction < 1 else sql.SQL(""),
        sql.Literal(rows if rows is not None else MOST + 1),
    )
    note(f"  read a part of {table.name} …")
    return Part(table, columns, dict.fromkeys(connection.execute(query).fetchall()))


def _complete(
    connection: "Connection[Any]", part: Part, reference: Reference, target: Part
) -> bool:
    """Whether rows were added to what is referred to."""
    from psycopg import sql

    missing = sorted(part.keys(reference.columns) - target.keys(reference.targets), key=str)
    before = len(target.rows)
    names = sql.SQL(", ").join(
        sql.SQL("{}::text").format(sql.Identifier(n)) for n in reference.targets
    )
    for start in range(0, len(missing), BATCH):
        batch = missing[start : start + BATCH]
        arrays = [list(column) for column in zip(*batch, strict=True)]
        lists = sql.SQL(", ").join(sql.SQL("%s::text[]") for _ in arrays)
        query = sql.SQL("select {} from {} where ({}) in (select * from unnest({}))").format(
            _texts(target.columns), identifier(target.table.name), names, lists
        )
        target.rows |= dict.fromkeys(connection.execute(query, arrays).fetchall())
    return len(target.rows) > before


def _texts(columns: Sequence[str]) -> Any:  # noqa: ANN401 - psycopg is imported where it is used
    from psycopg import sql

    return sql.SQL(", ").join(sql.SQL("{}::text").format(sql.Identifier(name)) for name in columns)


def totals(parts: Mapping[str, Part]) -> dict[str, int]:
    """How many rows of each table."""
    return {name: len(part.rows) for name, part in parts.items()}
