"""Made-up rows: whatever a schema demands holds, and nothing is half there."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from staging.clouds import postgres, statistics
from staging.clouds.postgres import Address
from staging.errors import ConfigurationError
from staging.inventory.tables import ColumnProfile, TableProfile
from staging.operations import seeding
from staging.operations.seeded import Seeded
from staging.operations.seeding import Options
from tests.unit.databases import Databases, all_rows, databases, open_

AWKWARD = (Path(__file__).parent / "awkward.sql").read_text()
DAY = date(2026, 5, 4)
NOTHING: Mapping[str, TableProfile] = {}


@pytest.fixture(scope="module")
def server() -> Iterator[Databases]:
    with databases() as found:
        yield found


def table(name: str, rows: int | None, **columns: ColumnProfile) -> dict[str, TableProfile]:
    known = TableProfile(
        name=f"public.{name}",
        rows=rows,
        source="statistics",
        table_bytes=0,
        index_bytes=0,
        analyzed=None,
        columns=columns,
    )
    return {known.name: known}


def seed(
    where: Address,
    profile: Mapping[str, TableProfile] = NOTHING,
    *,
    number: int = 1,
    scale: float = 1.0,
    options: Options | None = None,
) -> Seeded:
    return seeding.seed(where, profile, scale=scale, seed=number, until=DAY, options=options)


def outcomes(found: Seeded) -> dict[str, str]:
    return {each.table.removeprefix("public."): each.outcome for each in found.tables}


@pytest.mark.parametrize("owner", ["postgres", "plain"])
def test_every_constraint_of_an_awkward_schema_holds(server: Databases, owner: str) -> None:
    where = server.made(AWKWARD, owner=owner)
    found = seed(where, scale=0.3)
    assert found.method.startswith("session" if owner == "postgres" else "triggers and keys")
    empty = {name for name, outcome in outcomes(found).items() if outcome == "left empty"}
    assert empty == {"impossible", "needs_it"}
    assert found.orphans == {}
    assert found.keys_checked == 9
    assert all_rows(where, "select count(*), count(distinct name) from employees") == [(300, 300)]
    assert all_rows(where, "select count(*) from pairs") == [(6,)]
    assert all_rows(where, "select count(*) > 100 from issues where ends_at > starts_at")[0][0]
    assert all_rows(where, "select count(*) from pg_constraint where not convalidated") == [(0,)]
    assert all_rows(where, "select count(*) from pg_trigger where tgenabled = 'D'") == [(0,)]


def test_a_check_that_nothing_fulfils_is_named_before_any_row_is_kept(server: Databases) -> None:
    found = seed(server.made(AWKWARD), scale=0.01)
    reasons = {each.table: " ".join(each.reasons) for each in found.tables}
    assert "never: " in reasons["public.impossible"]
    assert "refers to public.impossible, which has no rows" in reasons["public.needs_it"]
    assert "pairs_pkey allows no more" in reasons["public.pairs"]
    assert found.exit_code == 1


def test_the_same_seed_makes_the_same_rows_and_another_makes_others(server: Databases) -> None:
    sides = [server.made(AWKWARD) for _ in range(3)]
    for where, number in zip(sides, (5, 5, 6), strict=True):
        seed(where, number=number, scale=0.1)
    for name in ("issues", "projects", "events", "loose"):
        query = f"select md5(string_agg(t::text, '|' order by t::text)) from {name} t"
        first, again, other = (all_rows(where, query) for where in sides)
        assert first == again
        assert first != other


def test_rows_are_distributed_as_the_statistics_say(server: Databases) -> None:
    script = """create type mood as enum ('sad', 'ok', 'happy');
        create table owners (id int primary key);
        create table things (id int primary key, owner int references owners, mood mood,
        kind text not null, note text, paid boolean not null)"""
    told = {
        "mood": ColumnProfile(
            null_fraction=0.2, distinct=3, width=4, labels={"sad": 0.6, "ok": 0.15, "happy": 0.05}
        ),
        "kind": ColumnProfile(null_fraction=0, distinct=40, width=9, frequencies=(0.5, 0.2)),
        "note": ColumnProfile(null_fraction=0.75, distinct=-0.25, width=60),
        "paid": ColumnProfile(null_fraction=0, distinct=2, width=1, labels={"t": 0.9, "f": 0.1}),
        "owner": ColumnProfile(null_fraction=0.1, distinct=50, width=4, frequencies=(0.3,)),
    }
    where = server.made(script)
    seed(where, {**table("things", 20_000, **told), **table("owners", 100)})
    with open_(where) as connection:
        connection.execute("analyze things")
    with postgres.connect(where, read_only=True) as connection:
        found = {each.name: each for each in statistics.read(connection)}["public.things"]
    assert found.rows == 20_000
    for name, wanted in told.items():
        seen = found.columns[name]
        assert seen.null_fraction == pytest.approx(wanted.null_fraction, abs=0.02), name
        for label, share in wanted.labels.items():
            assert seen.labels[label] == pytest.approx(share, abs=0.02), name
        for one, other in zip(wanted.frequencies, seen.frequencies, strict=False):
            assert other == pytest.approx(one, abs=0.03), name
    assert found.columns["kind"].distinct == 40
    assert 45 <= found.columns["owner"].distinct <= 50
    assert found.columns["note"].width == pytest.approx(60, abs=12)


def test_a_table_that_fails_late_is_left_empty_with_the_constraint_named(server: Databases) -> None:
    script = """create table late (id int primary key, constraint not_this check (id <> 7000));
        create table fine (id int primary key)"""
    where = server.made(script)
    found = seed(where, {**table("late", 20_000), **table("fine", 20_000)})
    assert outcomes(found) == {"late": "left empty", "fine": "filled"}
    assert "not_this" in found.tables[1].reasons[0]
    assert all_rows(where, "select count(*) from late") == [(0,)]


def test_what_an_earlier_run_filled_is_kept_and_the_rest_is_filled(server: Databases) -> None:
    where = server.made(
        "create table one (id int primary key); create table two (id int primary key)"
    )
    filled: dict[str, int] = {}
    seed(where, scale=0.1, options=Options(filled=filled.__setitem__))
    assert filled == {"public.one": 100, "public.two": 100}
    with open_(where) as connection:
        connection.execute("truncate two")
    again = seed(where, scale=0.1, options=Options(done=filled))
    assert outcomes(again) == {"one": "kept", "two": "filled"}


def test_indexes_are_as_before_and_sequences_go_on(server: Databases) -> None:
    script = """create table log (id bigserial primary key, n int, word text);
        create index by_n on log (n) where n > 5;
        create index by_word on log (lower(word), n desc)"""
    where = server.made(script)
    query = "select indexdef from pg_indexes where tablename = 'log' order by 1"
    before = all_rows(where, query)
    seed(where, table("log", 25_000))
    assert all_rows(where, query) == before
    assert all_rows(where, "insert into log (n) values (1) returning id") == [(25_001,)]


COUNTED = """
create table parents (id int primary key, children int not null default 0);
create table children (id int primary key, parent int not null references parents);
create function counting() returns trigger language plpgsql as $$ begin
    update parents set children = children + 1 where id = new.parent; return new; end $$;
