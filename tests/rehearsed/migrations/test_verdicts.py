"""Migrations whose danger is known are judged as dangerous as they are."""

import tomllib
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg import sql

from staging.clouds.postgres import Address
from staging.operations.rehearsing.attempting import attempt, weighed
from staging.operations.rehearsing.filling import Rows, plain
from staging.rules.risk import ALLOWED, ordered, risk
from staging.rules.scaling import scales
from staging.rules.statements import statements
from tests.postgres import server

CASES: list[dict[str, Any]] = tomllib.loads(
    Path(__file__).with_name("verdicts.toml").read_text("utf-8")
)["case"]
PRODUCTION = {"public.big": 20_000_000, "public.small": 50, "public.empty": 0}
UNFILLED = {"public.unfilled": 5_000_000}
MOST = 20_000
MADE = """
create type state as enum ('new', 'done');
create table small (id int primary key, name varchar(40));
create table empty (id int primary key);
create table unfilled (n int);
create table big (id int primary key, n int, amount int, ref int, note text, kind varchar(20),
  state state,
  constraint noted check (note is not null));
insert into small select i, 'name ' || i from generate_series(1, 50) i;
insert into big select i, i, i, 1 + i % 50, md5(i::text), 'kind', 'new'
  from generate_series(1, {rows}) i;
create unique index big_n on big (n);
alter table big add constraint late foreign key (ref) references small not valid;
create materialized view sums as select ref, sum(n) from big group by ref;
"""


@dataclass(frozen=True)
class Server:
    """One with a template for each size, and one without rows."""

    address: Address

    def database(self, words: str, *names: str) -> None:
        with psycopg.connect(self.address.url().reveal(), autocommit=True) as connection:
            connection.execute(sql.SQL(words).format(*map(sql.Identifier, names)))

    def template(self, name: str, rows: int) -> None:
        self.database("create database {}", name)
        where = replace(self.address, name=name)
        with psycopg.connect(where.url().reveal(), autocommit=True) as connection:
            connection.execute(MADE.format(rows=rows))
            connection.execute("vacuum analyze")

    def opening(self, names: Iterator[str]) -> Callable[[], AbstractContextManager[Address]]:
        @contextmanager
        def opened() -> Iterator[Address]:
            template = next(names)
            self.database("create database {} template {} strategy file_copy", "scratch", template)
            try:
                yield replace(self.address, name="scratch")
            finally:
                self.database("drop database {} with (force)", "scratch")

        return opened


class Filled(Rows):
    """The templates have their rows."""

    def fill(
        self, _: Address, /, target: Mapping[str, int]
    ) -> tuple[dict[str, int], dict[str, str]]:
        return {name: rows for name, rows in target.items() if name not in UNFILLED}, {}


@pytest.fixture(scope="module")
def sizes() -> Iterator[Server]:
    with server() as address:
        made = Server(address)
        for number, part in enumerate(scales(PRODUCTION, most=MOST)):
            made.template(f"size{number}", round(PRODUCTION["public.big"] * part))
        made.template("size3", 0)
        yield made


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["does"][:60] or "nothing")
def test_what_is_dangerous_is_told_and_what_is_not_is_let_through(
    sizes: Server, case: dict[str, Any], record_property: Callable[[str, object], None]
) -> None:
    files = {"case.sql": statements(case["does"])} if case["does"] else {}
    known = PRODUCTION | (UNFILLED if "unfilled" in case["does"] else {})
    opening = sizes.opening(iter([f"size{number}" for number in range(4)]))
    rows = Filled(profile=plain(known).profile)
    tried = attempt(opening, files, rows, limits={}, most=MOST)
    reasons = ordered(weighed(tried, allowed=ALLOWED))
    found = risk(reasons)
    record_property("verdict", "right" if found == case["risk"] else "wrong")
    assert found == case["risk"], reasons
    if "because" in case:
        worst = [each for each in reasons if each.level == case["risk"]]
        assert any(case["because"] in each.told for each in worst), worst
