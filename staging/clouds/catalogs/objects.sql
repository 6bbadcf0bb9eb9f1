-- Every object of the application, once: what it is called, where it is found, who may do what.
-- The other files ask for attributes of these; `within` is what it goes away with.
with app as materialized (
  select n.oid, nspname, quote_ident(nspname) as name, nspacl, nspowner from pg_namespace n
  where nspname !~ '^pg_' and nspname <> all(:platform)
  and not exists (select from pg_depend d where d.classid = 'pg_namespace'::regclass
                  and d.objid = n.oid and d.deptype = 'e')
), relation as materialized (
  select c.oid, c.relkind, c.relowner, c.relacl, c.relispartition, a.oid is not null as own,
         case c.relkind when 'r' then 'table' when 'p' then 'table' when 'f' then 'foreign table'
              when 'v' then 'view' when 'm' then 'materialized view' when 'S' then 'sequence'
         end as kind,
         quote_ident(n.nspname) as schema,
         format('%I.%I', n.nspname, c.relname) as name
  from pg_class c join pg_namespace n on n.oid = c.relnamespace left join app a on a.oid = n.oid
  where c.relkind in ('r', 'p', 'f', 'v', 'm', 'S')
  and (a.oid is not null or n.nspname in ('auth', 'storage', 'realtime'))
  and not exists (select from pg_depend d where d.classid = 'pg_class'::regclass
                  and d.objid = c.oid and d.deptype = 'e')
), fed as materialized (
  select d.objid as sequence, d.refobjid as relation, d.refobjsubid as attnum, d.deptype
  from pg_depend d join relation r on r.oid = d.objid and r.relkind = 'S'
  where d.classid = 'pg_class'::regclass and d.refclassid = 'pg_class'::regclass
  and d.deptype in ('a', 'i')
), col as materialized (
  select case when r.relkind in ('v', 'm') then 'view column' else 'column' end as kind,
         r.name || '.' || quote_ident(attname) as name, r.kind || ' ' || r.name as within,
         'pg_class'::regclass::oid as classid, r.oid, attnum::integer as subid, attacl as acl,
         'c'::"char" as acltype, relowner as owner
  from relation r join pg_attribute on attrelid = r.oid
  where own and relkind <> 'S' and attnum > 0 and not attisdropped
), named as (
  select 'schema' as kind, name, null::text as within, 'pg_namespace'::regclass::oid as classid,
         oid, 0 as subid, nspacl as acl, 'n'::"char" as acltype, nspowner as owner
  from app
  union all
  select kind, name, 'schema ' || schema, 'pg_class'::regclass, oid, 0, relacl,
         (case relkind when 'S' then 's' else 'r' end)::"char", relowner
  from relation where own and oid not in (select sequence from fed where deptype = 'i')
  union all
  select 'identity', r.name || '.' || quote_ident(attname),
         format('column %s.%I', r.name, attname),
         'pg_class'::regclass, s.oid, 0, s.relacl, 's', s.relowner
  from fed join relation r on r.oid = fed.relation join relation s on s.oid = fed.sequence
  join pg_attribute on attrelid = r.oid and pg_attribute.attnum = fed.attnum
  where r.own and deptype = 'i'
  union all
  select 'constraint', r.name || '.' || quote_ident(conname), r.kind || ' ' || r.name,
         'pg_constraint'::regclass, c.oid, 0, null, null, null
  from pg_constraint c join relation r on r.oid = conrelid
  where own and contype in ('c', 'f', 'p', 'u', 'x') and conparentid = 0 and conislocal
  union all
  select 'index', r.schema || '.' || quote_ident(i.relname), r.kind || ' ' || r.name,
         'pg_class'::regclass, i.oid, 0, null, null, null
  from pg_index x join pg_class i on i.oid = indexrelid join relation r on r.oid = indrelid
  where own and not i.relispartition and not exists (
      select from pg_constraint where conindid = i.oid and contype in ('p', 'u', 'x'))
  union all
  select 'trigger', r.name || '.' || quote_ident(tgname),
         concat_ws(chr(10), r.kind || ' ' || r.name, 'function ' || f.name || '.'
                   || quote_ident(p.proname) || '(' || oidvectortypes(p.proargtypes) || ')'),
         'pg_trigger'::regclass, t.oid, 0, null, null, null
  from pg_trigger t join relation r on r.oid = tgrelid join pg_proc p on p.oid = tgfoid
  left join app f on f.oid = p.pronamespace
  where not tgisinternal and tgparentid = 0 and (own or f.oid is not null)
  union all
  select 'policy', r.name || '.' || quote_ident(polname), r.kind || ' ' || r.name,
         'pg_policy'::regclass, p.oid, 0, null, null, null
  from pg_policy p join relation r on r.oid = polrelid
  union all
  select 'rule', r.name || '.' || quote_ident(rulename), r.kind || ' ' || r.name,
         'pg_rewrite'::regclass, w.oid, 0, null, null, null
  from pg_rewrite w join relation r on r.oid = ev_class where own and rulename <> '_RETURN'
  union all
  select case prokind when 'p' then 'procedure' when 'a' then 'aggregate' else 'function' end,
         app.name || '.' || quote_ident(proname) || '(' || oidvectortypes(proargtypes) || ')',
         'schema ' || app.name, 'pg_proc'::regclass, p.oid, 0, proacl, 'f', proowner
  from pg_proc p join app on app.oid = pronamespace
  union all
  select case typtype when 'e' then 'enum' when 'c' then 'composite type' when 'd' then 'domain'
              when 'r' then 'range type' else 'base type' end,
         app.name || '.' || quote_ident(typname), 'schema ' || app.name,
         'pg_type'::regclass, t.oid, 0, typacl, 'T', typowner
  from pg_type t join app on app.oid = typnamespace
  where typtype in ('e', 'c', 'd', 'r', 'b')
  and not exists (select from pg_type e where e.typarray = t.oid)
  and (typrelid = 0 or exists (select from pg_class c where c.oid = typrelid and relkind = 'c'))
  union all
  select 'constraint', format('%s.%I.%I', app.name, typname, conname),
         format('domain %s.%I', app.name, typname), 'pg_constraint'::regclass, c.oid, 0,
         null, null, null
  from pg_constraint c join pg_type t on t.oid = contypid join app on app.oid = typnamespace
  where contype = 'c'
