"""What scratch databases cost beside the usual ways, and what migra finds of the same differences.

Prints medians and ratios; the 60-table comparison is benchmarks/catalog.py's. migra is installed
into a virtual environment of its own in .nox/, and only here; where it cannot be, that is said.
"""

import json
import os
import subprocess
import sys
import venv
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from statistics import median
from time import perf_counter

from benchmarks import catalog as comparing
from staging.clouds import dumps, postgres, scratch
from staging.clouds.dumps import Programs
from staging.clouds.postgres import Address
from staging.operations import scratch as scratching
from staging.operations.scratch import Bench
from tests.postgres import binaries, server
from tests.unit.clouds import catalog_world
from tests.unit.clouds.test_catalog_differences import CHANGES, told

RUNS = 5
MIGRA = ("migra==3.0.1663481299", "psycopg2-binary", "sqlalchemy<2", "setuptools<81")
PLACE = Path(__file__).parents[1] / ".nox" / "migra"
FINDS = Path(__file__).with_name("migra_finds.py")


@contextmanager
def benches() -> Iterator[Bench]:
    """Two servers: production with 60 tables, and staging's, which is empty."""
    made = "".join(
        comparing.TABLE.format(n=n, before=max(n - 1, 0)) for n in range(comparing.TABLES)
    )
    kinds = "create schema made; create type made.state as enum ('open', 'done');"
    with server() as production, server() as staging:
        with postgres.connect(production, read_only=False) as connection:
            postgres.script(connection, kinds + made)
        env = {"PATH": os.environ["PATH"]}
        programs = Programs(env=env, named=str(binaries() / "pg_dump"))
        yield Bench(staging=staging, production=production, programs=programs)


def clones(bench: Bench) -> None:
    """How long until there is a database with production's schema, by each way."""
    with scratching.cloned(bench):  # makes the template
        pass
    template = _template(bench)
    ways: dict[str, Callable[[], None]] = {
        "scratch database, all told": lambda: _cloned(bench),
        "the clone alone": lambda: _made(bench, template),
        "createdb -T": lambda: _createdb(bench, template),
        "pg_dump --schema-only | psql": lambda: _piped(bench),
    }
    taken: dict[str, list[float]] = {name: [] for name in ways}
    for _ in range(RUNS):
        for name, way in ways.items():  # in turn, so that a machine which slows down slows all
            begun = perf_counter()
            way()
            taken[name].append(perf_counter() - begun)
    seconds = {name: median(each) for name, each in taken.items()}
    for name, each in seconds.items():
        print(f"{name}: {each:.3f} s (of {RUNS}: {min(taken[name]):.3f}-{max(taken[name]):.3f})")
    whole, alone, createdb, piped = seconds.values()
    for name, other in (("pg_dump | psql", piped), ("createdb -T", createdb)):
        print(f"over {name}: scratch database {whole / other:.2f}, the clone {alone / other:.2f}")


def _template(bench: Bench) -> str:
    session = scratch.keeper(bench.staging)
    names = [name for name in scratch.present(session) if name.startswith(scratch.TEMPLATE)]
    session.close()
    return names[0]


def _cloned(bench: Bench) -> None:
    with scratching.cloned(bench):
        pass


def _made(bench: Bench, template: str) -> None:
    with scratch.made(bench.staging, template=template):
        pass


def _createdb(bench: Bench, template: str) -> None:
    _program(bench.staging, "createdb", "--template", template, "bench_copy")
    _program(bench.staging, "dropdb", "bench_copy")


def _piped(bench: Bench) -> None:
    """Into a database that has what the dump refers to, as a new project has."""
    assert bench.production
    _program(bench.staging, "createdb", "--template", "template0", "bench_copy")
    target = replace(bench.staging, name="bench_copy")
    dump = [str(binaries() / "pg_dump"), "--schema-only", "--no-owner", "--schema=made"]
    psql = [str(binaries() / "psql"), "-q", "-v", "ON_ERROR_STOP=1", "-1"]
    with subprocess.Popen(
        [*dump, *dumps.connection_words(bench.production)],
        stdout=subprocess.PIPE,
        env=_env(bench.production),
    ) as writing:
        words = [*psql, *dumps.connection_words(target)]
        subprocess.run(
            words,
            stdin=writing.stdout,
            stdout=subprocess.DEVNULL,
            env=_env(target),
            check=True,
            timeout=300,
        )
    _program(bench.staging, "dropdb", "bench_copy")


def _program(where: Address, name: str, *words: str) -> None:
    place = ["--host", where.host, "--port", str(where.port), "--username", where.user]
    argv = [str(binaries() / name), *place, *words]
    subprocess.run(argv, env=_env(where), check=True, timeout=300, capture_output=True)


def _env(where: Address) -> dict[str, str]:
    return {"PATH": os.environ["PATH"], "PGPASSWORD": where.password.reveal()}


def finds(every: int) -> None:
    """Of the differences that are injected one by one, how many each of both finds."""
    chosen = CHANGES[::every]
    changes = [change.replace("\\n", "\n") for *_, change in chosen]
    with catalog_world.world() as world:
        ours = sum(
            told(world.after(change)) == [tuple(expected)]
            for (*expected, _), change in zip(chosen, changes, strict=True)
        )
        print(f"catalogs: {ours} of {len(changes)} differences found and named alone")
        to = f"postgresql://supabase_admin@127.0.0.1:{world.server.port}/postgres"
        try:
            python = _migra()
        except subprocess.CalledProcessError as error:
            print(f"migra: skipped, it cannot be installed: {error.stderr.strip()[-200:]}")
            return
        asked = json.dumps({"url": to, "changes": changes})
        argv = [str(python), str(FINDS)]
        done = subprocess.run(argv, input=asked, capture_output=True, text=True, timeout=3600)
        if done.returncode:
            print(f"migra: skipped, it does not run here: {done.stderr.strip()[-200:]}")
            return
    found = json.loads(done.stdout)
    told_of = f"{sum(map(bool, found))} of {len(found)} noticed"
    print(f"migra {MIGRA[0].partition('==')[2]}: {told_of}, {found.count(None)} it could not read")


def _migra() -> Path:
    """A Python that has migra."""
    python = PLACE / "bin" / "python"
    if not python.exists():
        venv.create(PLACE, with_pip=True)
    words = [str(python), "-m", "pip", "install", "-q", *MIGRA]
    subprocess.run(words, check=True, capture_output=True, text=True, timeout=300)
    return python


def main() -> None:
    """All three; a number as argument takes each so-many-th difference only."""
    every = int(sys.argv[1]) if len(sys.argv) > 1 else 1
    with benches() as bench:
        clones(bench)
    with comparing.databases() as sides:
        comparing.compare("60 tables", sides)
    finds(every)


if __name__ == "__main__":
    main()
