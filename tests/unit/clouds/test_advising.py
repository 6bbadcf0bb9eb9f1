"""Each thing that is advised against, made in a real database and mended again."""

from collections.abc import Iterator
from contextlib import closing

import psycopg
import pytest

from staging.clouds import advising, postgres
from staging.clouds.postgres import Address, connect
from staging.rules.advice import ENOUGH_SCANS, advise
from tests.postgres import server

UID = "create function auth.uid() returns uuid language sql stable as 'select gen_random_uuid()'"
SOUND = """
create table public.owners (id bigint primary key);
create table public.things (
  id bigint generated always as identity primary key, owner bigint references public.owners,
  user_id uuid, name text unique, also text
);
create index things_owner on public.things (owner);
create index things_user on public.things (user_id desc, name) include (also);
alter table public.things enable row level security;
create policy own on public.things using (user_id = (select auth.uid()));
create table public.parts (id int, at date, primary key (id, at)) partition by range (at);
create table public.parts_1 partition of public.parts for values from ('2026-01-01') to (maxvalue);
"""
WRONG = {
    "foreign-key-without-index public.things things_owner_fkey": "drop index things_owner",
    "duplicate-index public.things things_user_2": (
        "create index things_user_2 on things (user_id desc, name) include (also)"
    ),
    "duplicate-index public.things by_name": "create index by_name on things (name)",
    "row-security-without-policy public.things": "drop policy own on things",
    "policy-per-row public.things own": ("alter policy own on things using (user_id = auth.uid())"),
    "no-primary-key public.bare": "create table bare (a int)",
    "sequence-near-its-end public.short_id_seq": (
        "create table short (id smallserial primary key); select setval('short_id_seq', 32000)"
    ),
    "sequence-near-its-end public.own_seq": (
        "create sequence own_seq maxvalue 100; select setval('own_seq', 95)"
    ),
    "bloat public.full_of_holes": (
        "create table full_of_holes (id int primary key, what text) "
        "with (autovacuum_enabled = off, fillfactor = 90); "
        "insert into full_of_holes select n, repeat('x', 100) from generate_series(1, 150000) n; "
        "delete from full_of_holes where id < 140000; analyze full_of_holes"
    ),
}


@pytest.fixture(scope="module")
def database() -> Iterator[Address]:
    with server() as where:
        to = f"host={where.host} port={where.port} user=admin dbname=postgres"
        with psycopg.connect(to, connect_timeout=5) as admin:
            admin.execute(UID)
        with connect(where, read_only=False) as connection:
            postgres.script(connection, SOUND)
        yield where


def found(where: Address) -> set[str]:
    with connect(where, read_only=True) as connection:
        return {f"{each.rule} {each.place}" for each in advise(advising.read(connection))}


def test_a_sound_database_has_nothing_to_better(database: Address) -> None:
    assert found(database) == set()


@pytest.mark.parametrize("told", WRONG)
def test_what_is_wrong_is_found_and_nothing_besides(database: Address, told: str) -> None:
    with connect(database, read_only=False) as connection:
        postgres.script(connection, WRONG[told])
        seen = {f"{each.rule} {each.place}" for each in advise(advising.read(connection))}
        connection.rollback()
    assert seen == {told}


def test_an_index_that_could_not_be_made_is_found(database: Address) -> None:
    with closing(postgres.opened(database, read_only=False)) as connection:
        connection.autocommit = True
        connection.execute("create table public.twice (id int primary key, a int)")
        connection.execute("insert into public.twice values (1, 1), (2, 1)")
        with pytest.raises(psycopg.errors.UniqueViolation):
            connection.execute("create unique index concurrently broken on public.twice (a)")
        assert found(database) == {"invalid-index public.twice broken"}
        connection.execute("drop table public.twice")
    assert found(database) == set()


def test_an_index_that_nobody_reads_is_found_once_its_table_was_read_enough(
    database: Address,
) -> None:
    with closing(postgres.opened(database, read_only=False)) as connection:
        connection.autocommit = True
        connection.execute("create table public.read (id int primary key, a int)")
        connection.execute("create index idle on public.read (a)")
        assert found(database) == set()
        for _ in range(ENOUGH_SCANS):
            connection.execute("select from public.read")
        connection.execute("select pg_stat_force_next_flush()")
        assert found(database) == {"unused-index public.read idle"}
        connection.execute("drop table public.read")
