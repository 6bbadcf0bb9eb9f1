"""A database that was given another's schema, as provisioning gives it, equals that one."""

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from staging.clouds import catalog, dumps, postgres, schema
from staging.clouds.postgres import Address, connect
from staging.rules.catalog import differences
from staging.rules.schema import applicable
from staging.secret import Secret
from tests.postgres import binaries
from tests.rehearsal.application_postgres import PASSWORD, Postgres

TRAPS = """
create function public.arrived() returns trigger language plpgsql security definer
    set search_path = '' as 'begin return new; end';
create trigger arrived after insert on auth.users for each row execute function public.arrived();
create policy "own files" on storage.objects for select to authenticated, "odd role"
    using (owner = auth.uid());
create view public.open_jobs with (security_invoker = true) as select id from public.jobs;
alter publication supabase_realtime add table public.users (id, email) where (id is not null);
alter table public.users replica identity full;
create table public.kept (id serial primary key, gone integer, note text);
alter table public.kept drop gone;
revoke all on public.kept from anon;
grant update (note) on public.kept to anon;
revoke execute on function public.arrived() from public;
alter table public.kept enable row level security, force row level security;
alter table public.users disable trigger users_are_touched;
alter default privileges in schema public revoke all on tables from anon;
create table public.after (id bigint generated always as identity);
comment on column public.kept.note is 'Its remark.';
"""


@pytest.fixture(scope="module")
def server() -> Iterator[Postgres]:
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        made = Postgres(Path(folder), born=True)
        made.admin(b'create role "odd role"; set role postgres;' + TRAPS.encode())
        yield made
        made.stop()


def address(server: Postgres, name: str) -> Address:
    port, password = server.port, Secret(PASSWORD)
    return Address(host="127.0.0.1", port=port, user="postgres", password=password, name=name)


def give(production: Address, target: Address) -> None:
    with connect(production, read_only=True) as connection:
        names = schema.schemas(connection)
        beside = schema.beside(connection, names)
    env = {"PATH": os.environ["PATH"]}
    dump = dumps.dump(production, names, pg_dump=str(binaries() / "pg_dump"), env=env)
    with connect(target, read_only=False) as connection:
        schema.empty(connection)
        present = {(each.kind, each.name) for each in schema.beside(connection, names)}
        postgres.script(connection, schema.leaking(connection, names))
        postgres.script(connection, applicable(dump, names))
        texts = [each.made for each in beside if (each.kind, each.name) not in present]
        postgres.script(connection, "\n".join(texts))


def told(server: Postgres, name: str) -> list[str]:
    """How a database differs from production's, both read as their owner."""
    with (
        connect(address(server, "postgres"), read_only=True, limits=False) as production,
        connect(address(server, name), read_only=True, limits=False) as staging,
    ):
        found = differences(catalog.read(production), catalog.read(staging))
        return [str(each) for each in found]


def test_a_schema_that_provisioning_gave_is_productions(server: Postgres) -> None:
    server.admin(b"create database given template born owner postgres")
    assert "table public.jobs: missing" in told(server, "given")
    for _ in range(2):  # to a database as it was born, then to one that is reset
        give(address(server, "postgres"), address(server, "given"))
        assert told(server, "given") == []


def test_a_database_made_from_another_is_its_equal(server: Postgres) -> None:
    server.admin(b"create database twin template postgres owner postgres")
    assert told(server, "twin") == []
