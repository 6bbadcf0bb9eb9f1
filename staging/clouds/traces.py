"""Nonces in databases: where one stands, one written and taken away; and what code calls out."""

from collections.abc import Collection, Iterator, Sequence
from typing import TYPE_CHECKING, Any, LiteralString

from staging.clouds.postgres import rows
from staging.clouds.schema import PLATFORM

if TYPE_CHECKING:
    from psycopg import Connection

MARK = """
create schema staging_isolation;
comment on schema staging_isolation is 'of invoke isolation, which takes it away again';
create table staging_isolation.marker (nonce text)
"""
UNMARK = "drop schema if exists staging_isolation cascade"
COLUMNS = """
select n.nspname, c.relname, a.attname
from pg_attribute a join pg_class c on c.oid = attrelid join pg_namespace n on n.oid = relnamespace
join pg_type t on t.oid = atttypid
where relkind in ('r', 'p') and not relispartition and attnum > 0 and not attisdropped
and (typcategory in ('S', 'A') or typname in ('json', 'jsonb', 'xml'))
and nspname !~ '^pg_' and nspname <> all(%s)
order by 1, 2, 3
"""
CODE = """
select 'database function ' || p.oid::regprocedure, prosrc
from pg_proc p join pg_namespace n on n.oid = pronamespace
where nspname !~ '^pg_' and nspname <> all(%(schemas)s)
and not exists (select from pg_depend d where d.objid = p.oid and d.deptype = 'e')
union all
select format('database trigger %%s on %%s', tgname, tgrelid::regclass), pg_get_triggerdef(oid)
from pg_trigger where not tgisinternal
"""
WEBHOOKS = """
select format('%s on %s', tgname, tgrelid::regclass), pg_get_triggerdef(t.oid)
from pg_trigger t join pg_proc p on p.oid = tgfoid join pg_namespace n on n.oid = pronamespace
where not tgisinternal and tgenabled <> 'D'
and nspname = 'supabase_functions' and proname = 'http_request'
"""
JOBS = """
select 'database cron job ' || coalesce(jobname, jobid::text), command from cron.job where active
"""
Column = tuple[str, str, str]


def columns(connection: "Connection[Any]") -> list[Column]:
    """The application's columns that can hold text: schema, table, column."""
    return [(schema, table, name) for schema, table, name in rows(connection, COLUMNS, PLATFORM)]


def holding(
    connection: "Connection[Any]", nonce: str, among: Collection[Column] | None = None
) -> list[Column]:
    """Those of the columns in which the nonce stands; a table is read once."""
    there = columns(connection)
    wanted = there if among is None else [each for each in there if each in set(among)]
    tables: dict[tuple[str, str], list[str]] = {}
    for schema, table, name in wanted:
        tables.setdefault((schema, table), []).append(name)
    return [
        (*table, name)
        for table, names in tables.items()
        for name in _in(connection, table, names, nonce)
    ]


def _in(
    connection: "Connection[Any]", table: tuple[str, str], names: Sequence[str], nonce: str
) -> Iterator[str]:
    from psycopg import sql

    stands = sql.SQL(", ").join(
        sql.SQL("bool_or(position({} in {}::text) > 0)").format(
            sql.Literal(nonce), sql.Identifier(name)
        )
        for name in names
    )
    query = sql.SQL("select {} from {}").format(stands, sql.Identifier(*table))
    found: Sequence[bool | None] = connection.execute(query).fetchall()[0]
    yield from (name for name, is_there in zip(names, found, strict=True) if is_there)


def mark(connection: "Connection[Any]", nonce: str) -> None:
    """Write a nonce to a table of our own; one that a killed run left goes first."""
    unmark(connection)
    connection.execute(MARK)
    rows(connection, "insert into staging_isolation.marker values (%s) returning 1", nonce)


def marked(connection: "Connection[Any]", nonce: str) -> bool:
    """Whether that nonce stands in that table, in whichever database this is."""
    if rows(connection, "select to_regclass('staging_isolation.marker')")[0][0] is None:
        return False
    query: LiteralString = "select from staging_isolation.marker where nonce = %s"
    return bool(rows(connection, query, nonce))


def unmark(connection: "Connection[Any]") -> None:
    """Take our table away."""
    connection.execute(UNMARK)


def replica(connection: "Connection[Any]") -> bool:
    """Whether what is written elsewhere arrives here later."""
    return bool(rows(connection, "select pg_is_in_recovery()")[0][0])


def code(connection: "Connection[Any]") -> dict[str, str]:
    """The text of functions, triggers and jobs, by name."""
    found = connection.execute(CODE, {"schemas": PLATFORM}).fetchall()
    if rows(connection, "select to_regclass('cron.job')")[0][0] is not None:
        found += rows(connection, JOBS)
    return {str(name): str(text) for name, text in found}


def webhooks(connection: "Connection[Any]") -> dict[str, str]:
    """Database webhooks that are on: triggers that call an address."""
    return {str(name): str(text) for name, text in rows(connection, WEBHOOKS)}
