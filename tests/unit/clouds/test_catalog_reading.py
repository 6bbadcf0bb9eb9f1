"""How a catalog is read: in how many questions, by whom, and on which server."""

import re
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from staging.clouds import catalog, postgres
from staging.inventory import Catalog
from staging.rules.catalog import differences, unseen
from tests.postgres import binaries, server
from tests.unit.clouds import catalog_world
from tests.unit.clouds.catalog_world import World
from tests.waiting import until

OTHERS = [binaries().parents[1] / "pginstall18" / "bin", Path("/usr/lib/postgresql/15/bin")]
TABLE = """
create type public.state as enum ('open', 'done');
create table public.jobs (
    id int generated always as identity primary key, name text not null, state public.state,
    twice int generated always as (length(name) * 2) stored, constraint named check (name <> '')
);
create view public.names with (security_invoker = true) as select name from public.jobs;
create policy own on public.jobs to authenticated using (name = current_user);
alter publication supabase_realtime add table public.jobs (id, name) where (id > 1);
"""
OF_THE_READER = {("role", "staging_reader"), ("role settings", "staging_reader")}
"""Whoever reads leaves himself out; another finds him."""


@pytest.fixture(scope="module")
def world() -> Iterator[World]:
    with catalog_world.world() as made:
        yield made


def test_a_whole_database_is_read_in_two_round_trips(world: World) -> None:
    with (
        tempfile.TemporaryFile("w+") as said,
        postgres.connect(world.address(), read_only=True) as connection,
    ):
        connection.pgconn.trace(said.fileno())
        found = catalog.read(connection)
        connection.pgconn.untrace()
        said.seek(0)
        sent = re.findall(r"\tF\t\d+\t(\w+)", said.read())
    assert found.keys() == world.production.keys()
    assert sent == ["Query", "Query"]  # the first is psycopg's BEGIN


def test_settings_of_the_server_are_seen_through_those_of_the_session(world: World) -> None:
    changes = {"work_mem": "9MB", "statement_timeout": "7s", "random_page_cost": "1.5"}
    with admin(world) as connection:
        for name, value in changes.items():
            connection.execute(f"alter system set {name} = '{value}'".encode())
        connection.execute("select pg_reload_conf()")
        try:
            until(lambda: len(differences(world.production, world.read())) == len(changes))
            found = differences(world.production, world.read())
        finally:
            connection.execute("alter system reset all")
            connection.execute("select pg_reload_conf()")
    assert [(each.kind, each.name, each.attribute) for each in found] == [
        ("setting", name, "value") for name in sorted(changes)
    ]
    assert str(found[2]) == "setting work_mem: value 9216, in production 4096"
    until(lambda: differences(world.production, world.read()) == ())


def test_what_a_session_overrides_is_told_as_unseen_and_not_as_equal(world: World) -> None:
    hidden = unseen(world.production, world.read(limits=True))
    line = "setting statement_timeout: not seen in staging, set for this session: client"
    assert line in hidden
    assert line not in unseen(world.production, world.read())


def test_owner_and_reader_see_the_same(world: World) -> None:
    statements = "grant usage on schema cron, vault to postgres;"
    statements += "grant select on cron.job, vault.secrets to postgres"
    with admin(world) as connection:
        connection.execute(statements.encode())
    found = differences(world.production, world.read("postgres"))
    assert {(each.kind, each.name) for each in found} == OF_THE_READER


def test_a_table_that_may_not_be_read_is_told_as_unseen(world: World) -> None:
    with admin(world) as connection:
        connection.execute("alter role reporting password 'the-database''s-secret'")
    found = world.read("reporting")
    told = {each.name for each in differences(world.production, found)}
    assert told == {"staging_reader", "reporting"}  # each leaves only itself out
    lines = unseen(world.production, found)
    for kind in ("cron job", "storage bucket", "vault secret"):
        assert f"{kind} *: not seen in staging, this role may not read it" in lines


def test_no_value_of_a_secret_is_read(world: World) -> None:
    texts = [text for found in world.production.values() for text in found.values()]
    assert not [text for text in texts if "hunter22" in text.replace("hunter22hunter22", "")]


@pytest.mark.parametrize("tools", [t for t in OTHERS if t.exists()], ids=lambda t: t.parent.name)
def test_older_and_newer_servers_are_read(tools: Path) -> None:
    with server(tools) as address:

        def read(change: str) -> Catalog:
            with postgres.connect(address, read_only=False, limits=False) as connection:
                postgres.script(connection, change)
                found = catalog.read(connection)
                connection.rollback()
                return found

        with postgres.connect(address, read_only=False) as connection:
            postgres.script(connection, TABLE)
        change = "alter table public.jobs alter name drop not null; alter type public.state add"
        found = differences(read("select"), read(f"{change} value 'lost'"))
        renamed = "alter table public.jobs alter name drop not null, alter name set not null"
        assert differences(read("select"), read(renamed)) == ()
    assert [str(each) for each in found] == [
        "column public.jobs.name: not null false, in production true",
        'enum public.state: labels ["open", "done", "lost"], in production ["open", "done"]',
    ]


def admin(world: World) -> "psycopg.Connection[tuple[object, ...]]":
    to = f"postgresql://supabase_admin@127.0.0.1:{world.server.port}/postgres"
    return psycopg.connect(to, connect_timeout=5, autocommit=True)
