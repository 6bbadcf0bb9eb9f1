"""A masked copy: keys hold together, nothing original arrives, and the search would find it."""

from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest

from staging.errors import ConfigurationError, Refused
from staging.operations import copying
from staging.operations.copying import Copied, Sampling
from staging.secret import Secret
from staging.settings import Settings, load
from staging.settings.records import Data
from tests.rehearsed.checkout import ROOT
from tests.unit.databases import Databases, all_rows, databases

SCHEMA = """
create table people (
    id uuid primary key, boss uuid references people, mail text unique, name varchar(30),
    born date, seen timestamptz, doc jsonb, pay integer
);
create table orders (
    id bigint primary key, person uuid not null references people, note text, total numeric(8, 2)
);
"""
ROWS = """
insert into people select ('00000000-0000-4000-8000-' || lpad(n::text, 12, '0'))::uuid, null,
    'person' || n || '@planted.example', 'Planted Person ' || n, date '1980-01-01' + n,
    timestamptz '2026-01-01 10:00:00+00' + n * interval '1 hour', '{"secret": "planted doc"}',
    n * 7 from generate_series(1, 200) n;
update people set boss = '00000000-0000-4000-8000-000000000001'
    where mail <> 'person1@planted.example';
insert into orders select n,
    ('00000000-0000-4000-8000-' || lpad((n % 200 + 1)::text, 12, '0'))::uuid, 'Nothing to see', n
    from generate_series(1, 1000) n;
"""
RULES = {
    "public.people.id": "key",
    "public.people.boss": "key",
    "public.people.mail": "email",
    "public.people.name": "text",
    "public.people.born": "date",
    "public.people.seen": "date",
    "public.people.doc": "json",
    "public.people.pay": "number",
    "public.orders.id": "key",
    "public.orders.person": "key",
    "public.orders.note": "keep",
    "public.orders.total": "keep",
}
KEY = Secret("a key of this test's")


@pytest.fixture(scope="module")
def server() -> Iterator[Databases]:
    with databases() as found:
        yield found


def settings(rules: dict[str, str]) -> Settings:
    return replace(load(ROOT), data=Data(copy=True, masking=rules))


def copied(
    server: Databases,
    rules: dict[str, str] = RULES,
    *,
    rows: str = ROWS,
    sampling: Sampling | None = None,
    key: Secret = KEY,
) -> tuple[Copied, Callable[[str], list[tuple[object, ...]]]]:
    """What came of it, and how to ask staging."""
    theirs, ours = server.made(SCHEMA + rows), server.made(SCHEMA)
    found = copying.bring(theirs, ours, settings(rules), sampling or Sampling(), key=key)
    return found, lambda query: all_rows(ours, query)


def test_no_original_arrives_and_every_key_holds(server: Databases) -> None:
    found, ask = copied(server)
    assert (found.verdict, found.leaks, found.orphans) == ("pass", (), {})
    assert found.rows == {"public.orders": 1000, "public.people": 200}
    assert found.originals > 600
    assert "public.people.mail" in found.scanned
    assert "public.people.pay" in found.unscanned
    everything = str(ask("select p::text from people p union all select o::text from orders o"))
    assert "lanted" not in everything
    assert "00000000-0000-4000-8000" not in everything
    assert ask("select count(distinct mail), count(distinct id), count(boss) from people") == [
        (200, 200, 199)
    ]
    assert ask("select count(*) from orders join people on people.id = person") == [(1000,)]


def test_the_same_key_makes_the_same_masks_and_another_makes_others(server: Databases) -> None:
    query = "select md5(string_agg(p::text, '|' order by p::text)) from people p"
    first, again, other = (copied(server, key=k)[1](query) for k in (KEY, KEY, Secret("b")))
    assert first == again != other


def test_originals_that_a_weak_rule_lets_through_are_found_and_nothing_is_kept(
    server: Databases,
) -> None:
    hidden = "update orders set note = 'call person7@planted.example, please' where id = 5;"
    found, ask = copied(server, rows=ROWS + hidden)
    assert (found.verdict, found.exit_code) == ("fail", 1)
    assert [(each.masked, each.found_in, each.values) for each in found.leaks] == [
        ("public.people.mail", "public.orders.note", 1)
    ]
    assert ask("select count(*) from people") == [(0,)]


def test_a_part_of_the_rows_brings_what_it_refers_to(server: Databases) -> None:
    found, ask = copied(server, sampling=Sampling(fraction=0.1, rows=40))
    assert found.verdict == "pass"
    assert 0 < found.rows["public.orders"] <= 40
    assert found.rows["public.people"] < 200
    missing = "select from orders where person not in (select id from people)"
    assert ask(missing) == []


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"public.people.mail": None}, "public.people.mail has no rule"),
        ({"public.people.nosuch": "keep"}, "public.people.nosuch has a rule"),
        ({"public.orders.person": "keep"}, "public.orders.person is keep, public.people.id is key"),
        ({"public.people.pay": "email"}, "is email, which does not suit integer"),
        ({"public.people.*": "skip"}, "refers to public.people, which is skipped"),
    ],
)
def test_rules_that_leave_something_open_stop_it(
    server: Databases, change: dict[str, str | None], problem: str
) -> None:
    rules = {name: rule for name, rule in {**RULES, **change}.items() if rule}
    with pytest.raises(ConfigurationError, match="does not cover") as told:
        copied(server, rules, rows="")
    assert problem in told.value.detail


def test_a_new_column_stops_it_until_it_has_a_rule(server: Databases) -> None:
    with pytest.raises(ConfigurationError, match="does not cover") as told:
        copied(server, rows="alter table people add phone text;")
    assert "public.people.phone has no rule" in told.value.detail


@pytest.mark.parametrize(("masked", "consent"), [(False, True), (True, False)])
def test_without_consent_no_row_is_read(masked: bool, consent: bool) -> None:
    asked = replace(load(ROOT), data=Data(copy=consent, masking=RULES))
    with pytest.raises(Refused):
        copying.copy(asked, Sampling(), masked=masked, ask=lambda _: "")
