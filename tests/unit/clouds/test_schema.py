"""Exporting one server's schema and applying it to another, with real servers."""

import os
from collections.abc import Iterator

import pytest

from staging.clouds import postgres, schema
from staging.clouds.postgres import Address, PasswordRejected, connect
from staging.errors import ConfigurationError, ServiceFailed
from staging.rules.schema import applicable, differences, objects
from staging.secret import Secret
from tests.postgres import binaries, server

ENV = {"PATH": os.environ["PATH"]}
MADE = """
create type public.state as enum ('pending', 'done');
create table public.plans (id int primary key, name text);
insert into public.plans values (1, 'free'), (2, 'pro');
create table public.jobs (
  id int generated always as identity primary key, state public.state not null default 'pending',
  plan int references public.plans, twice int generated always as (plan * 2) stored
);
create index on public.jobs (state);
alter table public.jobs enable row level security;
create policy own on public.jobs to authenticated using (plan = 1);
revoke all on public.jobs from anon;
create function public.made() returns trigger language plpgsql set search_path = '' as $$
begin
    -- kept; with its semicolons
    insert into public.plans values (new.plan, 'x') on conflict do nothing; return new;
end $$;
create trigger made before insert on public.jobs for each row execute function public.made();
create trigger arrived after insert on auth.users for each row execute function public.made();
alter publication supabase_realtime add table public.jobs;
comment on table public.jobs is 'What is to be done.';
create schema supabase_migrations;
create table supabase_migrations.schema_migrations (version text primary key);
insert into supabase_migrations.schema_migrations values ('20260101000000');
"""


@pytest.fixture(scope="module")
def production() -> Iterator[Address]:
    with server() as address:
        with connect(address, read_only=False) as connection:
            postgres.script(connection, MADE)
        yield address


@pytest.fixture
def staging() -> Iterator[Address]:
    with server() as address:
        yield address


def exported(address: Address) -> tuple[str, list[str], list[tuple[str, str, str]]]:
    with connect(address, read_only=True) as connection:
        names = schema.schemas(connection)
        beside = schema.beside(connection, names)
    pg_dump = str(binaries() / "pg_dump")
    return schema.dump(address, names, pg_dump=pg_dump, env=ENV), names, beside


def test_a_schema_arrives_whole_and_without_rows(production: Address, staging: Address) -> None:
    dump, names, beside = exported(production)
    with connect(staging, read_only=False) as connection:
        postgres.script(connection, schema.leaking(connection, names))
        postgres.script(connection, applicable(dump, names))
        postgres.script(connection, "\n".join(text for _, _, text in beside))
    again, _, beside_again = exported(staging)
    assert names == ["public", "supabase_migrations"]
    assert {kind for kind, _, _ in beside} == {"PUBLICATION TABLE", "TRIGGER"}
    assert differences(objects(dump, beside), objects(again, beside_again)) == ()
    with connect(staging, read_only=True) as connection:
        assert postgres.rows(connection, "select count(*) from public.plans") == [(0,)]


def test_an_emptied_database_takes_the_same_schema_again(staging: Address) -> None:
    with connect(staging, read_only=False) as connection:
        postgres.script(connection, MADE)
    before = objects(*exported_parts(staging))
    dump, names, beside = exported(staging)
    with connect(staging, read_only=False) as connection:
        schema.empty(connection)
        assert [row[:2] for row in schema.beside(connection, names)] == []
        postgres.script(connection, schema.leaking(connection, names))
        postgres.script(connection, applicable(dump, names))
        postgres.script(connection, "\n".join(text for _, _, text in beside))
    assert differences(before, objects(*exported_parts(staging))) == ()


def exported_parts(address: Address) -> tuple[str, list[tuple[str, str, str]]]:
    dump, _, beside = exported(address)
    return dump, beside


def test_rows_of_a_reference_table_are_copied_once(production: Address, staging: Address) -> None:
    with connect(staging, read_only=False) as connection:
        postgres.script(connection, "create table public.plans (id int primary key, name text)")
    for _ in range(2):
        with (
            connect(production, read_only=True) as source,
            connect(staging, read_only=False) as target,
        ):
            postgres.copy_rows(source, target, ("public", "plans"))
    with connect(staging, read_only=True) as connection:
        assert postgres.rows(connection, "select name from public.plans order by id") == [
            ("free",),
            ("pro",),
        ]


def test_a_read_only_connection_cannot_write(production: Address) -> None:
    with (
        pytest.raises(ServiceFailed, match="refused") as caught,
        connect(production, read_only=True) as connection,
    ):
        postgres.script(connection, "create table public.mine ()")
    assert "read-only" in caught.value.detail


def test_two_servers_tell_themselves_apart(production: Address, staging: Address) -> None:
    with connect(production, read_only=True) as one, connect(staging, read_only=True) as other:
        assert postgres.identifier(one) != postgres.identifier(other)
        assert postgres.identifier(one) == postgres.identifier(one)


def test_a_wrong_password_is_told_from_a_server_that_is_away(production: Address) -> None:
    wrong = Address(
        host=production.host, port=production.port, user="postgres", password=Secret("hunter22")
    )
    with pytest.raises(PasswordRejected) as caught, connect(wrong, read_only=True):
        pass
    assert "hunter22" not in str(caught.value)
    away = Address(host="127.0.0.1", port=1, user="postgres", password=Secret("hunter22"))
    with pytest.raises(ServiceFailed, match="cannot be reached"), connect(away, read_only=True):
        pass


def test_an_address_survives_its_connection_string() -> None:
    address = postgres.address("127.0.0.1:5555", user="postgres.ref", password=Secret("a/b@c#d e"))
    assert postgres.parsed(address.url(), source="X") == address
    assert postgres.address("db.x.co", user="u", password=Secret("p")).port == 5432


@pytest.mark.parametrize("text", ["", "mysql://h/d", "postgresql://", "postgresql://h:port/d"])
def test_what_is_no_connection_string_is_told_without_being_shown(text: str) -> None:
    with pytest.raises(ConfigurationError, match="PRODUCTION_DATABASE_URL"):
        postgres.parsed(Secret(text), source="PRODUCTION_DATABASE_URL")


def test_a_pg_dump_of_the_servers_version_is_found_or_its_absence_explained() -> None:
    assert schema.find_pg_dump(16, named=None, env=ENV)
    with pytest.raises(ServiceFailed, match="no pg_dump for a PostgreSQL 99") as caught:
        schema.find_pg_dump(99, named=None, env=ENV)
    assert "Install PostgreSQL 99" in caught.value.remedy
