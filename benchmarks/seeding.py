"""How fast rows are made up and loaded, beside plain COPY of a ready file of the same rows.

Prints rows a second of both, and the ratio, of a table like tasks and of the application's whole
schema. Seeding is all that `invoke data.seed` does: planning, trying a sample, making rows, COPY,
indexes, statistics and the check of every key. Plain COPY keeps the indexes up to date as it goes,
starts no triggers either, and checks nothing.
"""

import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from time import perf_counter

import psycopg

from staging.clouds import contents, loading, postgres, structure
from staging.clouds.postgres import Address
from staging.inventory.tables import TableProfile
from staging.operations import seeding
from tests.postgres import server

ROWS, RUNS, RATIO = 200_000, 3, 0.6
SCHEMA = Path(__file__).parents[1] / "rehearsal" / "schema"
NEEDED = """
grant set on parameter session_replication_role to postgres;
create schema storage; create table storage.buckets (id text, name text, public bool);
create table storage.objects (bucket_id text, owner uuid);
alter table storage.buckets owner to postgres; alter table storage.objects owner to postgres;
grant usage on schema storage to postgres;
create function auth.uid() returns uuid language sql as 'select null::uuid';
"""
TASKS = """
create type task_status as enum ('waiting', 'pending', 'running', 'completed', 'failed', 'skipped');
create table jobs (id uuid primary key, name text not null);
create table pages (id bigint primary key, path text not null unique);
create table tasks (
    id uuid primary key, job_id uuid not null references jobs,
    page_id bigint not null references pages,
    status task_status not null, status_code integer, response_time integer, cache_status text,
    error text, retry_count integer not null default 0 check (retry_count between 0 and 9),
    created_at timestamptz not null, started_at timestamptz, completed_at timestamptz,
    check (completed_at >= started_at), unique (job_id, page_id)
);
create index on tasks (created_at) where status = 'pending';
create index on tasks (job_id, status);
"""


@dataclass(frozen=True, slots=True)
class Ratio:
    """Rows a second of both ways."""

    rows: int
    seeded: float
    copied: float

    @property
    def ratio(self) -> float:
        """Seeding over plain COPY."""
        return self.seeded / self.copied

    def __str__(self) -> str:
        return (
            f"{self.rows:,} rows: seeded {self.seeded:,.0f} rows/s, plain COPY of the same rows "
            f"{self.copied:,.0f} rows/s; ratio {self.ratio:.2f} (≥ {RATIO})"
        )


def holding(rows: Mapping[str, int]) -> dict[str, TableProfile]:
    """A profile that says nothing but how many rows there are."""
    return {
        f"public.{name}": TableProfile(
            name=f"public.{name}",
            rows=count,
            source="statistics",
            table_bytes=0,
            index_bytes=0,
            analyzed=None,
            columns={},
        )
        for name, count in rows.items()
    }


@contextmanager
def database(*scripts: str) -> Iterator[Address]:
    """A server with these tables."""
    with server() as where:
        admin = f"host=127.0.0.1 port={where.port} user=admin dbname=postgres"
        with psycopg.connect(admin) as connection:
            connection.execute(NEEDED)
            connection.execute("set role postgres")
            for script in scripts:
                connection.execute(script.encode())
        yield where


def compare(where: Address, profile: Mapping[str, TableProfile], *, runs: int = RUNS) -> Ratio:
    """Both ways in turn, so that a machine that slows down slows both."""
    seeded, copied, rows = [], [], 0
    for run in range(runs):
        began = perf_counter()
        rows = seeding.seed(where, profile, seed=run).rows
        seeded.append(perf_counter() - began)
        copied.append(plain(where))
    return Ratio(rows, rows / median(seeded), rows / median(copied))


def plain(where: Address) -> float:
    """Seconds of COPY of all that the tables hold, which is on this side before it begins."""
    with postgres.connect(where, read_only=False) as connection:
        connection.autocommit = True
        loading.patient(connection)
        tables = structure.read(connection)
        ready = {}
        for table in tables:
            columns = [each.name for each in table.columns if not each.generated]
            ready[table.name] = (columns, _taken_out(connection, table.name, columns))
        contents.empty(connection, list(ready))
        if not loading.replica(connection):
            raise AssertionError("this role cannot load without triggers")
        began = perf_counter()
        for name, (columns, parts) in ready.items():
            loading.copy(connection, name, columns, parts)
        return perf_counter() - began


def _taken_out(
    connection: "psycopg.Connection[tuple[object, ...]]", table: str, columns: list[str]
) -> list[bytes]:
    names = ", ".join(f'"{name}"' for name in columns)
    with (
        connection.cursor() as cursor,
        cursor.copy(f"copy {table} ({names}) to stdout".encode()) as reading,
    ):
        whole = b"".join(bytes(part) for part in reading)
    return [whole[at : at + 1_000_000] for at in range(0, len(whole), 1_000_000)]


def application() -> list[str]:
    """The application's schema, as the rehearsal's production has it."""
    return [file.read_text() for file in sorted(SCHEMA.glob("*.sql"))]


def shares(rows: int) -> dict[str, int]:
    """So many rows over the application's tables, most of them tasks."""
    parts = {"tasks": 0.7, "pages": 0.2, "page_analytics": 0.05, "jobs": 0.01, "users": 0.01}
    small = {"organisations": 200, "domains": 500, "plans": 5, "schedulers": 300}
    small |= dict.fromkeys(("organisation_members", "organisation_invites", "daily_usage"), 1_000)
    small |= {"notifications": 2_000, "job_share_links": 500}
    return {name: int(rows * part) for name, part in parts.items()} | small


def main() -> None:
    """Measure both; a smaller number of rows may be named."""
    rows = int(sys.argv[1]) if len(sys.argv) > 1 else ROWS
    with database(TASKS) as where:
        few = holding({"tasks": rows, "jobs": max(1, rows // 200), "pages": max(1, rows // 20)})
        print(f"a table like tasks: {compare(where, few)}", flush=True)
    with database(*application()) as where:
        print(f"the application's schema: {compare(where, holding(shares(rows)))}", flush=True)


if __name__ == "__main__":
    main()
