"""Exports of real servers of three versions: the same twice, whole, and telling of secrets."""

import os
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from staging.clouds import postgres
from staging.clouds.dumps import Programs
from staging.clouds.postgres import connect
from staging.operations import exporting, laying, scratch
from staging.operations.scratch import Bench
from staging.rules import exports
from staging.rules.schemadiff import compared
from tests.postgres import binaries, server
from tests.unit.clouds.test_schema import MADE

PLACES = {
    15: Path("/usr/lib/postgresql/15/bin"),
    16: binaries(),
    18: binaries().parent.with_name("pginstall18") / "bin",
}
KEY = "sk_live_0123456789abcdef"
MORE = f"""
create function public.call() returns void language plpgsql as $body$
begin
CREATE SCHEMA made_inside;
SET statement_timeout = 0;
GRANT SELECT ON public.jobs TO service_role;
GRANT SELECT ON public.jobs TO anon;
    perform 'Bearer eyJhbGciOiJIUzI1NiJ9.eyJyb2xlIjoieCJ9.c2lnbmF0dXJl';
end $body$;
create function public.atom(n int) returns int language sql
begin atomic select case when n > 0 then n else 0 end; select n + 1; end;
comment on column public.jobs.state is 'was {KEY}';
grant select on public.plans to authenticated; grant select on public.plans to anon;
create schema cron;
create table cron.job (jobid bigint, schedule text, command text, jobname text, database text);
insert into cron.job values (1, '* * * * *', 'select ''postgres://u:hunter22@h/d''', 'sync', 'x');
create role bees; create role bees_login login password 'x';
alter role bees set search_path = public, auth;
alter default privileges grant select on tables to bees;
"""


BY_ADMIN = f"""
alter database postgres set app.colour = 'blue'; alter database postgres set app.api_key = '{KEY}';
"""


@pytest.fixture(scope="module", params=PLACES, ids=str)
def bench(request: pytest.FixtureRequest) -> Iterator[Bench]:
    tools = PLACES[request.param]
    if not (tools / "pg_dump").is_file():
        pytest.skip(f"PostgreSQL {request.param} is not installed at {tools}")
    with server(tools) as where:
        with connect(where, read_only=False) as connection:
            postgres.script(connection, MADE + MORE)
        to = f"host={where.host} port={where.port} user=admin dbname=postgres"
        with psycopg.connect(to, connect_timeout=5) as admin:
            admin.execute(BY_ADMIN.encode())
        env = {"PATH": os.environ["PATH"]}
        yield Bench(staging=where, programs=Programs(env=env, named=str(tools / "pg_dump")))


def exported(bench: Bench) -> str:
    return exporting.read(bench.staging, bench.programs)[1]


def test_two_exports_are_the_same_bytes_without_what_is_of_one_run(bench: Bench) -> None:
    first = exported(bench)
    assert first.encode() == exported(bench).encode()
    assert "\\restrict" not in first
    assert "Dumped" not in first
    assert "SET transaction_timeout" not in first


def test_an_export_makes_the_same_schema_and_is_exported_as_the_same_text(
    bench: Bench, tmp_path: Path
) -> None:
    text = exported(bench)
    file = tmp_path / "schema.sql"
    file.write_text(text)
    with scratch.born(bench) as address:
        with connect(address, read_only=False) as target:
            refused = laying.lay(target, laying.text_of(file))
        assert ["app.colour" in each for each in refused] == [True]  # a superuser's to set
        assert "blue" not in refused[0]  # the value of a setting may be a secret
        assert compared(laying.read(bench.staging), laying.read(address), scratch=True) == ()
        again = exporting.read(address, bench.programs)[1]
    before, after = exports.sections(text), exports.sections(again)
    assert before["schema"] == after["schema"]
    assert before["triggers"] == after["triggers"]


def test_what_stands_beside_a_schema_is_in_it(bench: Bench) -> None:
    found = exports.sections(exported(bench))
    assert "create role bees;" in found["roles"]
    assert "bees_login" not in exported(bench)
    assert "alter role bees set search_path to public, auth;" in found["settings"]
    assert "app.colour" in found["settings"]
    assert "cron.schedule('sync', '* * * * *'" in found["cron jobs"]
    assert "for role postgres grant SELECT on tables to bees" in found["default privileges"]
    assert "add table public.jobs" in found["publications"]
    assert "arrived AFTER INSERT ON auth.users" in found["triggers"]


def test_a_body_is_left_as_it_is(bench: Bench) -> None:
    text = exported(bench)
    assert "\nCREATE SCHEMA made_inside;\nSET statement_timeout = 0;\n" in text
    assert "TO service_role;\nGRANT SELECT ON public.jobs TO anon;\n" in text


def test_secrets_are_told_by_kind_and_place_and_never_by_value(bench: Bench) -> None:
    _, text, more = exporting.read(bench.staging, bench.programs)
    found = {(each.kind, each.place) for each in exports.spelled(text)}
    assert found == {
        ("JSON web token", "function public.call()"),
        ("authorisation", "function public.call()"),
        ("API key", "comment public.COLUMN jobs.state"),
        ("address with a password", "cron job sync"),
    }
    assert [each.place for each in more if each.secret] == ["this database"]
    assert text.count(KEY) == 1  # in the comment, which is the schema's; not among the settings
    assert KEY not in str(exports.spelled(text))
