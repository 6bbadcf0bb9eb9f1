"""Going back from migrations on a real server: what is lost is counted exactly."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from staging.clouds import postgres, scratch
from staging.clouds.dumps import Programs
from staging.clouds.postgres import Address, connect
from staging.operations.rehearsing import keeping
from staging.operations.rehearsing.wayback import undoing, way_back
from staging.rules.statements import statements
from staging.rules.wayback import WayBack
from tests.postgres import binaries, server

NAME = "20260301000000_change.sql"
MADE = """
create type public.mood as enum ('good', 'bad');
create table public.people (id bigint generated always as identity primary key, name text not null,
  mood public.mood, amount numeric(10, 2), twice numeric generated always as (amount * 2) stored);
create table public.notes (person bigint references public.people (id), said text);
create function public.refuse() returns trigger language plpgsql as
  $$ begin raise exception 'no row comes by this way'; end $$;
create materialized view public.moods as select mood, count(*) from public.people group by 1;
insert into public.people (name, mood, amount)
  select 'n' || i, case when i % 4 > 0 then 'bad'::public.mood end, i + 0.25
  from generate_series(1, 1000) i;
insert into public.notes select id, 'said' from public.people where id <= 300;
insert into public.notes values (null, null), (null, null);
refresh materialized view public.moods;
create trigger refuse before insert on public.notes execute function public.refuse();
alter table public.notes enable row level security;
create policy all_of_them on public.notes using (true);
create schema supabase_migrations;
create table supabase_migrations.schema_migrations (version text primary key, name text);
insert into supabase_migrations.schema_migrations values ('20260101000000', 'first');
"""
PROGRAMS = Programs(env={"PATH": os.environ["PATH"]}, named=str(binaries() / "pg_dump"))


@pytest.fixture(scope="module")
def staging() -> Iterator[Address]:
    with server() as address:
        yield address


@pytest.fixture
def where(staging: Address) -> Iterator[Address]:
    with scratch.made(staging) as address:
        with connect(address, read_only=False) as connection:
            postgres.script(connection, MADE)
        yield address


def tried(where: Address, forward: str, down: str = "") -> WayBack:
    undone = {NAME: statements(down)} if down else {}
    return way_back(where, {NAME: statements(forward)}, undone, PROGRAMS)


def lost(back: WayBack) -> dict[str, tuple[int, int, dict[str, int]]]:
    """Of each table that is not as it was: rows lost, rows added, values by column."""
    return {t.table: (t.lost, t.added, dict(t.changed)) for t in back.tables if not t.kept}


@pytest.mark.parametrize(
    ("forward", "down", "expected"),
    [
        (
            "alter table people rename column name to title",
            "alter table people rename column title to name",
            {},
        ),
        (
            "alter table people add column priority integer not null default 0",
            "alter table people drop column priority",
            {},
        ),
        (
            "alter table people drop column mood cascade",
            "alter table people add column mood mood",
            {"public.people": (0, 0, {"mood": 750})},
        ),
        (
            "alter table people drop column twice; alter table people alter amount type integer",
            "alter table people alter amount type numeric(10, 2)",
            {"public.people": (0, 0, {"amount": 1000})},
        ),
        (
            "delete from people where id > 990; update people set name = 'n1' where id < 4",
            "insert into people (name) values ('new')",
            {"public.people": (10, 1, {"name": 2})},
        ),
        (
            "delete from notes where said is null; update notes set said = 'b' where person < 8",
            "select 1",
            {"public.notes": (9, 7, {})},
        ),
        (
            "alter table notes drop column said",
            "alter table notes add column said text",
            {"public.notes": (300, 300, {})},
        ),
        (
            "drop table notes",
            "select 1",
            {"public.notes": (302, 0, {})},
        ),
    ],
)
def test_what_the_files_that_undo_it_lose_is_counted(
    where: Address, forward: str, down: str, expected: object
) -> None:
    back = tried(where, forward, down)
    assert (back.how, back.error, back.rows) == ("down", "", 1303)
    assert lost(back) == expected
    assert bool(expected) == any(reason.level == "unsafe" for reason in back.reasons)


def test_a_schema_that_does_not_come_back_is_told(where: Address) -> None:
    back = tried(where, "create index named on people (name)", "select 1")
    assert back.schema == ("index public.named is new",)
    assert back.reasons[0].level == "unsafe"


def test_without_such_a_file_what_was_kept_is_restored(where: Address) -> None:
    back = tried(
        where,
        "drop table people cascade; drop type mood; create table more (id integer);"
        "update notes set said = 'other'; delete from notes where person < 10",
    )
    assert (back.how, back.error, back.schema, lost(back)) == ("restore", "", (), {})
    assert [reason.level for reason in back.reasons] == ["note"]
    assert back.keep_seconds > 0
    assert back.back_seconds > 0


def test_after_a_restore_sequences_views_and_triggers_go_on_as_before(
    where: Address, tmp_path: Path
) -> None:
    folder = tmp_path / "kept"
    assert keeping.keep(where, folder, PROGRAMS) == 1303
    assert {path.stat().st_mode & 0o77 for path in folder.iterdir()} == {0}
    assert not keeping.changed(where, folder)
    with connect(where, read_only=False) as connection:
        connection.execute("drop table people cascade")
    assert keeping.changed(where, folder)
    assert keeping.put_back(where, folder) == 1303
    assert not keeping.changed(where, folder)
    with connect(where, read_only=False) as connection:
        added = connection.execute("insert into people (name) values ('n') returning id")
        assert added.fetchall() == [(1001,)]
        assert postgres.rows(connection, "select count(*) from moods") == [(2,)]
        with pytest.raises(Exception, match="no row comes by this way"):
            connection.execute("insert into notes values (1, 'more')")


def test_what_cannot_be_carried_out_is_told_of_the_file_that_failed(where: Address) -> None:
    forward = "alter table people add column age integer"
    back = tried(where, forward, "alter table people drop column years")
    assert back.failed == NAME
    assert 'column "years"' in back.reasons[0].told
    assert back.reasons[0].level == "unsafe"


def test_a_way_forward_that_fails_is_no_evidence(where: Address) -> None:
    back = tried(where, "alter table nobody add column age integer", "select 1")
    assert [reason.level for reason in back.reasons] == ["invalid"]


def test_files_that_undo_are_in_a_folder_beside_the_migrations(tmp_path: Path) -> None:
    (tmp_path / "down").mkdir()
    (tmp_path / "down" / NAME).write_text("drop table a; drop table b;")
    found = undoing(tmp_path / "migrations", [NAME, "20260302000000_more.sql"])
    assert {name: len(texts) for name, texts in found.items()} == {NAME: 2}
