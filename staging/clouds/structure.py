"""What the application's tables are declared to be, for whoever makes rows for them."""

from typing import TYPE_CHECKING, Any

from staging.clouds import schema
from staging.clouds.postgres import rows
from staging.inventory.tables import Column, Index, Key, Reference, Rule, Table

if TYPE_CHECKING:
    from psycopg import Connection

TABLES = """
select c.oid::bigint, format('%%s.%%s', nspname, relname), relkind = 'p'
from pg_class c join pg_namespace n on n.oid = relnamespace
where relkind in ('r', 'p') and not relispartition and relpersistence <> 't'
and nspname = any(%s) and (nspname, relname) <> ('supabase_migrations', 'schema_migrations')
and not exists (select from pg_depend d where d.objid = c.oid and d.deptype = 'e')
order by 2
"""
COLUMNS = """
with recursive resolved as (
    select attrelid, attnum, atttypid as type, atttypmod as modifier, attnotnull as filled,
           false as plural
    from pg_attribute where attrelid = any(%s) and attnum > 0 and not attisdropped
    union all
    select attrelid, attnum, case when typtype = 'd' then typbasetype else typelem end,
           case when typtype = 'd' and typtypmod >= 0 then typtypmod else modifier end,
           filled or typtype = 'd' and typnotnull, plural or typtype <> 'd'
    from resolved join pg_type t on t.oid = type
    where typtype = 'd' or typcategory = 'A' and typelem <> 0
), base as (
    select distinct on (attrelid, attnum) * from (
        select *, row_number() over () as step from resolved) numbered
    order by attrelid, attnum, step desc
)
select b.attrelid::bigint, attname, format_type(b.type, null), b.plural,
       case when b.modifier < 0 then null
            when b.type in ('varchar'::regtype, 'bpchar'::regtype) then b.modifier - 4
            when b.type = 'numeric'::regtype then (b.modifier - 4) >> 16 & 65535
            when b.type = 'bit'::regtype then b.modifier end,
       case when b.type = 'numeric'::regtype and b.modifier >= 0
            then (b.modifier - 4) & 2047 else 0 end,
       array(select enumlabel::text from pg_enum e where e.enumtypid = b.type
             order by enumsortorder),
       not b.filled, atthasdef and attgenerated = '', attgenerated <> '', attidentity <> ''
from base b join pg_attribute a using (attrelid, attnum) order by 1, attnum
"""
KEYS = """
select indrelid::bigint, c.relname,
       array(select attname::text from pg_attribute where attrelid = indrelid and (
             attnum = any((indkey::int2[])[0:indnkeyatts - 1])
             or exists (select from pg_depend d where d.objid = indexrelid
                        and 0 = any((indkey::int2[])[0:indnkeyatts - 1])
                        and d.refobjid = indrelid and d.refobjsubid = attnum))
             order by array_position(indkey::int2[], attnum))
from pg_index join pg_class c on c.oid = indexrelid
where indisunique and indisvalid and indrelid = any(%s) order by indisprimary desc, 1, 2
"""
RULES = """
select conrelid::bigint, conname, contype,
       array(select attname::text from unnest(conkey) with ordinality k(n, place)
             join pg_attribute on attrelid = conrelid and attnum = n order by place),
       pg_get_constraintdef(oid),
       case when contype = 'f' then (select format('%%s.%%s', nspname, relname) from pg_class t
            join pg_namespace s on s.oid = relnamespace where t.oid = confrelid) end,
       array(select attname::text from unnest(confkey) with ordinality k(n, place)
             join pg_attribute on attrelid = confrelid and attnum = n order by place)
from pg_constraint where conrelid = any(%s) and contype in ('f', 'c', 'x') and conparentid = 0
union all
select attrelid::bigint, conname, 'c', array[attname::text],
       regexp_replace(pg_get_constraintdef(k.oid), '\\mVALUE\\M', quote_ident(attname), 'g'),
       null, null
from pg_attribute join pg_type t on t.oid = atttypid
join pg_constraint k on k.contypid = t.oid and contype = 'c'
where attrelid = any(%s) and attnum > 0 and not attisdropped order by 1, 2
"""
BOUNDS = """
with recursive tree as (
    select oid as root, oid from pg_class where relkind = 'p' and oid = any(%s)
    union all select root, inhrelid from tree join pg_inherits on inhparent = tree.oid
)
select root::bigint, c.oid::regclass::text,
       array(select attname::text from pg_partitioned_table p, unnest(partattrs::int2[]) k(n)
             join pg_attribute on attnum = n and attrelid = inhparent
             where p.partrelid = inhparent),
       pg_get_expr(relpartbound, c.oid)
from tree join pg_class c using (oid) join pg_inherits on inhrelid = oid order by 1, 2
"""
COMPUTED = """
select adrelid::bigint, g.attname,
       array(select attname::text from pg_depend p
             join pg_attribute u on attrelid = adrelid and u.attnum = refobjsubid
             where p.classid = 'pg_attrdef'::regclass and p.objid = d.oid
             and refobjid = adrelid and refobjsubid <> adnum order by u.attnum),
       pg_get_expr(adbin, adrelid)
from pg_attrdef d join pg_attribute g on g.attrelid = adrelid and g.attnum = adnum
where attgenerated <> '' and adrelid = any(%s) order by 1, adnum
"""
INDEXES = """
select indrelid::bigint, format('%%I.%%I', nspname, c.relname), pg_get_indexdef(indexrelid)
from pg_index join pg_class c on c.oid = indexrelid join pg_namespace n on n.oid = relnamespace
where indrelid = any(%s) and c.relkind = 'i' and not c.relispartition
and not indisunique and not indisexclusion and not indisreplident and not indisclustered
and indisvalid and c.relowner = (select oid from pg_roles where rolname = current_user)
and obj_description(indexrelid, 'pg_class') is null
and not exists (select from pg_attribute where attrelid = indexrelid and attstattarget <> -1)
order by 1, 2
"""
TRIGGERS = """
select tgrelid::bigint, tgname from pg_trigger
where tgrelid = any(%s) and not tgisinternal and tgenabled in ('O', 'D') and tgtype & 4 > 0
and tgenabled <> 'D' order by 1, 2
"""


