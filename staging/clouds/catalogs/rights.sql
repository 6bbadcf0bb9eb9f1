-- Who may do what, who owns what, and what is said of it.
select kind, name, within, granted.rights from everything o join (
  -- Few lists are many objects' own: each is taken apart once.
  select acltype, owner, acl, json_object_agg('grants to ' || who, rights) as rights from (
    select acltype, owner, acl,
           case when grantee = owner then 'owner' when grantee = 0 then 'public'
                else pg_get_userbyid(grantee) end as who,
           string_agg(privilege_type || case when is_grantable then ' *' else '' end,
                      ', ' order by privilege_type) as rights
    from (select distinct acltype, owner, coalesce(acl::text, '') as acl from everything
          where acltype is not null and (subid = 0 or acl is not null)) one,
         aclexplode(case acl when '' then acldefault(acltype, owner) else acl::aclitem[] end)
    group by 1, 2, 3, 4
  ) taken where who not in ('postgres', 'supabase_admin') group by 1, 2, 3
) granted on granted.acltype = o.acltype and granted.owner = o.owner
and granted.acl = coalesce(o.acl::text, '') and (subid = 0 or o.acl is not null)
union all
select kind, name, within, json_build_object('owner', pg_get_userbyid(owner)) from everything
where subid = 0 and owner is not null and owner <> current_user::regrole
and pg_get_userbyid(owner) not in ('postgres', 'supabase_admin')
and owner <> (select datdba from pg_database where datname = current_database())
union all
select kind, name, within, json_build_object('comment', description)
from everything o join pg_description d on objoid = o.oid and objsubid = subid and classoid = classid
union all
select kind, name, null, json_object_agg('security label of ' || provider, label)
from everything o join pg_seclabel l on objoid = o.oid and objsubid = subid and classoid = classid
group by 1, 2
union all
select 'default privileges', what, 'schema ' || max(schema), json_object_agg(attribute, rights)
from (
  select given.what, schema, attribute, string_agg(right_given, ', ' order by right_given) as rights
  from (
    select format('%s %s by %I',
                  case defaclobjtype when 'r' then 'tables' when 'S' then 'sequences'
                       when 'f' then 'functions' when 'T' then 'types' when 'n' then 'schemas'
                       else defaclobjtype::text end,
                  coalesce('in ' || app.name, 'everywhere'), pg_get_userbyid(defaclrole)) as what,
           app.name as schema, defaclacl, defaclrole
    from pg_default_acl left join app on app.oid = defaclnamespace
    where (app.oid is not null or defaclnamespace = 0)
    and pg_get_userbyid(defaclrole) !~ '^(supabase_|dashboard_user$|pgbouncer$)'
  ) given cross join lateral (
    select 'grants to ' || case grantee when defaclrole then 'owner' when 0 then 'public'
                           else pg_get_userbyid(grantee) end,
           privilege_type || case when is_grantable then ' *' else '' end
    from aclexplode(defaclacl)
  ) each(attribute, right_given)
  group by 1, 2, 3
) taken group by 1, 2
