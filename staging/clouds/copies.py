"""All rows of an application's tables: out of a database into files, and from there back."""

import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from staging.clouds.postgres import rows

if TYPE_CHECKING:
    from psycopg import Connection

BLOCK = 1 << 18
PATIENCE = "set statement_timeout = '30min'"

TABLES = """
select n.nspname::text, c.relname::text,
       (select array_agg(attname::text order by attnum) from pg_attribute
        where attrelid = c.oid and attnum > 0 and not attisdropped and attgenerated = '')
from pg_class c join pg_namespace n on n.oid = relnamespace
where relkind = 'r' and nspname = any(%s)
and not exists (select from pg_depend d where d.objid = c.oid and d.deptype = 'e')
order by 1, 2
"""
SEQUENCES = """
select format('select setval(%%L, %%s);', format('%%I.%%I', schemaname, sequencename), last_value)
from pg_sequences where schemaname = any(%s) and last_value is not null order by 1
"""
VIEWS = """
select format('refresh materialized view %%I.%%I;', nspname, relname)
from pg_class c join pg_namespace n on n.oid = relnamespace
where relkind = 'm' and relispopulated and nspname = any(%s) order by c.oid
"""


class Table(NamedTuple):
    """A table with the columns that can be written, and how many rows it had."""

    schema: str
    name: str
    columns: list[str]
    rows: int = 0

    def __str__(self) -> str:
        return f"{self.schema}.{self.name}"


def tables(connection: "Connection[Any]", schemas: Sequence[str]) -> list[Table]:
    """Every table of these schemas that has a column; of a divided one, its parts."""
    found = rows(connection, TABLES, list(schemas))
    return [Table(*row) for row in found if row[2]]


def last(connection: "Connection[Any]", schemas: Sequence[str]) -> str:
    """Statements that come after the rows: where sequences stand, and views that hold rows."""
    found = rows(connection, SEQUENCES, list(schemas)) + rows(connection, VIEWS, list(schemas))
    return "\n".join(row[0] for row in found)


def out(connection: "Connection[Any]", table: Table, path: Path) -> int:
    """Write a table's rows into a file that nobody else can read; how many there were."""
    from psycopg import sql

    words = sql.SQL("copy (select {} from only {}) to stdout").format(*_names(table))
    new = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(new, "wb") as file, connection.cursor() as cursor:
        with cursor.copy(words) as copy:
            for block in copy:
                file.write(block)
        return cursor.rowcount


def back(connection: "Connection[Any]", table: Table, path: Path) -> int:
    """Read them into a table that is empty; how many there are."""
    from psycopg import sql

    columns, name = _names(table)
    words = sql.SQL("copy {} ({}) from stdin").format(name, columns)
    with path.open("rb") as file, connection.cursor() as cursor:
        with cursor.copy(words) as copy:
            while block := file.read(BLOCK):
                copy.write(block)
        return cursor.rowcount


def _names(table: Table) -> tuple[Any, Any]:
    from psycopg import sql

    columns = sql.SQL(", ").join(map(sql.Identifier, table.columns))
    return columns, sql.Identifier(table.schema, table.name)
