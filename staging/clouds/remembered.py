"""Every value of every table as text, remembered in the database itself, and compared later.

Text leans on no type and no table, so that whatever is tried can drop and change these.
"""

from typing import TYPE_CHECKING, Any, NamedTuple

from staging.clouds import copies, schema
from staging.clouds.copies import Table
from staging.clouds.postgres import rows

if TYPE_CHECKING:
    from psycopg import Connection, sql

SPACE = "staging_remembered"
KEY = """
select array_agg(attname::text order by attname) from pg_index
join pg_attribute on attrelid = indrelid and attnum = any(indkey::int2[])
where indrelid = to_regclass(format('%%I.%%I', %s::text, %s::text)) and indisprimary
"""
"""In the order of the names, whatever the index has: rows are recognised by all of it."""


class Remembered(NamedTuple):
    """A table, the columns that rows are recognised by (none: by all of it), and its copy."""

    table: Table
    key: list[str]
    copy: str


class Difference(NamedTuple):
    """What has become of a table's rows."""

    after: int
    lost: int
    added: int
    changed: dict[str, int]


def remember(connection: "Connection[Any]") -> list[Remembered]:
    """Copy what the application's tables hold, for `compare`."""
    from psycopg import sql

    found = copies.tables(connection, schema.schemas(connection))
    connection.execute(sql.SQL("create schema {}").format(sql.Identifier(SPACE)))
    return [_remember(connection, table, number) for number, table in enumerate(found)]


def compare(connection: "Connection[Any]", remembered: Remembered) -> Difference:
    """The same table now. A table or a column that is gone has lost what it held."""
    table = remembered.table
    now = {(t.schema, t.name): t for t in copies.tables(connection, [table.schema])}
    there = now.get((table.schema, table.name))
    if there is None or not set(remembered.key) <= set(there.columns):
        return Difference(0, table.rows, 0, {})
    if not remembered.key:
        return _as_wholes(connection, remembered, there)
    changed = _changed(connection, remembered, there)
    both, after = changed.pop(""), _count(connection, _now(there, there.columns))
    return Difference(after, table.rows - both, after - both, changed)


def forget(connection: "Connection[Any]") -> None:
    """Drop the copies."""
    from psycopg import sql

    connection.execute(sql.SQL("drop schema {} cascade").format(sql.Identifier(SPACE)))


def _remember(connection: "Connection[Any]", table: Table, number: int) -> Remembered:
    from psycopg import sql

    key = rows(connection, KEY, table.schema, table.name)[0][0] or []
    copy = f"t{number}"
    words = sql.SQL("create unlogged table {} as {}").format(
        sql.Identifier(SPACE, copy), _now(table, table.columns)
    )
    many = connection.execute(words).rowcount
    return Remembered(table._replace(rows=many), list(key), copy)


def _now(table: Table, columns: list[str]) -> "sql.Composed":
    from psycopg import sql

    texts = [sql.SQL("{0}::text as {0}").format(sql.Identifier(name)) for name in columns]
    name = sql.Identifier(table.schema, table.name)
    return sql.SQL("select {} from only {}").format(sql.SQL(", ").join(texts), name)


def _changed(connection: "Connection[Any]", remembered: Remembered, there: Table) -> dict[str, int]:
    """By column, of rows that are there still; under "" how many rows those are."""
    from psycopg import sql

    columns = [c for c in remembered.table.columns if c not in remembered.key]
    counts = [
        sql.SQL("count(*) filter (where a.{0} is distinct from b.{0})").format(sql.Identifier(c))
        if c in there.columns
        else sql.SQL("count(a.{})").format(sql.Identifier(c))
        for c in columns
    ]
    words = sql.SQL("select {} from {} a join ({}) b using ({})").format(
        sql.SQL(", ").join([sql.SQL("count(*)"), *counts]),
        sql.Identifier(SPACE, remembered.copy),
        _now(there, there.columns),
        sql.SQL(", ").join(map(sql.Identifier, remembered.key)),
    )
    found = connection.execute(words).fetchone() or ()
    return dict(zip(["", *columns], map(int, found), strict=True))


def _as_wholes(connection: "Connection[Any]", remembered: Remembered, there: Table) -> Difference:
    """Without a key a row that differs in anything is lost, and another was added."""
    from psycopg import sql

    columns = [c for c in remembered.table.columns if c in there.columns]
    missing = [c for c in remembered.table.columns if c not in there.columns]
    listed = sql.SQL(", ").join(map(sql.Identifier, columns)) or sql.SQL("1")
    before = sql.SQL("select {} from {}").format(listed, sql.Identifier(SPACE, remembered.copy))
    now = _now(there, columns)
    less = sql.SQL("({}) except all ({})")
    lost = _count(connection, less.format(before, now))
    added = _count(connection, less.format(now, before))
    gone = {
        c: _count(
            connection,
            sql.SQL("select from {} where {} is not null").format(
                sql.Identifier(SPACE, remembered.copy), sql.Identifier(c)
            ),
        )
        for c in missing
    }
    return Difference(remembered.table.rows - lost + added, lost, added, gone)


def _count(connection: "Connection[Any]", query: "sql.Composable") -> int:
    from psycopg import sql

    found = connection.execute(sql.SQL("select count(*) from ({}) q").format(query)).fetchone()
    return int(found[0]) if found else 0
