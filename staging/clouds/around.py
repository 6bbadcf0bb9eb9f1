"""What a whole export of a schema tells beside it: roles, settings, cron jobs, what is left out."""

from typing import TYPE_CHECKING, Any, NamedTuple

from staging.clouds.catalog import PLATFORM_ROLES
from staging.clouds.postgres import rows

if TYPE_CHECKING:
    from psycopg import Connection

PLATFORM_OWN = "^(anon|authenticated|service_role|authenticator|postgres)$"
SECRET = "(pass|secret|key|token|credential)"  # noqa: S105 - what a setting's name says


LISTS = [f"{kind}_preload_libraries" for kind in ("local", "session")]
LISTS += ["search_path", "temp_tablespaces"]
"""Settings whose values are names divided by commas."""


class Statement(NamedTuple):
    """One statement of an export; `secret` is set where the value was left out."""

    section: str
    place: str
    text: str
    secret: bool = False


ROLES = """
select 'roles', 'role ' || quote_ident(rolname), format(
  'do $do$ begin if not exists (select from pg_roles where rolname = %%L) then '
  'create role %%I; end if; end $do$;', rolname, rolname), false
from pg_roles where rolname !~ %(platform)s and rolname !~ %(own)s and not rolsuper
and rolname <> current_user and not rolcanlogin order by rolname
"""
SETTINGS = """
select 'settings', place, case when secret then format(
    '-- %%s: the value of %%s is a secret and was left out', place, option_name)
  when role is null then format(
    'do $do$ begin execute format(%%L, current_database()); end $do$;',
    'alter database %%I set ' || told)
  when here then format('do $do$ begin execute format(%%L, current_database()); end $do$;',
    format('alter role %%I in database ', role) || '%%I set ' || told)
  else format('alter role %%I set %%s;', role, told) end, secret
from (
  select case setrole when 0 then null else pg_get_userbyid(setrole) end as role,
         setdatabase <> 0 as here, option_name,
         case setrole when 0 then 'this database'
              else 'role ' || quote_ident(pg_get_userbyid(setrole)) end as place,
         option_name ~* %(secret)s as secret,
         format('%%I to %%s', option_name,
           case when option_name = any(%(lists)s) then option_value
                else quote_literal(option_value) end) as told
  from pg_db_role_setting, pg_options_to_table(setconfig)
  where (setdatabase = (select oid from pg_database where datname = current_database())
         or setdatabase = 0 and setrole <> 0)
  and (setrole = 0 or pg_get_userbyid(setrole) !~ %(platform)s
       and pg_get_userbyid(setrole) not in (current_user, 'postgres')
       and (pg_get_userbyid(setrole) ~ %(own)s
            or not (select rolcanlogin from pg_roles r where r.oid = setrole)))
) settings order by place, option_name, here
"""
DEFAULTS = """
select 'default privileges', format('default privileges of %%I', pg_get_userbyid(defaclrole)),
  format('alter default privileges for role %%I grant %%s on %%s to %%s;',
    pg_get_userbyid(defaclrole), string_agg(privilege_type, ', ' order by privilege_type),
    case defaclobjtype when 'r' then 'tables' when 'S' then 'sequences' when 'f' then 'functions'
         when 'n' then 'schemas' else 'types' end,
    case grantee when 0 then 'public' else quote_ident(pg_get_userbyid(grantee)) end), false
from pg_default_acl, aclexplode(defaclacl)
where defaclnamespace = 0 and pg_get_userbyid(defaclrole) !~ %(platform)s and grantee <> defaclrole
group by defaclrole, defaclobjtype, grantee order by 2, 3
"""
CRON = """
select 'cron jobs', 'cron job ' || coalesce(jobname, '(unnamed)'),
  format('select cron.schedule(%s%L, %L);', case when jobname is not null
         then quote_literal(jobname) || ', ' else '' end, schedule, command), false
from cron.job order by jobname, schedule, command
"""


def read(connection: "Connection[Any]") -> list[Statement]:
    """The statements, in their order; secrets among the settings are left out of them."""
    connection.execute("set local search_path = pg_catalog")
    known = {"platform": PLATFORM_ROLES, "own": PLATFORM_OWN, "secret": SECRET, "lists": LISTS}
    found = [
        row for query in (ROLES, SETTINGS, DEFAULTS) for row in connection.execute(query, known)
    ]
    if rows(connection, "select to_regclass('cron.job') is not null")[0][0]:
        found += rows(connection, CRON)
    return [Statement(*row) for row in found]
