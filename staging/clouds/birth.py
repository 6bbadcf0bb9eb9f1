"""What a Supabase project is born with, given to an empty database on its server.

Roles are the server's and there already. Schemas of Supabase's come as staging has them, without
rows, and belong to whoever makes them here; what only a superuser may make is left out, and told.
"""

import re
import shutil
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from staging.clouds import dumps, postgres, process, schema
from staging.clouds.dumps import DUMP, Programs
from staging.clouds.postgres import Address, rows
from staging.clouds.schema import PLATFORM
from staging.errors import CommandFailed, ServiceFailed
from staging.secret import Secret

if TYPE_CHECKING:
    from psycopg import Connection

PLATFORM_SCHEMAS = """
select nspname from pg_namespace where nspname = any(%s) and nspname <> 'information_schema'
order by 1
"""
EXTENSIONS = """
select format('create schema if not exists %I', nspname),
       format('create extension if not exists %I with schema %I', extname, nspname)
from pg_extension join pg_namespace n on n.oid = extnamespace where extname <> 'plpgsql' order by 2
"""
BORN = """
select format('alter schema public owner to %I', pg_get_userbyid(nspowner))
from pg_namespace where nspname = 'public'
union all
select format('grant %s on schema public to %s', privilege_type,
              case grantee when 0 then 'public' else quote_ident(pg_get_userbyid(grantee)) end)
from pg_namespace, aclexplode(nspacl) where nspname = 'public'
union all
select format('alter default privileges in schema %I grant %s on %s to %s', nspname,
              privilege_type, case defaclobjtype when 'r' then 'tables' when 'S' then 'sequences'
                                   when 'f' then 'functions' else 'types' end,
              case grantee when 0 then 'public' else quote_ident(pg_get_userbyid(grantee)) end)
from pg_default_acl join pg_namespace n on n.oid = defaclnamespace, aclexplode(defaclacl)
where defaclrole = current_user::regrole and nspname = 'public'
union all
select format('create publication %I', pubname) from pg_publication
where pubname = 'supabase_realtime'
union all
select format('alter publication %I owner to %I', pubname, pg_get_userbyid(pubowner))
from pg_publication where pubname = 'supabase_realtime'
"""
DATABASE_SETTINGS = """
select format('alter database %%I set %%I to %%s', %s::text, option_name,
              case when option_name = 'search_path' then option_value
                   else quote_literal(option_value) end)
from pg_db_role_setting join pg_database d on d.oid = setdatabase,
     pg_options_to_table(setconfig)
where datname = current_database() and setrole = 0
"""
IDENTITY = """
select md5(concat_ws('|', current_setting('server_version'), string_agg(told, '|' order by told)))
from (
  select format('%%s.%%s.%%s %%s', nspname, relname, attname,
                format_type(atttypid, atttypmod)) as told
  from pg_attribute join pg_class c on c.oid = attrelid join pg_namespace n on n.oid = relnamespace
  where nspname = any(%s) and nspname <> 'information_schema' and attnum > 0
  union all select format('%%s %%s', extname, extversion) from pg_extension
) platform
"""
CRON = Path(__file__).with_name("stub_cron.sql")
IGNORED = re.compile(r"errors ignored on restore: \d+")


def give(staging: Address, scratch: Address, programs: Programs) -> list[str]:
    """Make the empty database like staging's at its birth; what could not be made, in words."""
    with postgres.connect(staging, read_only=True) as source:
        pg_dump = programs.pg_dump(source)
        names = [row[0] for row in rows(source, PLATFORM_SCHEMAS, PLATFORM)]
        extensions = [statement for row in rows(source, EXTENSIONS) for statement in row]
        born = [row[0] for row in rows(source, BORN)]
        born += [row[0] for row in rows(source, DATABASE_SETTINGS, scratch.name)]
    with postgres.connect(scratch, read_only=False) as target:
        left = postgres.attempt(target, extensions)
    if names:
        _restore(staging, scratch, names, pg_dump=pg_dump, env=programs.env)
    with postgres.connect(scratch, read_only=False) as target:
        left += postgres.attempt(target, born)
        stub_cron(target)
        for each in schema.beside(target, ["public"]):  # the application's, on Supabase's tables
            if each.kind.startswith("PLATFORM"):
                postgres.script(target, each.dropped)
    return left


def stub_cron(target: "Connection[Any]") -> None:
    """Where pg_cron could not be made but its schema is there, so that migrations can name it."""
    there = "select to_regnamespace('cron') is not null and to_regclass('cron.job') is null"
    if rows(target, there)[0][0]:
        postgres.script(target, CRON.read_text("utf-8"))


def identity(staging: "Connection[Any]") -> str:
    """What changes when what a project is born with does."""
    return str(rows(staging, IDENTITY, PLATFORM)[0][0])


def _restore(
    staging: Address,
    scratch: Address,
    names: Sequence[str],
    *,
    pg_dump: str,
    env: Mapping[str, str | Secret],
) -> None:
    """By pg_restore, which goes on after what this role may not make."""
    pg_restore = str(Path(shutil.which(pg_dump) or pg_dump).with_name("pg_restore"))
    with tempfile.TemporaryDirectory() as folder:
        file = str(Path(folder, "platform.dump"))
        words = [pg_dump, "--schema-only", "--no-owner", "--format=custom", "--file", file]
        words += ["--lock-wait-timeout=10s", *(f"--schema={name}" for name in names)]
        process.run(
            [*words, *dumps.connection_words(staging)],
            timeout=DUMP,
            env=dumps.connection_environment(staging, env, read_only=True),
        )
        words = [pg_restore, "--no-owner", *dumps.connection_words(scratch), file]
        given = dumps.connection_environment(scratch, env, read_only=False)
        try:
            process.run(words, timeout=DUMP, env=given)
        except CommandFailed as error:
            if not IGNORED.search(error.output):
                problem = "Supabase's schemas cannot be made in a scratch database."
                raise ServiceFailed(problem, detail=error.detail) from error