def read(connection: "Connection[Any]") -> tuple[Table, ...]:
    """Every table of the application, but for the history of migrations."""
    found = rows(connection, TABLES, schema.schemas(connection))
    oids = [row[0] for row in found]
    columns = _grouped(rows(connection, COLUMNS, oids))
    keys, bounds = _grouped(rows(connection, KEYS, oids)), _grouped(rows(connection, BOUNDS, oids))
    rules = _grouped(rows(connection, RULES, oids, oids))
    computed = _grouped(rows(connection, COMPUTED, oids))
    indexes = _grouped(rows(connection, INDEXES, oids))
    triggers = _grouped(rows(connection, TRIGGERS, oids))
    return tuple(
        Table(
            name=name,
            partitioned=partitioned,
            columns=tuple(_column(row) for row in columns.get(oid, ())),
            keys=tuple(Key(name=n, columns=tuple(c)) for n, c in keys.get(oid, ()) if c),
            references=tuple(_reference(row) for row in rules.get(oid, ()) if row[1] == "f"),
            checks=tuple(_rule(row) for row in rules.get(oid, ()) if row[1] == "c"),
            exclusions=tuple(_rule(row) for row in rules.get(oid, ()) if row[1] == "x"),
            bounds=tuple(_plain(row) for row in bounds.get(oid, ())),
            computed=tuple(_plain(row) for row in computed.get(oid, ())),
            indexes=tuple(Index(name=n, definition=d) for n, d in indexes.get(oid, ())),
            triggers=tuple(row[0] for row in triggers.get(oid, ())),
        )
        for oid, name, partitioned in found
    )


def _grouped(found: list[Any]) -> dict[int, list[Any]]:
    by_table: dict[int, list[Any]] = {}
    for oid, *rest in found:
        by_table.setdefault(oid, []).append(rest)
    return by_table


def _column(row: Any) -> Column:  # noqa: ANN401 - as psycopg gives it
    name, kind, array, size, scale, labels, nullable, default, generated, identity = row
    return Column(
        name=name,
        type=kind.strip('"'),
        array=array,
        size=size,
        scale=scale,
        labels=tuple(labels),
        nullable=nullable,
        default=default,
        generated=generated,
        identity=identity,
    )


def _reference(row: Any) -> Reference:  # noqa: ANN401 - as psycopg gives it
    name, _, columns, definition, table, targets = row
    return Reference(
        name=name,
        columns=tuple(columns),
        table=table,
        targets=tuple(targets),
        definition=definition,
    )


def _plain(row: Any) -> Rule:  # noqa: ANN401 - as psycopg gives it
    return Rule(name=row[0], columns=tuple(row[1]), definition=row[2])


def _rule(row: Any) -> Rule:  # noqa: ANN401 - as psycopg gives it
    return Rule(name=row[0], columns=tuple(row[2]), definition=row[3])
