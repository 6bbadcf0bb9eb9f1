"""How large a database's tables are, by its statistics, and what their columns are."""

from typing import TYPE_CHECKING, Any, NamedTuple

from staging.clouds.postgres import rows

if TYPE_CHECKING:
    from psycopg import Connection

TABLES = """
select format('%%I.%%I', nspname, c.relname),
       greatest(reltuples, coalesce(n_live_tup, 0), 0)::int8,
       pg_table_size(c.oid), pg_indexes_size(c.oid)
from pg_class c join pg_namespace n on n.oid = relnamespace
left join pg_stat_user_tables s on s.relid = c.oid
where relkind in ('r', 'm') and nspname !~ '^pg_' and nspname <> all(%s)
order by 1
"""
COLUMNS = """
select format('%I.%I', nspname, relname), attname, format_type(atttypid, atttypmod),
       attnotnull, atthasdef or attidentity <> ''
from pg_attribute join pg_class c on c.oid = attrelid join pg_namespace n on n.oid = relnamespace
where relkind in ('r', 'p', 'v', 'm', 'f') and attnum > 0 and not attisdropped
and nspname !~ '^pg_' and nspname <> 'information_schema'
order by 1, attnum
"""
LIMITS = """
select distinct on (name) name, value from (
  select split_part(s, '=', 1) as name, substr(s, position('=' in s) + 1) as value,
         (setrole <> 0)::int * 2 + (setdatabase <> 0)::int as rank
  from pg_db_role_setting, unnest(setconfig) s
  where setrole in (0, coalesce(to_regrole(%s), 0))
  and setdatabase in (0, (select oid from pg_database where datname = current_database()))
) told where name in ('lock_timeout', 'statement_timeout') order by name, rank desc
"""


class Size(NamedTuple):
    """A table: its rows as the server estimates them, its bytes and those of its indexes."""

    rows: int
    bytes: int
    indexes: int


class Attribute(NamedTuple):
    """A column of a table or view; `filled`: there is a default."""

    relation: str
    name: str
    type: str
    required: bool
    filled: bool


def tables(connection: "Connection[Any]", *, but: list[str]) -> dict[str, Size]:
    """Every table and materialized view outside of these schemas."""
    return {row[0]: Size(*map(int, row[1:])) for row in rows(connection, TABLES, but)}


def attributes(connection: "Connection[Any]") -> list[Attribute]:
    """Every column of every table and view."""
    return [Attribute(*row) for row in rows(connection, COLUMNS)]


def limits(connection: "Connection[Any]", role: str) -> dict[str, str]:
    """How long a role waits for locks and works on a statement here, where that is set."""
    return dict(rows(connection, LIMITS, role))
