), seldom as (
  -- What stands in no schema, and what is seldom made.
  select 'extension' as kind, quote_ident(extname) as name, null::text as within,
         'pg_extension'::regclass::oid as classid, oid, 0 as subid, null::aclitem[] as acl,
         null::"char" as acltype, null::oid as owner
  from pg_extension
  union all
  select 'publication', quote_ident(pubname), null, 'pg_publication'::regclass, oid, 0,
         null, null, pubowner
  from pg_publication where pubname !~ '^supabase_realtime_messages'
  union all
  select 'publication table', format('%I %I.%I', pubname, nspname, relname),
         concat_ws(chr(10), format('publication %I', pubname), format('table %I.%I', nspname, relname)),
         'pg_publication_rel'::regclass, r.oid, 0, null, null, null
  from pg_publication_rel r join pg_publication p on p.oid = prpubid
  join pg_class c on c.oid = prrelid join pg_namespace n on n.oid = relnamespace
  where pubname !~ '^supabase_realtime_messages'
  union all
  select 'publication schema', format('%I %I', pubname, nspname),
         concat_ws(chr(10), format('publication %I', pubname), format('schema %I', nspname)),
         'pg_publication_namespace'::regclass, s.oid, 0, null, null, null
  from pg_publication_namespace s join pg_publication p on p.oid = pnpubid
  join pg_namespace n on n.oid = pnnspid
  union all
  select 'event trigger', quote_ident(evtname),
         format('function %s.%I()', app.name, proname),
         'pg_event_trigger'::regclass, e.oid, 0, null, null, evtowner
  from pg_event_trigger e join pg_proc p on p.oid = evtfoid join app on app.oid = pronamespace
  union all
  select 'foreign data wrapper', quote_ident(fdwname), null,
         'pg_foreign_data_wrapper'::regclass, oid, 0, fdwacl, 'F', fdwowner
  from pg_foreign_data_wrapper
  union all
  select 'foreign server', quote_ident(srvname), format('foreign data wrapper %I', fdwname),
         'pg_foreign_server'::regclass, s.oid, 0, srvacl, 'S', srvowner
  from pg_foreign_server s join pg_foreign_data_wrapper w on w.oid = srvfdw
  union all
  select 'language', quote_ident(lanname), null, 'pg_language'::regclass, oid, 0,
         lanacl, 'l', lanowner
  from pg_language where lanispl
  union all
  select 'statistics', format('%s.%I', app.name, stxname), r.kind || ' ' || r.name,
         'pg_statistic_ext'::regclass, s.oid, 0, null, null, stxowner
  from pg_statistic_ext s join app on app.oid = stxnamespace join relation r on r.oid = stxrelid
  union all
  select 'collation', format('%s.%I', app.name, collname), 'schema ' || app.name,
         'pg_collation'::regclass, c.oid, 0, null, null, collowner
  from pg_collation c join app on app.oid = collnamespace
  union all
  select 'operator', format('%s.%s (%s, %s)', app.name, oprname, nullif(oprleft, 0)::regtype,
                            nullif(oprright, 0)::regtype),
         'schema ' || app.name, 'pg_operator'::regclass, o.oid, 0, null, null, oprowner
  from pg_operator o join app on app.oid = oprnamespace
  union all
  select 'operator class', format('%s.%I using %I', app.name, opcname, amname),
         'schema ' || app.name, 'pg_opclass'::regclass, o.oid, 0, null, null, opcowner
  from pg_opclass o join app on app.oid = opcnamespace join pg_am m on m.oid = opcmethod
  union all
  select 'cast', format('%s to %s', castsource::regtype, casttarget::regtype),
         (select string_agg(format('%s %s', made, given::regtype), chr(10))
          from unnest('{enum,composite type,domain,range type,base type}'::text[]) made,
               unnest(array[castsource, casttarget]) given),
         'pg_cast'::regclass, oid, 0, null, null, null
  from pg_cast where oid >= 16384
  union all
  select 'text search configuration', format('%s.%I', app.name, cfgname), 'schema ' || app.name,
         'pg_ts_config'::regclass, c.oid, 0, null, null, cfgowner
  from pg_ts_config c join app on app.oid = cfgnamespace
  union all
  select 'text search dictionary', format('%s.%I', app.name, dictname), 'schema ' || app.name,
         'pg_ts_dict'::regclass, d.oid, 0, null, null, dictowner
  from pg_ts_dict d join app on app.oid = dictnamespace
), object as materialized (
  select * from named where not exists (
    select from pg_depend d where d.classid = named.classid and d.objid = named.oid
    and (d.deptype = 'e' or d.deptype = 'i' and named.kind = 'function'))
), other as materialized (
  select * from seldom where not exists (
    select from pg_depend d where d.classid = seldom.classid and d.objid = seldom.oid
    and (d.deptype = 'e' or d.deptype = 'i' and seldom.kind = 'cast'))
), everything as (
  select * from object union all select * from col union all select * from other
)
select kind, name, within, '{}'::json from everything
where kind in ('schema', 'publication schema', 'language')