create trigger counts after insert on children for each row execute function counting();
create trigger also after insert on children for each row execute function counting();
"""


def test_what_triggers_keep_is_recomputed_or_said_not_to_be(server: Databases) -> None:
    statement = """update parents p set children =
        (select count(*) from children where parent = p.id)"""
    where = server.made(COUNTED)
    options = Options(recompute={"public.children.counts": statement})
    found = seed(where, scale=0.1, options=options)
    told = {each.trigger.rpartition(".")[2]: each.instead for each in found.triggers}
    assert told["counts"].startswith("recomputed")
    assert told["also"].startswith("nothing")
    assert all_rows(where, "select sum(children)::int from parents") == [(100,)]


def test_a_statement_that_fails_is_a_failure(server: Databases) -> None:
    options = Options(recompute={"public.children.counts": "update nowhere set x = 1"})
    found = seed(server.made(COUNTED), scale=0.1, options=options)
    assert found.exit_code == 1
    assert any("nowhere" in each.instead for each in found.triggers if each.failed)


@pytest.mark.parametrize(
    ("options", "problem"),
    [
        (Options(tables=("nosuch",)), "There is no table public.nosuch"),
        (Options(tables=("hens",)), "public.eggs refers to public.hens"),
        (Options(tables=("tenants",), kept=("public.tenants",)), "is a reference table"),
    ],
)
def test_tables_that_cannot_be_chosen_are_refused(
    server: Databases, options: Options, problem: str
) -> None:
    with pytest.raises(ConfigurationError, match=problem):
        seed(server.made(AWKWARD), options=options)


def test_rows_of_tables_that_are_kept_are_referred_to(server: Databases) -> None:
    script = """create table plans (id int primary key); insert into plans values (11), (12);
        create table people (id int primary key, plan int not null references plans)"""
    where = server.made(script)
    seed(where, scale=0.1, options=Options(kept=("public.plans",)))
    assert all_rows(where, "select distinct plan from people order by 1") == [(11,), (12,)]
    assert all_rows(where, "select count(*) from plans") == [(2,)]


@pytest.mark.parametrize("scale", [0.001, 11.0])
def test_a_scale_out_of_range_is_refused(server: Databases, scale: float) -> None:
    with pytest.raises(ConfigurationError, match="out of range"):
        seed(replace(server.where, name="none"), scale=scale)
