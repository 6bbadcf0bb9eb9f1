-- What stands in no schema: extensions, publications, event triggers, foreign data.
select o.kind, o.name, o.within, json_build_object('version', extversion, 'schema', nspname)
from other o join pg_extension e on e.oid = o.oid
join pg_namespace n on n.oid = extnamespace where o.kind = 'extension'
union all
select o.kind, o.name, o.within, json_build_object(
  'all tables', puballtables, 'via root', pubviaroot,
  'generated columns', coalesce(to_jsonb(p) ->> 'pubgencols', 'n'),
  'operations', concat_ws(', ', case when pubinsert then 'insert' end,
      case when pubupdate then 'update' end, case when pubdelete then 'delete' end,
      case when pubtruncate then 'truncate' end))
from other o join pg_publication p on p.oid = o.oid where o.kind = 'publication'
union all
select o.kind, o.name, o.within, json_build_object(
  'columns', coalesce((select string_agg(attname, ', ' order by attnum) from pg_attribute
                       where attrelid = prrelid and attnum = any(prattrs)), 'all'),
  'rows', coalesce(pg_get_expr(prqual, prrelid), 'all'))
from other o join pg_publication_rel r on r.oid = o.oid where o.kind = 'publication table'
union all
select o.kind, o.name, o.within, json_build_object(
  'event', evtevent, 'function', evtfoid::regproc::text, 'tags', to_jsonb(evttags),
  'enabled', case evtenabled when 'O' then 'yes' when 'D' then 'no' when 'R' then 'on replicas'
             else 'always' end)
from other o join pg_event_trigger e on e.oid = o.oid where o.kind = 'event trigger'
union all
select o.kind, o.name, o.within, json_build_object('handler', nullif(fdwhandler, 0)::regproc::text,
                                          'validator', nullif(fdwvalidator, 0)::regproc::text)
from other o join pg_foreign_data_wrapper w on w.oid = o.oid where o.kind = 'foreign data wrapper'
union all
select o.kind, o.name, o.within, json_build_object('wrapper', fdwname, 'type', srvtype,
                                          'version', srvversion)
from other o join pg_foreign_server s on s.oid = o.oid
join pg_foreign_data_wrapper w on w.oid = srvfdw where o.kind = 'foreign server'
union all
select 'user mapping', format('%s at %I', usename, srvname), format('foreign server %I', srvname),
       '{}'::json
from pg_user_mappings
union all
-- A wrapper's options may hold passwords and keys: such leave the server as digests only.
select kind, name, null, json_object_agg('option ' || option_name,
  case when option_name ~* '(pass|secret|key|token|user|credential)'
       then 'sha256 ' || left(encode(sha256(convert_to(option_value, 'UTF8')), 'hex'), 12)
       else option_value end)
from (
  select o.kind, o.name, fdwoptions as options
  from other o join pg_foreign_data_wrapper w on w.oid = o.oid
  where o.kind = 'foreign data wrapper'
  union all
  select o.kind, o.name, srvoptions
  from other o join pg_foreign_server s on s.oid = o.oid where o.kind = 'foreign server'
  union all
  select o.kind, o.name, ftoptions
  from object o join pg_foreign_table on ftrelid = o.oid where o.kind = 'foreign table'
  union all
  select o.kind, o.name, attfdwoptions
  from col o join pg_attribute on attrelid = o.oid and attnum = subid where o.kind = 'column'
) given, pg_options_to_table(options) where options is not null group by 1, 2
