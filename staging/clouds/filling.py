"""Made-up rows, as many as are wanted of each table, good enough for times and locks.

No value comes from anywhere but the table's own definition. A column that has a default keeps it.
"""

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from staging.clouds import postgres
from staging.clouds.postgres import Address, rows

if TYPE_CHECKING:
    from psycopg import Connection, sql

POOL = 10_000
"""Rows of a table that others refer to."""

COLUMNS = """
select attname, format_type(atttypid, null), typtype::text, typcategory::text,
       atthasdef or attidentity <> '' as given,
       (select array_agg(enumlabel::text order by enumsortorder) from pg_enum
        where enumtypid = atttypid),
       (select string_agg(pg_get_constraintdef(k.oid), ' ') from pg_constraint k
        where conrelid = attrelid and contype = 'c' and conkey = array[attnum]),
       (select confrelid::regclass::text || '|' || f.attname from pg_constraint k
        join pg_attribute f on f.attrelid = confrelid and f.attnum = confkey[1]
        where conrelid = a.attrelid and contype = 'f' and conkey = array[a.attnum] limit 1),
       exists (select from pg_index where indrelid = attrelid and indisunique
               and attnum = any(indkey::int2[])),
       atttypmod
from pg_attribute a join pg_type t on t.oid = atttypid
where attrelid = to_regclass(%s) and attnum > 0 and not attisdropped and attgenerated = ''
order by attnum
"""
PARENTS = """
select format('%I.%I', n.nspname, c.relname), array_agg(distinct confrelid::regclass::text)
from pg_constraint k join pg_class c on c.oid = conrelid
join pg_namespace n on n.oid = relnamespace
where contype = 'f' and conrelid <> confrelid group by 1
"""
WORDS = re.compile(r"'((?:[^']|'')*)'")


class Column(NamedTuple):
    """What a column takes: `refers` is table|column, `unique` alone or with others."""

    name: str
    type: str
    kind: str
    category: str
    given: bool
    labels: list[str] | None
    check: str | None
    refers: str | None
    unique: bool
    modifier: int


def fill(where: Address, wanted: Mapping[str, int]) -> tuple[dict[str, int], dict[str, str]]:
    """Fill each table up to so many rows; how many each has then, and why one has too few."""
    import psycopg

    failed: dict[str, str] = {}
    with postgres.connect(where, read_only=False) as connection:
        connection.autocommit = True
        connection.execute("set statement_timeout = '10min'")
        connection.execute("set search_path = pg_catalog")
        for table in _ordered(connection, wanted):
            try:
                with connection.transaction():
                    _fill(connection, table, wanted[table])
            except psycopg.Error as error:
                failed[table] = str(error).splitlines()[0]
        connection.execute("vacuum analyze")
        there = {table: _count(connection, table) for table in wanted}
    return there, failed


def _ordered(connection: "Connection[Any]", wanted: Mapping[str, int]) -> list[str]:
    """Tables after those that they refer to; of a circle, as they come."""
    parents = {row[0]: set(row[1]) & set(wanted) for row in rows(connection, PARENTS)}
    found: list[str] = []
    left = sorted(wanted)
    while left:
        ready = [t for t in left if not (parents.get(t, set()) - set(found))] or left[:1]
        found += ready
        left = [t for t in left if t not in ready]
    return found


def _fill(connection: "Connection[Any]", table: str, wanted: int) -> None:
    from psycopg import sql

    there = _count(connection, table)
    columns = [Column(*row) for row in rows(connection, COLUMNS, table)]
    chosen = [c for c in columns if not c.given or c.unique or c.refers]
    chosen = [c for c in chosen if not (c.given and c.unique and not c.refers)] or columns[:1]
    if wanted <= there or not chosen:
        return
    name = sql.SQL(table)
    connection.execute(sql.SQL("alter table {} disable trigger user").format(name))
    connection.execute(
        sql.SQL(
            "insert into {} ({}) select {} from generate_series({}, {}) i on conflict do nothing"
        ).format(
            name,
            sql.SQL(", ").join(sql.Identifier(c.name) for c in chosen),
            sql.SQL(", ").join(_value(c) for c in chosen),
            sql.Literal(there + 1),
            sql.Literal(wanted),
        )
    )
    connection.execute(sql.SQL("alter table {} enable trigger user").format(name))


def _count(connection: "Connection[Any]", table: str) -> int:
    from psycopg import sql

    words = sql.SQL("select count(*) from {}").format(sql.SQL(table))
    found = connection.execute(words).fetchone()
    return int(found[0]) if found else 0


def _value(column: Column) -> "sql.Composable":
    from psycopg import sql

    if column.refers:
        table, _, key = column.refers.rpartition("|")
        pool = sql.SQL("(select array_agg(k) from (select {} k from {} limit {}) s)").format(
            sql.Identifier(key),
            sql.SQL(table),
            sql.Literal(POOL),
        )
        return sql.SQL("({pool})[1 + i * 7919 % greatest(1, cardinality({pool}))]").format(
            pool=pool
        )
    words = column.labels or WORDS.findall(column.check or "")
    if words:
        listed = sql.SQL(", ").join(sql.Literal(each) for each in words)
        return sql.SQL("(array[{}])[1 + i % {}]::{}").format(
            listed,
            sql.Literal(len(words)),
            sql.SQL(column.type),
        )
    return sql.SQL(_made(column))


def _made(column: Column) -> str:
    """By the type's category: text, number, time, yes or no, and a few of their own."""
    if column.type in {"uuid"}:
        return "gen_random_uuid()"
    if column.type in {"json", "jsonb"}:
        return f"format('{{\"n\": %s}}', i)::{column.type}"
    if column.type == "bytea":
        return "decode(md5(i::text), 'hex')"
    by = {
        "S": _text(column),
        "N": "1 + i % 30000" if not column.unique else "i",
        "D": "now() - i * interval '1 second'",
        "B": "i % 2 = 0",
        "T": "i * interval '1 second'",
        "A": "'{}'",
        "I": "'127.0.0.1'",
    }
    return f"({by.get(column.category, 'null')})::{column.type}"


def _text(column: Column) -> str:
    long = "md5(i::text) || ' ' || md5((i + 1)::text)"
    length = column.modifier - 4 if column.modifier > 4 else 64
    return f"left({long}, {length})"
