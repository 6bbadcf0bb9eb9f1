"""What belongs to a database's schema that pg_dump leaves out, and how a schema is taken away."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from staging.clouds import postgres
from staging.clouds.postgres import rows

if TYPE_CHECKING:
    from psycopg import Connection


class Beside(NamedTuple):
    """An object that stands in a schema of Supabase's: how it is made, and how it is taken away.

    What may hold rows is never taken away: `dropped` is empty.
    """

    kind: str
    name: str
    made: str
    dropped: str


PLATFORM = [
    *("auth", "storage", "realtime", "_realtime", "vault", "extensions", "graphql"),
    *("graphql_public", "pgbouncer", "pgsodium", "pgsodium_masks", "supabase_functions"),
    *("net", "cron", "pgmq", "_analytics", "information_schema"),
    "staging_remembered",
]
"""Schemas that Supabase makes and owns in every project; and ours, where a scratch database
remembers its rows while migrations are tried there."""

HISTORY = ("supabase_migrations", "schema_migrations")

SCHEMAS = r"""
select nspname from pg_namespace n where nspname !~ '^pg_' and nspname <> all(%s)
and not exists (select from pg_depend d where d.objid = n.oid and d.deptype = 'e')
order by nspname
"""
BESIDE = """
select 'EXTENSION' as kind, extname as name,
       format('create extension if not exists %%I with schema %%I;', extname, nspname) as made,
       '' as dropped
from pg_extension join pg_namespace n on n.oid = extnamespace where extname <> 'plpgsql'
union all
select 'PUBLICATION TABLE', format('%%s %%s.%%s', pubname, nspname, relname),
       format('alter publication %%I add table %%I.%%I%%s%%s;', pubname, nspname, relname,
              (select format(' (%%s)', string_agg(quote_ident(attname), ', ' order by attnum))
               from pg_attribute where attrelid = prrelid and attnum = any(prattrs)
               having count(*) > 0),
              ' where (' || pg_get_expr(prqual, prrelid) || ')'),
       format('alter publication %%I drop table %%I.%%I;', pubname, nspname, relname)
from pg_publication_rel r join pg_publication p on p.oid = prpubid
join pg_class c on c.oid = prrelid join pg_namespace n on n.oid = relnamespace
where nspname = any(%(schemas)s)
union all
select 'PLATFORM TRIGGER', format('%%s.%%s %%s', n.nspname, c.relname, tgname),
       pg_get_triggerdef(t.oid) || ';',
       format('drop trigger if exists %%I on %%I.%%I;', tgname, n.nspname, c.relname)
from pg_trigger t join pg_class c on c.oid = tgrelid join pg_namespace n on n.oid = relnamespace
join pg_proc p on p.oid = tgfoid join pg_namespace f on f.oid = pronamespace
where not tgisinternal and n.nspname <> all(%(schemas)s) and f.nspname = any(%(schemas)s)
union all
select 'PLATFORM POLICY', format('%%s.%%s %%s', schemaname, tablename, policyname),
       format('create policy %%I on %%I.%%I as %%s for %%s to %%s', policyname, schemaname,
              tablename, permissive, cmd,
              (select string_agg(quote_ident(each), ', ') from unnest(roles) each))
       || coalesce(' using (' || qual || ')', '')
       || coalesce(' with check (' || with_check || ')', '') || ';',
       format('drop policy if exists %%I on %%I.%%I;', policyname, schemaname, tablename)
from pg_policies where schemaname in ('storage', 'realtime')
order by 1, 2
"""
BUCKETS = """
select 'BUCKET', id,
       format('insert into storage.buckets (id, name, public%s) values (%L, %L, %L%s) '
              'on conflict (id) do update set public = excluded.public%s;',
              case when limits is null then '' else ', file_size_limit, allowed_mime_types' end,
              id, name, public, limits,
              case when limits is null then '' else ', file_size_limit = excluded.file_size_limit, '
              'allowed_mime_types = excluded.allowed_mime_types' end),
       ''
from (select id, name, public, case when to_jsonb(b) ? 'file_size_limit'
             then format(', %L, %L', to_jsonb(b) ->> 'file_size_limit',
                         translate(to_jsonb(b) ->> 'allowed_mime_types', '[]', '{}')) end as limits
      from storage.buckets b) buckets
order by id
"""
LEAKING = """
select format('alter default privileges in schema %%I revoke all on %%s from %%s;', nspname,
              case defaclobjtype when 'r' then 'tables' when 'S' then 'sequences'
                                 when 'f' then 'functions' else 'types' end,
              string_agg(distinct case grantee when 0 then 'public'
                                  else quote_ident(pg_get_userbyid(grantee)) end, ', '))
from pg_default_acl join pg_namespace n on n.oid = defaclnamespace, aclexplode(defaclacl)
where defaclrole = current_user::regrole and grantee <> defaclrole and nspname = any(%s)
group by nspname, defaclobjtype
"""


DROPS = """
select case when nspname <> 'public' then format('drop schema if exists %%I cascade;', nspname)
       else (select string_agg(text, ' ' order by rank) from (
           select case relkind when 'S' then 2 when 'c' then 4 else 1 end as rank,
                  format('drop %%s if exists %%I.%%I cascade;',
                         case relkind when 'v' then 'view' when 'm' then 'materialized view'
                              when 'S' then 'sequence' when 'f' then 'foreign table'
                              when 'c' then 'type' else 'table' end, nspname, relname) as text
           from pg_class c where relnamespace = n.oid and relkind in ('r','p','v','m','S','f','c')
           and not exists (select from pg_depend d where d.objid = c.oid and d.deptype = 'e')
           union all
           select 3, format('drop routine if exists %%s cascade;', p.oid::regprocedure)
           from pg_proc p where pronamespace = n.oid
           and not exists (select from pg_depend d where d.objid = p.oid and d.deptype = 'e')
           union all
           select 4, format('drop type if exists %%I.%%I cascade;', nspname, typname)
           from pg_type t where typnamespace = n.oid and typtype in ('e', 'd', 'r')
           and not exists (select from pg_depend d where d.objid = t.oid and d.deptype = 'e')
       ) objects) end
from pg_namespace n where nspname = any(%s)
"""


def empty(connection: "Connection[Any]") -> None:
    """Drop all that is the application's, but for the schema public itself.

    That has grants of PostgreSQL's own; made anew it would differ from production's for ever.
    """
    connection.execute("set local search_path = pg_catalog")
    for (statements,) in rows(connection, DROPS, schemas(connection)):
        if statements:
            postgres.script(connection, statements)


def schemas(connection: "Connection[Any]") -> list[str]:
    """The schemas that are the application's, its migration history's among them."""
    return [row[0] for row in rows(connection, SCHEMAS, PLATFORM)]


def beside(connection: "Connection[Any]", names: Sequence[str]) -> list[Beside]:
    """What belongs to these schemas but stands elsewhere."""
    connection.execute("set local search_path = pg_catalog")  # so that every name comes out whole
    found = connection.execute(BESIDE, {"schemas": list(names)}).fetchall()
    if rows(connection, "select to_regclass('storage.buckets') is not null")[0][0]:
        found += rows(connection, BUCKETS)
    return [Beside(*row) for row in found]


def leaking(connection: "Connection[Any]", names: Sequence[str]) -> str:
    """Statements that keep the server's default privileges from adding to what a dump grants."""
    return "\n".join(row[0] for row in rows(connection, LEAKING, list(names)))
