"""What tables hold: whether anything, how many rows, which keys, and keys that name nothing."""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from staging.clouds.loading import identifier
from staging.clouds.postgres import rows
from staging.inventory.tables import Reference

if TYPE_CHECKING:
    from psycopg import Connection
    from psycopg.sql import Composed


def empty(connection: "Connection[Any]", tables: Sequence[str]) -> None:
    """Take every row away, of all of them at once."""
    from psycopg import sql

    if tables:
        names = sql.SQL(", ").join(map(identifier, tables))
        connection.execute(sql.SQL("truncate {} restart identity").format(names))


def count(connection: "Connection[Any]", table: str) -> int:
    """How many rows there are."""
    from psycopg import sql

    query = sql.SQL("select count(*) from {}").format(identifier(table))
    found = connection.execute(query).fetchone()
    return int(found[0]) if found else 0


def filled(connection: "Connection[Any]", tables: Iterable[str]) -> tuple[str, ...]:
    """Those of the tables that have any row."""
    from psycopg import sql

    query = "select exists (select from {})"
    found = []
    for table in tables:
        row = connection.execute(sql.SQL(query).format(identifier(table))).fetchone()
        if row and row[0]:
            found.append(table)
    return tuple(found)


def orphans(connection: "Connection[Any]", table: str, reference: Reference) -> int:
    """How many rows name one that is not there."""
    from psycopg import sql

    def listed(alias: str, names: Sequence[str]) -> "Composed":
        return sql.SQL(", ").join(sql.Identifier(alias, name) for name in names)

    some = sql.SQL(" and ").join(
        sql.SQL("{} is not null").format(sql.Identifier("a", name)) for name in reference.columns
    )
    query = sql.SQL(
        "select count(*) from {} a where {} and not exists (select from {} b where ({}) = ({}))"
    ).format(
        identifier(table),
        some,
        identifier(reference.table),
        listed("b", reference.targets),
        listed("a", reference.columns),
    )
    found = connection.execute(query).fetchone()
    return int(found[0]) if found else 0


def keys(
    connection: "Connection[Any]", reference: Reference, *, most: int
) -> list[tuple[str, ...]]:
    """Keys that rows have, as COPY writes them."""
    from psycopg import sql

    names = sql.SQL(", ").join(sql.Identifier(each) for each in reference.targets)
    query = sql.SQL("copy (select {} from {} order by {} limit {}) to stdout").format(
        names, identifier(reference.table), names, sql.Literal(most)
    )
    with connection.cursor() as cursor, cursor.copy(query) as reading:
        text = b"".join(bytes(part) for part in reading).decode()
    return [tuple(line.split("\t")) for line in text.split("\n")[:-1]]


SEQUENCES = """
select format('select setval(%%L, greatest(coalesce(max(%%I), 0), 1), max(%%I) is not null) '
              'from %%s', d.objid::regclass, attname, attname, attrelid::regclass)
from pg_depend d join pg_class s on s.oid = d.objid and s.relkind = 'S'
join pg_attribute on attrelid = d.refobjid and attnum = d.refobjsubid
where d.refobjid = %s::regclass and d.deptype in ('a', 'i')
"""


def finish(connection: "Connection[Any]", table: str) -> None:
    """Sequences go on after the highest number, and the planner learns what there is."""
    from psycopg import sql

    name = identifier(table).as_string(connection)
    for (statement,) in rows(connection, SEQUENCES, name):
        connection.execute(statement.encode())
    connection.execute(sql.SQL("analyze {}").format(identifier(table)))


def refusal(connection: "Connection[Any]", statement: str) -> str:
    """Run a statement of the user's own; what the server has against it, or nothing."""
    import psycopg

    try:
        with connection.transaction():
            connection.execute(statement.encode())
    except psycopg.Error as error:
        return f"refused: {error.diag.message_primary or error}"
    return ""
