-- What the server's settings are to everybody: `reset_val`, unless this session brought its own.
select 'setting', name, case
  when pg_settings.name is null then '{"hidden": "this role may not read it"}'::json
  when source in ('client', 'user', 'database user', 'database', 'session', 'interactive')
  then json_build_object('hidden', 'set for this session: ' || source)
  else json_strip_nulls(json_build_object('value', reset_val, 'unit', unit)) end
from unnest(:settings) as name left join pg_catalog.pg_settings using (name)
where pg_settings.name is not null or name like '%preload_libraries'
