-- The server, the database itself, its roles, and the tables that hold the platform's own state.
select 'server', 'PostgreSQL', null, json_build_object(
  'version', split_part(current_setting('server_version'), ' ', 1),
  'encoding', current_setting('server_encoding'))
union all
select 'database', 'itself', null, json_build_object(
  'encoding', pg_encoding_to_char(encoding), 'collate', datcollate, 'ctype', datctype,
  'provider', datlocprovider, 'connection limit', datconnlimit,
  'locale', coalesce(to_jsonb(d) ->> 'datlocale', to_jsonb(d) ->> 'daticulocale'))
from pg_database d where datname = current_database()
union all
select 'database', 'itself', null, json_object_agg('grants to ' || who, rights) from (
  select case when grantee = datdba then 'owner' when grantee = 0 then 'public'
              else pg_get_userbyid(grantee) end as who,
         string_agg(privilege_type, ', ' order by privilege_type) as rights
  from pg_database, aclexplode(coalesce(datacl, acldefault('d', datdba)))
  where datname = current_database() group by 1
) granted where who not in ('postgres', 'supabase_admin')
union all
select 'role', quote_ident(rolname), null, json_build_object(
  'login', rolcanlogin, 'inherits', rolinherit, 'superuser', rolsuper, 'creates roles', rolcreaterole,
  'creates databases', rolcreatedb, 'bypasses row security', rolbypassrls,
  'replication', rolreplication, 'connection limit', rolconnlimit,
  'member of', case when rolname <> 'postgres' then (
      select string_agg(pg_get_userbyid(roleid) || case when admin_option then ' *' else '' end,
                        ', ' order by pg_get_userbyid(roleid))
      from pg_auth_members where member = r.oid) end)
from pg_roles r where rolname !~ :roles and rolname <> case current_user when 'postgres' then '' else current_user end
union all
-- Applications keep keys in settings of their own: such leave the server as digests only.
select 'role settings',
       case setrole when 0 then 'everybody' else quote_ident(pg_get_userbyid(setrole)) end
       || case setdatabase when 0 then '' else ' in this database' end,
       null,
       json_object_agg('setting ' || option_name,
         case when option_name ~* '(pass|secret|key|token|credential)'
              then 'sha256 ' || left(encode(sha256(convert_to(option_value, 'UTF8')), 'hex'), 12)
              else option_value end)
from pg_db_role_setting, pg_options_to_table(setconfig)
where setdatabase in (0, (select oid from pg_database where datname = current_database()))
and (setrole = 0 or pg_get_userbyid(setrole) !~ :roles
     and pg_get_userbyid(setrole) <> case current_user when 'postgres' then '' else current_user end)
group by 1, 2
union all
select kind, name, null, attributes from json_to_recordset(current_setting('staging.held')::json)
     as held(kind text, name text, attributes json)
