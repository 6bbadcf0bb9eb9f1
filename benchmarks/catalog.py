"""How long two 60-table databases take to be compared: by their catalogs, and by pg_dump and diff.

Prints the median of five of each, and the ratio: on this machine's own loopback, and through a
relay that has the delay of a database elsewhere. Parity reads both sides side by side; the dumps
are made one after the other, as whoever types them does, and also side by side.
"""

import os
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from statistics import median
from threading import Thread
from time import perf_counter

from staging.clouds import catalog, dumps, postgres
from staging.clouds.postgres import Address
from staging.inventory import Catalog
from staging.rules.catalog import differences
from staging.secret import Secret
from tests.postgres import binaries
from tests.rehearsal.application_postgres import PASSWORD, Postgres

TABLES, RUNS = 60, 5
LIMIT, RATIO = 0.5, 0.5
ONE_WAY = 0.005  # seconds
TABLE = """
create table made.t{n} (
    id bigint generated always as identity primary key, name text not null unique,
    state made.state not null default 'open', amount numeric(10, 2) default 0 check (amount >= 0),
    twice numeric generated always as (amount * 2) stored, tags text[] default '{{}}',
    data jsonb, made_at timestamptz not null default now(), changed_at timestamptz,
    other bigint references made.t{before} on delete cascade
);
create index on made.t{n} (state, made_at desc);
create index on made.t{n} (other) where state = 'open';
alter table made.t{n} enable row level security;
create policy reads on made.t{n} for select to authenticated using (name = current_user);
create policy writes on made.t{n} for update to authenticated using (amount > 1) with check (true);
create function made.f{n}() returns trigger language plpgsql set search_path = '' as $$
begin
    new.changed_at = now();
    return new;
end $$;
create trigger touched before update on made.t{n} for each row execute function made.f{n}();
grant select on made.t{n} to anon, authenticated;
comment on table made.t{n} is 'Table {n}.';
"""


@contextmanager
def databases() -> Iterator[tuple[Address, Address]]:
    """Two databases that differ in one default."""
    tables = [TABLE.format(n=n, before=max(n - 1, 0)) for n in range(TABLES)]
    made = "create schema made; create type made.state as enum ('open', 'done');" + "".join(tables)
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        server = Postgres(Path(folder))
        try:
            server.admin(b"set role postgres;" + made.encode())
            server.admin(b"create database twin template postgres owner postgres")
            server.admin(b"alter table made.t7 alter amount set default 1")
            yield address(server, "postgres"), address(server, "twin")
        finally:
            server.stop()


def address(server: Postgres, name: str) -> Address:
    """One of the server's databases, as its owner."""
    password = Secret(PASSWORD)
    return Address(
        host="127.0.0.1", port=server.port, user="postgres", password=password, name=name
    )


def by_catalogs(sides: tuple[Address, Address]) -> int:
    """How many differences, with connecting."""
    with ThreadPoolExecutor() as pool:
        return len(differences(*pool.map(_read, sides)))


def _read(where: Address) -> Catalog:
    with postgres.connect(where, read_only=True, limits=False) as connection:
        return catalog.read(connection)


def by_dumps(sides: tuple[Address, Address], *, at_once: int) -> int:
    """How many lines the program diff says, which is quicker than Python's."""
    with ThreadPoolExecutor(at_once) as pool, tempfile.TemporaryDirectory() as folder:
        files = [Path(folder, name) for name in ("production", "staging")]
        for file, text in zip(files, pool.map(_dump, sides), strict=True):
            file.write_text(text)
        argv = ["diff", *map(str, files)]
        return subprocess.run(argv, capture_output=True, timeout=60).stdout.count(b"\n")


def _dump(where: Address) -> str:
    env = {"PATH": os.environ["PATH"]}
    return dumps.dump(where, [], pg_dump=str(binaries() / "pg_dump"), env=env)


@contextmanager
def far(where: Address) -> Iterator[Address]:
    """The same database, as far away as one in a region nearby."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
        Thread(target=_accept, args=(listening, where.port), daemon=True).start()
        yield replace(where, port=port)


def _accept(listening: socket.socket, port: int) -> None:
    with suppress(OSError):
        while True:
            near, _ = listening.accept()
            there = socket.create_connection(("127.0.0.1", port))
            for one, other in ((near, there), (there, near)):
                other.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                Thread(target=_carry, args=(one, other), daemon=True).start()


def _carry(one: socket.socket, other: socket.socket) -> None:
    with suppress(OSError):
        while said := one.recv(1 << 20):
            time.sleep(ONE_WAY)
            other.sendall(said)
        other.shutdown(socket.SHUT_WR)


def seconds(work: Callable[[], int]) -> float:
    """What one run takes; it must have found the difference."""
    begun = perf_counter()
    if not work():
        raise AssertionError("the difference was not found")
    return perf_counter() - begun


def compare(label: str, sides: tuple[Address, Address]) -> None:
    """Measure in turn, so that a machine which slows down slows both."""
    runs = [
        (
            seconds(lambda: by_catalogs(sides)),
            seconds(lambda: by_dumps(sides, at_once=1)),
            seconds(lambda: by_dumps(sides, at_once=2)),
        )
        for _ in range(RUNS)
    ]
    ours, theirs, both = (median(column) for column in zip(*runs, strict=True))
    print(f"{label}: by the catalogs {ours:.2f} s (≤ {LIMIT})")
    print(f"{label}: pg_dump, pg_dump, diff {theirs:.2f} s; ratio {ours / theirs:.2f} (≤ {RATIO})")
    print(f"{label}: with both dumps at once {both:.2f} s; ratio {ours / both:.2f}")


def main() -> None:
    """Compare two databases that are here, then as if they were elsewhere."""
    with databases() as sides:
        objects, found = len(_read(sides[0])), by_catalogs(sides)
        print(f"{TABLES} tables, {objects} objects, {found} difference found")
        compare("on loopback", sides)
        with far(sides[0]) as production, far(sides[1]) as staging:
            compare(f"{2000 * ONE_WAY:.0f} ms away", (production, staging))


if __name__ == "__main__":
    main()
