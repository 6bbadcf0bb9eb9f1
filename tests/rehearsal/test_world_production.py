"""Production, as every world is born with it."""

from collections.abc import Iterator

import psycopg
import pytest

from tests.rehearsal.worlds import ROOT, World, world


@pytest.fixture(scope="module")
def born(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with world(tmp_path_factory.mktemp("world") / "home") as made:
        yield made


def test_what_tells_secrets_can_be_read_by_its_owner_only(born: World) -> None:
    for name in ("environment", "world.json", "state/supabase.json", "state/fly.json"):
        assert (born.home / name).stat().st_mode & 0o777 == 0o600, name


def test_production_has_its_schema_and_each_migrations_row(born: World) -> None:
    files = sorted(
        path.stem.partition("_")[0] for path in (ROOT / "rehearsal/schema").glob("*.sql")
    )
    with born.production() as connection:
        query = "select version from supabase_migrations.schema_migrations order by version"
        assert [row[0] for row in connection.execute(query)] == files


def test_production_has_rows(born: World) -> None:
    with born.production() as connection:
        row = connection.execute("select count(*) from public.jobs").fetchone()
    assert row
    assert row[0] > 0


def test_the_reader_cannot_write(born: World) -> None:
    with born.production() as connection, pytest.raises(psycopg.errors.ReadOnlySqlTransaction):
        connection.execute("create table public.oops ()")


def test_the_reader_cannot_write_when_it_insists(born: World) -> None:
    with born.production() as connection:
        connection.execute("set default_transaction_read_only = off")
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute("delete from public.jobs")


def test_postgres_is_no_superuser_and_trust_opens_nothing(born: World) -> None:
    with born.production() as connection:
        query = "select rolsuper, rolbypassrls from pg_roles where rolname = 'postgres'"
        assert connection.execute(query).fetchone() == (False, True)
        port = connection.info.port
    with pytest.raises(psycopg.OperationalError, match="no password supplied"):
        psycopg.connect(f"host=127.0.0.1 port={port} user=supabase_admin dbname=postgres")


def test_the_status_names_the_app_and_the_database(born: World) -> None:
    found = born.status()
    assert [app["app"] for app in found["apps"]] == ["blue-banded-bee"]
    assert [machine["state"] for machine in found["apps"][0]["machines"]] == ["started"]
    project = found["projects"][0]
    assert (project["status"], project["database"]["host"]) == ("ACTIVE_HEALTHY", "127.0.0.1")
