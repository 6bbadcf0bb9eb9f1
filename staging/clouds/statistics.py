"""What a database's own statistics say of its rows. No row is read, and no value of one leaves.

most_common_vals and histogram_bounds are values of rows: they are never selected. The server
itself compares the former with the words that the schema has (an enum's labels, true and false,
constants of a check), and tells how frequent those are.
"""

from typing import TYPE_CHECKING, Any

from staging.clouds import schema
from staging.clouds.postgres import rows
from staging.inventory.tables import ColumnProfile, TableProfile

if TYPE_CHECKING:
    from psycopg import Connection

TABLES = """
with recursive tree as (
    select c.oid as root, c.oid from pg_class c join pg_namespace n on n.oid = relnamespace
    where relkind in ('r', 'p') and not relispartition and relpersistence <> 't'
    and nspname = any(%s) and not exists (
        select from pg_depend d where d.objid = c.oid and d.deptype = 'e')
    union all select root, inhrelid from tree join pg_inherits on inhparent = tree.oid
), leaves as (select root, c.* from tree join pg_class c using (oid) where relkind = 'r')
select root::bigint, format('%%s.%%s', nspname, r.relname), r.relkind = 'p',
       coalesce(sum(case when l.reltuples >= 0 then l.reltuples end), 0)::bigint,
       count(l.oid) filter (where l.reltuples >= 0), count(l.oid),
       coalesce(sum(s.n_live_tup), 0)::bigint, coalesce(sum(pg_relation_size(l.oid)), 0)::bigint,
       coalesce(sum(pg_table_size(l.oid)), 0)::bigint,
       coalesce(sum(pg_indexes_size(l.oid)), 0)::bigint,
       to_char(min(greatest(s.last_analyze, s.last_autoanalyze)) at time zone 'UTC',
               'YYYY-MM-DD"T"HH24:MI:SS"+00:00"')
from pg_class r join pg_namespace n on n.oid = r.relnamespace
join (select distinct root from tree) t on t.root = r.oid left join leaves l using (root)
left join pg_stat_all_tables s on s.relid = l.oid
group by root, nspname, r.relname, r.relkind order by 2
"""
COLUMNS = """
with words as (
    select a.attrelid, a.attname, coalesce(
        case when t.typtype = 'e' then (
            select array_agg(enumlabel::text) from pg_enum where enumtypid = t.oid) end,
        case when t.oid = 'bool'::regtype then array['t', 'f'] end,
        (select array_agg(word[1]) from pg_constraint k,
                regexp_matches(pg_get_constraintdef(k.oid), '''([^'']*)''', 'g') as word
         where k.conrelid = a.attrelid and k.contype = 'c' and k.conkey = array[a.attnum])
    ) as known
    from pg_attribute a join pg_type t on t.oid = atttypid
    where attrelid = any(%s) and attnum > 0 and not attisdropped
)
select c.oid::bigint, s.attname, null_frac, n_distinct, avg_width,
       coalesce(most_common_freqs, '{}'), correlation,
       (select coalesce(jsonb_object_agg(value, frequency), '{}')
        from unnest(most_common_vals::text::text[], most_common_freqs) as m(value, frequency)
        where value = any(known))
from pg_stats s join pg_namespace n on n.nspname = s.schemaname
join pg_class c on c.relname = s.tablename and c.relnamespace = n.oid
join words w on w.attrelid = c.oid and w.attname = s.attname
where c.oid = any(%s) and s.inherited = (c.relkind = 'p') order by 1, 2
"""


def read(connection: "Connection[Any]") -> tuple[TableProfile, ...]:
    """A profile of each of the application's tables; a partitioned one stands for its parts."""
    found = rows(connection, TABLES, schema.schemas(connection))
    oids = [row[0] for row in found]
    columns: dict[int, dict[str, ColumnProfile]] = {}
    for oid, name, nulls, distinct, width, frequencies, correlation, labels in rows(
        connection, COLUMNS, oids, oids
    ):
        columns.setdefault(oid, {})[name] = ColumnProfile(
            null_fraction=round(nulls, 6),
            distinct=round(distinct, 6),
            width=width,
            frequencies=tuple(round(each, 6) for each in frequencies),
            labels={word: round(each, 6) for word, each in sorted(labels.items())},
            correlation=None if correlation is None else round(correlation, 3),
        )
    return tuple(_table(row, columns.get(row[0], {})) for row in found)


def _table(row: Any, columns: dict[str, ColumnProfile]) -> TableProfile:  # noqa: ANN401
    _, name, _, estimate, analyzed, parts, live, pages, heap, indexes, when = row
    if parts and analyzed == parts:
        rows, source = estimate, "statistics"
    elif not pages:
        rows, source = 0, "no page on disk"
    elif live:
        rows, source = live, "counted since the server's statistics began: never analyzed"
    else:
        rows, source = None, "never analyzed"
    return TableProfile(
        name=name,
        rows=rows,
        source=source,
        table_bytes=heap,
        index_bytes=indexes,
        analyzed=when,
        columns=columns,
    )
