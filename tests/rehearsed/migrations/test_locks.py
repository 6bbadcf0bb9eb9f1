"""The locks that are traced are those of PostgreSQL's manual, and are held as long as traced."""

import threading
import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path
from statistics import median
from typing import Any

import psycopg
import pytest

from staging.clouds.postgres import Address
from staging.operations.rehearsing.tracing import Tracer
from staging.rules.locks import strictest
from staging.rules.statements import statements
from staging.rules.traced import Traced
from tests.postgres import binaries, server

KINDS: list[dict[str, Any]] = tomllib.loads(
    Path(__file__).with_name("locks.toml").read_text("utf-8")
)["kind"]
LIMITS = {"lock_timeout": "10s", "statement_timeout": "60s"}
Record = Callable[[str, object], None]
WITHIN = 0.010  # seconds
TRIES = 20
"""Who is woken late by a busy machine waits longer than the lock was held."""
WAITS = """
do $$ declare began timestamptz := clock_timestamp();
begin
  lock table big in row exclusive mode;
  perform set_config('test.waited', extract(epoch from clock_timestamp() - began)::text, false);
end $$
"""
MADE = """
create schema {0}; set search_path = {0};
create table p (id int primary key); insert into p select generate_series(1, 50);
create table t (id int primary key, n int, p int, x text default 'x', flag boolean);
insert into t select i, i, i, 'x', true from generate_series(1, 50) i;
create index i on t (n); create unique index u on t (n);
alter table t add constraint c check (n > 0) not valid;
alter table t add constraint f foreign key (p) references p not valid;
create trigger g before update on t for each row
  execute function suppress_redundant_updates_trigger();
create policy o on t using (id > 0);
create materialized view v as select id, n from t; create unique index v_id on v (id);
create table r (id int not null) partition by range (id);
create table r1 partition of r for values from (0) to (100); create table r2 (id int not null);
create table k (id int not null);
"""


@pytest.fixture(
    scope="module",
    params=[
        binaries(),
        pytest.param(binaries().parents[1] / "pginstall18" / "bin", marks=pytest.mark.nightly),
        pytest.param(Path("/usr/lib/postgresql/15/bin"), marks=pytest.mark.nightly),
    ],
    ids=["16", "18", "15"],
)
def address(request: pytest.FixtureRequest) -> Iterator[Address]:
    if not request.param.is_dir():
        pytest.skip(f"there is no {request.param}")
    with server(request.param) as running:
        with psycopg.connect(running.url().reveal()) as connection:
            for number in range(len(KINDS)):
                connection.execute(MADE.format(f"k{number}"))
        yield running


def traced(address: Address, text: str, *, schema: str = "public") -> Traced:
    with Tracer(address, {**LIMITS, "search_path": schema}) as tracer:
        found = tracer.apply("kind.sql", statements(text))
    assert not found.error, found.error
    return found


@pytest.mark.parametrize("number", range(len(KINDS)), ids=lambda n: KINDS[n]["does"][:60])
def test_the_locks_of_each_statement_are_the_documented_ones(
    address: Address, number: int, record_property: Record
) -> None:
    kind, schema = KINDS[number], f"k{number}"
    found: dict[str, set[str]] = {}
    for lock in traced(address, kind["does"], schema=schema).locks:
        if not lock.new:
            found.setdefault(lock.object.removeprefix(f"{schema}."), set()).add(lock.mode)
    modes = {name: strictest(held).removesuffix("Lock") for name, held in found.items()}
    right = {name: modes.get(name) for name in kind["locks"]} == kind["locks"]
    record_property("locks", "found" if right else "missed")
    assert {name: modes.get(name) for name in kind["locks"]} == kind["locks"]
    tables = {"p", "t", "v", "r", "r1", "r2", "k"} & modes.keys() - kind["locks"].keys()
    assert all(modes[name] == "AccessShare" for name in tables), modes


@pytest.mark.parametrize("does", ["alter table big alter n type bigint", "create index on big (x)"])
def test_a_lock_is_held_as_long_as_a_blocked_session_waits(
    address: Address, does: str, record_property: Record
) -> None:
    apart: list[float] = []
    while len(apart) < TRIES and min(apart, default=1.0) > WITHIN:
        with psycopg.connect(address.url().reveal(), autocommit=True) as other:
            other.execute("drop table if exists big")
            other.execute(
                "create table big as select i as id, i as n, md5(i::text) as x "
                "from generate_series(1, 60000) i"
            )
            longest, found = _blocked(address, does)
        mode = "ShareLock" if "index" in does else "AccessExclusiveLock"
        held = max(lock.held for lock in found.locks if lock.mode == mode and not lock.new)
        apart.append(abs(held - longest))
    record_property("blocked", f"{min(apart) * 1000:.1f} {median(apart) * 1000:.1f}")
    assert min(apart) <= WITHIN, apart


def _blocked(address: Address, does: str) -> tuple[float, Traced]:
    """What the longest wait of a writer was, by its own clock, while it is applied."""
    over, ready, waits = threading.Event(), threading.Event(), [0.0]

    def write() -> None:
        with psycopg.connect(address.url().reveal(), autocommit=True) as session:
            while not over.is_set():
                session.execute(WAITS)
                told = session.execute("select current_setting('test.waited')").fetchone()
                waits.append(float(told[0]) if told else 0.0)
                ready.set()

    thread = threading.Thread(target=write, daemon=True)
    thread.start()
    assert ready.wait(10)
    try:
        found = traced(address, does)
    finally:
        over.set()
        thread.join(20)
    return max(waits), found
