"""Scratch databases on a real server: whole, apart from one another, and gone afterwards."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from psycopg.errors import UndefinedTable

from staging.clouds import birth, catalog, postgres
from staging.clouds import scratch as databases
from staging.clouds.dumps import Programs
from staging.clouds.postgres import Address, connect
from staging.errors import ConfigurationError, Refused
from staging.inventory import Catalog
from staging.operations import scratch
from staging.operations.scratch import Bench
from staging.rules.catalog import differences, untouched
from tests.postgres import binaries, server
from tests.unit.clouds.test_schema import MADE

ROOT = Path(__file__).parents[3]
HOLDER = """
import sys
from staging.clouds import scratch
from staging.clouds.postgres import parsed
from staging.secret import Secret
with scratch.made(parsed(Secret(sys.stdin.readline().strip()), source="stdin")) as address:
    print(address.name, flush=True)
    sys.stdin.read()
"""


@pytest.fixture(scope="module")
def bench() -> Iterator[Bench]:
    with server() as production, server() as staging:
        for where in (production, staging):
            with connect(where, read_only=False) as connection:
                postgres.script(connection, MADE)
        programs = Programs(env={"PATH": os.environ["PATH"]}, named=str(binaries() / "pg_dump"))
        plans = [("public", "plans")]
        yield Bench(staging=staging, programs=programs, production=production, reference=plans)


def of(where: Address) -> Catalog:
    with connect(where, read_only=True, limits=False) as connection:
        return catalog.read(connection)


def present(bench: Bench, prefix: str = databases.PREFIX) -> list[str]:
    with closing(databases.keeper(bench.staging)) as session:
        return [name for name in databases.present(session) if name.startswith(prefix)]


def count(where: Address, table: str) -> int:
    with connect(where, read_only=True) as connection:
        return int(connection.execute(f"select count(*) from {table}".encode()).fetchall()[0][0])


def test_a_clone_has_productions_schema_and_of_its_rows_what_is_reference(bench: Bench) -> None:
    assert bench.production
    with scratch.cloned(bench) as address:
        assert address.name != bench.staging.name
        assert differences(of(bench.production), of(address)) == ()
        assert count(address, "public.plans") == 2
        assert count(address, "supabase_migrations.schema_migrations") == 1
    assert present(bench) == []


def test_two_at_once_do_not_see_each_other_and_share_a_template(bench: Bench) -> None:
    with scratch.cloned(bench) as one, scratch.cloned(bench) as other:
        with connect(one, read_only=False) as connection:
            postgres.script(connection, "drop table public.jobs")
        assert ("table", "public.jobs") in of(other)
        assert len(present(bench, databases.TEMPLATE)) == 1
    assert present(bench) == []


def test_another_schema_is_another_template_and_the_old_one_goes(bench: Bench) -> None:
    with scratch.cloned(bench):
        before = present(bench, databases.TEMPLATE)
    assert bench.production
    with connect(bench.production, read_only=False) as connection:
        postgres.script(connection, "alter table public.jobs add column note text")
    with scratch.cloned(bench) as address:
        assert ("column", "public.jobs.note") in of(address)
    after = present(bench, databases.TEMPLATE)
    assert len(after) == 1
    assert after != before


def test_one_at_birth_has_what_is_supabases_and_nothing_of_the_applications(bench: Bench) -> None:
    with scratch.born(bench) as address:
        found = of(address)
        assert untouched(found)
        assert ("publication", "supabase_realtime") in found
        rights = [key for key in of(bench.staging) if key[0] == "default privileges"]
        assert rights
        assert [found[key] for key in rights] == [of(bench.staging)[key] for key in rights]
        assert count(address, "auth.users") == 0
    assert present(bench) == []


def test_where_cron_cannot_be_jobs_are_kept_and_never_run(bench: Bench) -> None:
    with scratch.born(bench) as address, connect(address, read_only=False) as connection:
        birth.stub_cron(connection)
        assert postgres.rows(connection, "select to_regnamespace('cron') is null")[0][0]
        postgres.script(connection, "create schema cron")
        birth.stub_cron(connection)
        for schedule in ("@daily", "@hourly"):
            postgres.rows(connection, "select cron.schedule('tidy', %s, 'select 1')", schedule)
        jobs = "select jobname, schedule from cron.job"
        assert postgres.rows(connection, jobs) == [("tidy", "@hourly")]
        assert postgres.rows(connection, "select cron.unschedule('tidy')") == [(True,)]
        assert postgres.rows(connection, jobs) == []


def test_an_error_in_the_block_comes_out_as_it_is_and_leaves_nothing(bench: Bench) -> None:
    with pytest.raises(UndefinedTable), scratch.born(bench) as address:
        fail_while_connected(address)
    assert present(bench) == []


def test_what_a_killed_run_left_is_dropped_and_what_is_in_use_stays(bench: Bench) -> None:
    killed, living = holder(bench), holder(bench)
    names = [name_of(each) for each in (killed, living)]
    assert present(bench) == sorted(names)
    killed.send_signal(signal.SIGKILL)
    killed.communicate(timeout=10)
    with scratch.born(bench) as address:
        assert present(bench) == sorted([names[1], address.name])
    living.communicate(timeout=10)
    assert present(bench) == []


def test_it_is_refused_on_productions_own_server(bench: Bench) -> None:
    assert bench.production
    mistaken = Bench(staging=bench.production, programs=bench.programs, production=bench.production)
    with pytest.raises(Refused, match="the two servers are one"), scratch.cloned(mistaken):
        pass
    assert present(mistaken) == present(mistaken, databases.TEMPLATE) == []


def test_without_production_there_is_no_schema_to_have(bench: Bench) -> None:
    alone = Bench(staging=bench.staging, programs=bench.programs)
    with pytest.raises(ConfigurationError, match="PRODUCTION_DATABASE_URL"), scratch.cloned(alone):
        pass


def fail_while_connected(address: Address) -> None:
    with closing(postgres.opened(address, read_only=False)) as connection:
        connection.execute("select * from public.nothing")


def holder(bench: Bench) -> "subprocess.Popen[str]":
    """Another run, which holds a scratch database until its stdin is closed."""
    started = subprocess.Popen(
        [sys.executable, "-c", HOLDER],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert started.stdin
    started.stdin.write(bench.staging.url().reveal() + "\n")
    started.stdin.flush()
    return started


def name_of(started: "subprocess.Popen[str]") -> str:
    assert started.stdout
    return started.stdout.readline().strip()
