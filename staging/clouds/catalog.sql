-- Everything of a database that two environments should share, in one statement:
-- (kind, name, facts). search_path is pg_catalog, so that every name comes out whole.
-- Columns of catalogs that some versions lack are read by way of to_jsonb.
with platform(name) as (select unnest(string_to_array(:platform, ','))),
ours as (
    select n.oid, nspname as name, nspacl, nspowner from pg_namespace n
    where nspname !~ '^pg_' and nspname not in (select name from platform)
    and not exists (select from pg_depend d where d.objid = n.oid and d.deptype = 'e')
),
members as (select objid from pg_depend where deptype = 'e'),
relations as (
    select c.*, o.name as schema, format('%I.%I', o.name, c.relname) as whole
    from pg_class c join ours o on o.oid = c.relnamespace
    where c.oid not in (select objid from members)
),
tables as (select * from relations where relkind in ('r', 'p', 'f')),
grants as (
    select classid, objid, sub, jsonb_agg(line order by line) as facts from (
        select classid, objid, sub, format('%s: %s%s', case grantee when 0 then 'public'
               else pg_get_userbyid(grantee) end,
               string_agg(privilege_type, ', ' order by privilege_type),
               case when is_grantable then ' with grant option' else '' end) as line
        from (
            select 'pg_class'::regclass::oid as classid, oid as objid, 0 as sub, relowner as owner,
                   coalesce(relacl, acldefault(case relkind when 'S' then 's' else 'r' end::"char",
                                               relowner)) as acl
            from relations where relkind in ('r', 'p', 'f', 'v', 'm', 'S')
            union all
            select 'pg_class'::regclass, c.oid, a.attnum, c.relowner, a.attacl
            from pg_attribute a join relations c on c.oid = a.attrelid where a.attacl is not null
            union all
            select 'pg_proc'::regclass, p.oid, 0, proowner, coalesce(proacl, acldefault('f', proowner))
            from pg_proc p join ours on ours.oid = pronamespace
            union all
            select 'pg_type'::regclass, t.oid, 0, typowner, coalesce(typacl, acldefault('T', typowner))
            from pg_type t join ours on ours.oid = typnamespace
            union all
            select 'pg_namespace'::regclass, oid, 0, nspowner, coalesce(nspacl, acldefault('n', nspowner))
            from ours
        ) each, aclexplode(acl) where grantee <> owner
        group by classid, objid, sub, grantee, is_grantable
    ) lines group by classid, objid, sub
),
said as (select classoid, objoid, objsubid, description from pg_description),
facts(kind, name, facts) as (
    select 'server', 'version', jsonb_build_object('major',
           current_setting('server_version_num')::int / 10000,
           'minor', current_setting('server_version_num')::int % 10000)
    union all
    select 'database', 'locale', jsonb_build_object(
           'encoding', pg_encoding_to_char(encoding), 'collate', datcollate, 'ctype', datctype)
    from pg_database where datname = current_database()
    union all
    select 'setting', name, jsonb_build_object('value', setting || coalesce(' ' || unit, ''))
    from pg_settings where name = any(string_to_array(:settings, ','))
    union all
    select 'schema', quote_ident(name), jsonb_build_object('grants', g.facts, 'comment', description)
    from ours left join grants g on g.objid = ours.oid and g.classid = 'pg_namespace'::regclass
    left join said on objoid = ours.oid and classoid = 'pg_namespace'::regclass
        and name <> 'public'
    union all
    select case relkind when 'f' then 'foreign table' else 'table' end, whole, jsonb_build_object(
           'persistence', relpersistence, 'row security', relrowsecurity,
           'row security forced', relforcerowsecurity, 'options', reloptions,
           'replica identity', relreplident, 'partitioned by',
           case relkind when 'p' then pg_get_partkeydef(t.oid) end,
           'partition', pg_get_expr(relpartbound, t.oid), 'of type', nullif(reloftype, 0)::regtype,
           'inherits', (select jsonb_agg(inhparent::regclass::text order by inhseqno)
                        from pg_inherits where inhrelid = t.oid),
           'server', (select srvname from pg_foreign_table f join pg_foreign_server s
                      on s.oid = ftserver where ftrelid = t.oid),
           'grants', g.facts, 'comment', description)
    from tables t left join grants g on g.objid = t.oid and g.classid = 'pg_class'::regclass
        and g.sub = 0
    left join said on objoid = t.oid and classoid = 'pg_class'::regclass and objsubid = 0
    union all
    select 'column', whole || '.' || quote_ident(attname), jsonb_build_object(
           'position', row_number() over (partition by attrelid order by attnum),
           'type', format_type(atttypid, atttypmod), 'not null', attnotnull,
           'default', case attgenerated when '' then pg_get_expr(adbin, adrelid) end,
           'generated', case when attgenerated <> ''
                             then attgenerated::text || ' ' || pg_get_expr(adbin, adrelid) end,
           'identity', nullif(attidentity, ''), 'collation', case when attcollation <> typcollation
           then (select collname from pg_collation k where k.oid = attcollation) end,
           'storage', case when attstorage <> typstorage then attstorage end,
           'compression', nullif(attcompression, ''), 'options', attoptions,
           'grants', g.facts, 'comment', description)
    from pg_attribute a join tables t on t.oid = attrelid join pg_type y on y.oid = atttypid
    left join pg_attrdef on adrelid = attrelid and adnum = attnum
    left join grants g on g.objid = t.oid and g.classid = 'pg_class'::regclass and g.sub = attnum
    left join said on objoid = t.oid and classoid = 'pg_class'::regclass and objsubid = attnum
    where attnum > 0 and not attisdropped
    union all
    select 'constraint', format('%s %I', whole, conname), jsonb_build_object(
           'definition', pg_get_constraintdef(k.oid), 'valid', convalidated,
           'index valid', (select indisvalid from pg_index where indexrelid = conindid
                           and contype in ('p', 'u', 'x')), 'comment', description)
    from pg_constraint k join tables t on t.oid = conrelid
    left join said on objoid = k.oid and classoid = 'pg_constraint'::regclass
    where contype not in ('n', 't')
    union all
    select 'index', format('%I.%I', t.schema, x.relname), jsonb_build_object(
           'definition', pg_get_indexdef(indexrelid), 'valid', indisvalid and indisready,
           'clustered', indisclustered, 'replica identity', indisreplident,
           'comment', description)
    from pg_index i join pg_class x on x.oid = indexrelid
    join relations t on t.oid = indrelid and t.relkind in ('r', 'p', 'm')
    left join said on objoid = indexrelid and classoid = 'pg_class'::regclass and objsubid = 0
    where not exists (select from pg_constraint where conindid = indexrelid
                      and contype in ('p', 'u', 'x'))
    union all
    select 'sequence', whole, jsonb_build_object(
           'type', seqtypid::regtype, 'start', seqstart, 'increment', seqincrement,
           'minimum', seqmin, 'maximum', seqmax, 'cache', seqcache, 'cycles', seqcycle,
           'owned by', (select format('%s.%I', refobjid::regclass, attname) from pg_depend d
                        join pg_attribute on attrelid = refobjid and attnum = refobjsubid
                        where d.objid = s.oid and d.deptype in ('a', 'i')
                        and d.classid = 'pg_class'::regclass and refobjsubid > 0),
           'grants', g.facts, 'comment', description)
    from relations s join pg_sequence on seqrelid = s.oid
    left join grants g on g.objid = s.oid and g.classid = 'pg_class'::regclass
    left join said on objoid = s.oid and classoid = 'pg_class'::regclass
    union all
    select case relkind when 'm' then 'materialised view' else 'view' end, whole,
           jsonb_build_object('definition', pg_get_viewdef(v.oid), 'options', reloptions,
           'grants', g.facts, 'comment', description)
    from relations v left join grants g on g.objid = v.oid and g.classid = 'pg_class'::regclass
        and g.sub = 0
    left join said on objoid = v.oid and classoid = 'pg_class'::regclass and objsubid = 0
    where relkind in ('v', 'm')
    union all
    select case prokind when 'a' then 'aggregate' when 'p' then 'procedure' else 'function' end,
           format('%I.%I(%s)', ours.name, proname, pg_get_function_identity_arguments(p.oid)),
           jsonb_build_object('arguments', pg_get_function_arguments(p.oid),
           'returns', pg_get_function_result(p.oid), 'language', lanname,
           'body', coalesce(pg_get_function_sqlbody(p.oid), prosrc),
           'security definer', prosecdef, 'volatility', provolatile, 'strict', proisstrict,
           'parallel', proparallel, 'leakproof', proleakproof, 'settings', proconfig,
           'cost', procost, 'rows', prorows,
           'transition', (select jsonb_build_array(aggtransfn, aggfinalfn, aggtranstype::regtype,
                          agginitval) from pg_aggregate where aggfnoid = p.oid),
           'grants', g.facts, 'comment', description)
    from pg_proc p join ours on ours.oid = pronamespace join pg_language l on l.oid = prolang
    left join grants g on g.objid = p.oid and g.classid = 'pg_proc'::regclass
    left join said on objoid = p.oid and classoid = 'pg_proc'::regclass
    where p.oid not in (select objid from members)
    union all
    select case when r.schema is null then 'platform trigger' else 'trigger' end,
           format('%I.%I %I', n.nspname, c.relname, tgname), jsonb_build_object(
           'definition', pg_get_triggerdef(t.oid), 'enabled', tgenabled, 'comment', description)
    from pg_trigger t join pg_class c on c.oid = tgrelid join pg_namespace n on n.oid = relnamespace
    join pg_proc p on p.oid = tgfoid left join relations r on r.oid = tgrelid
    left join said on objoid = t.oid and classoid = 'pg_trigger'::regclass
    where not tgisinternal and tgparentid = 0
    and (r.oid is not null or pronamespace in (select oid from ours))
    union all
    select 'rule', format('%s %I', whole, rulename), jsonb_build_object(
           'definition', pg_get_ruledef(r.oid), 'enabled', ev_enabled)
    from pg_rewrite r join relations t on t.oid = ev_class where rulename <> '_RETURN'
    union all
    select case when r.schema is null then 'platform policy' else 'policy' end,
           format('%I.%I %I', n.nspname, c.relname, polname), jsonb_build_object(
           'permissive', polpermissive, 'command', polcmd,
           'roles', (select jsonb_agg(case o when 0 then 'public' else pg_get_userbyid(o) end
                     order by 1) from unnest(polroles) o),
           'using', pg_get_expr(polqual, polrelid), 'check', pg_get_expr(polwithcheck, polrelid),
           'comment', description)
    from pg_policy p join pg_class c on c.oid = polrelid join pg_namespace n on n.oid = relnamespace
    left join relations r on r.oid = polrelid
    left join said on objoid = p.oid and classoid = 'pg_policy'::regclass
    where r.oid is not null or n.nspname in ('storage', 'auth', 'realtime')
    union all
    select 'type', format('%I.%I', ours.name, typname), jsonb_build_object(
           'kind', typtype,
           'labels', (select jsonb_agg(enumlabel order by enumsortorder) from pg_enum
                      where enumtypid = t.oid),
           'base', nullif(format_type(typbasetype, typtypmod), '-'), 'default', typdefault,
           'not null', typnotnull,
           'checks', (select jsonb_agg(pg_get_constraintdef(k.oid) order by conname)
                      from pg_constraint k where contypid = t.oid and contype = 'c'),
           'attributes', (select jsonb_agg(attname || ' ' || format_type(atttypid, atttypmod)
                          order by attnum) from pg_attribute where attrelid = typrelid
                          and attnum > 0 and not attisdropped),
           'subtype', (select rngsubtype::regtype from pg_range where rngtypid = t.oid),
           'grants', g.facts, 'comment', description)
    from pg_type t join ours on ours.oid = typnamespace
    left join pg_class c on c.oid = typrelid
    left join grants g on g.objid = t.oid and g.classid = 'pg_type'::regclass
    left join said on objoid = t.oid and classoid = 'pg_type'::regclass
    where (typtype in ('e', 'd', 'r') or (typtype = 'c' and relkind = 'c'))
    and t.oid not in (select objid from members)
    union all
    select 'default privileges', format('%s on %s', coalesce(quote_ident(ours.name), 'everything'),
           defaclobjtype), jsonb_object_agg(
           case grantee when 0 then 'public' else pg_get_userbyid(grantee) end, granted)
    from (select defaclnamespace, defaclobjtype, grantee,
                 string_agg(privilege_type, ', ' order by privilege_type) as granted
          from pg_default_acl, aclexplode(defaclacl)
          where pg_get_userbyid(defaclrole) = 'postgres' and grantee <> defaclrole
          group by 1, 2, 3) d
    left join ours on ours.oid = defaclnamespace
    where defaclnamespace = 0 or ours.oid is not null
    group by ours.name, defaclobjtype
    union all
    select 'extension', quote_ident(extname), jsonb_build_object(
           'schema', nspname, 'version', extversion)
    from pg_extension join pg_namespace n on n.oid = extnamespace
    union all
    select 'publication', quote_ident(pubname), jsonb_build_object('all tables', puballtables,
           'insert', pubinsert, 'update', pubupdate, 'delete', pubdelete, 'truncate', pubtruncate,
           'by the root', pubviaroot,
           'schemas', (select jsonb_agg(nspname order by nspname) from pg_publication_namespace
                       join pg_namespace s on s.oid = pnnspid where pnpubid = p.oid))
    from pg_publication p
    union all
    select 'publication table', format('%I %s', pubname, whole), jsonb_build_object(
           'columns', (select jsonb_agg(attname order by attnum) from pg_attribute
                       where attrelid = prrelid and attnum = any(prattrs)),
           'rows', pg_get_expr(prqual, prrelid))
    from pg_publication_rel join pg_publication p on p.oid = prpubid
    join tables t on t.oid = prrelid
    union all
    select 'event trigger', quote_ident(evtname), jsonb_build_object('event', evtevent,
           'tags', evttags, 'enabled', evtenabled, 'function', evtfoid::regprocedure)
    from pg_event_trigger e join pg_proc p on p.oid = evtfoid
    where pronamespace in (select oid from ours)
    union all
    select 'foreign server', quote_ident(srvname), jsonb_build_object('wrapper', fdwname)
    from pg_foreign_server join pg_foreign_data_wrapper w on w.oid = srvfdw
    union all
    select 'role', quote_ident(rolname), jsonb_build_object('login', rolcanlogin,
           'bypasses row security', rolbypassrls, 'creates roles', rolcreaterole,
           'member of', (select jsonb_agg(pg_get_userbyid(roleid) order by 1)
                         from pg_auth_members where member = r.oid))
    from pg_roles r where rolname !~ '^(pg_|supabase|cli_login_|pgsodium|pgbouncer|pgtle)'
    and rolname <> current_user and rolname <> all(string_to_array(:roles, ','))
    union all
    select 'role settings', coalesce(quote_ident(rolname), 'everybody'), (
           select jsonb_object_agg(split_part(line, '=', 1), substr(line, strpos(line, '=') + 1))
           from unnest(setconfig) line)
    from pg_db_role_setting left join pg_roles r on r.oid = setrole
    where setdatabase in (0, (select oid from pg_database where datname = current_database()))
    and (setrole = 0 or rolname in ('anon', 'authenticated', 'authenticator', 'service_role'))
    union all
    -- What a second statement may ask: no role's policies hide rows of it.
    select 'readable', name, '{}' from unnest(string_to_array(:optional, ',')) name
    where to_regclass(name) is not null and has_table_privilege(to_regclass(name), 'select')
    and ((select not relrowsecurity from pg_class where oid = to_regclass(name))
         or (select rolbypassrls or rolsuper from pg_roles where rolname = current_user)
         or pg_has_role((select relowner from pg_class where oid = to_regclass(name)), 'usage'))
)
select kind, name, jsonb_strip_nulls(facts) from facts
