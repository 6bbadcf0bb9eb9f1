-- Tables of the platform's that hold what is configured, where there are any: a query that named
-- one which is not there would fail, so each is asked once it has been seen.
do $held$
declare
  wanted record;
  part jsonb;
  held jsonb = '[]';
begin
  for wanted in
    select given.*, n.oid as space, c.oid as relation from (values
      ('storage bucket', 'storage', 'buckets', 'id',
       'to_jsonb(b) - ''{id,owner,owner_id,created_at,updated_at}''::text[]'),
      ('cron job', 'cron', 'job', 'coalesce(jobname, left(command, 40))',
       'to_jsonb(b) - ''{jobid,jobname,nodename,nodeport,database}''::text[]'
       ' || jsonb_build_object(''database'', nullif(database, current_database()))'),
      ('vault secret', 'vault', 'secrets', 'coalesce(name, ''(unnamed)'')', '''{}''::jsonb')
    ) as given(kind, schema, called, name, attributes)
    join pg_namespace n on n.nspname = given.schema
    join pg_class c on c.relnamespace = n.oid and c.relname = given.called
  loop
    if has_schema_privilege(wanted.space, 'usage')
       and has_table_privilege(wanted.relation, 'select')
       and not row_security_active(wanted.relation) then
      execute format(
        'select coalesce(jsonb_agg(jsonb_build_object(''kind'', %L, ''name'', %s, '
        '''attributes'', %s)), ''[]'') from %I.%I b',
        wanted.kind, wanted.name, wanted.attributes, wanted.schema, wanted.called) into part;
    else
      part = jsonb_build_array(jsonb_build_object('kind', wanted.kind, 'name', '*', 'attributes',
                               jsonb_build_object('hidden', 'this role may not read it')));
    end if;
    held = held || part;
  end loop;
  perform set_config('staging.held', held::text, true);
end $held$
