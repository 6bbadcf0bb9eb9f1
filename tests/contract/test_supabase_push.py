"""`Supabase.push`, asked of the stand-in and of each real program alike."""

import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from staging.clouds.permission import Permission
from staging.clouds.postgres import Address
from staging.clouds.program import Program
from staging.clouds.supabase import Supabase as Wrapper
from staging.errors import CommandFailed, NotAuthenticated
from staging.inventory import Project
from staging.secret import Secret
from tests.contract.supabaseplay import PASSWORD, PROGRAMS, Supabase, project
from tests.rehearsal.worlds import World

NAME = "blue-banded-bee-staging"
FIRST, SECOND = "20260101000000_first.sql", "20260102000000_second.sql"


@pytest.fixture(scope="module")
def staging(made: World, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Supabase]:
    with project(made, tmp_path_factory.mktemp("push"), NAME) as found:
        yield found


@pytest.fixture(params=PROGRAMS)
def supabase(staging: Supabase, tmp_path: Path, request: pytest.FixtureRequest) -> Supabase:
    """Each program in turn, with a database that has no history."""
    with staging.connect() as connection:
        connection.execute("drop schema if exists supabase_migrations cascade")
        connection.execute("drop table if exists public.first, public.second")
    return replace(staging, cwd=tmp_path, program=PROGRAMS[request.param])


def wrapper(supabase: Supabase) -> Wrapper:
    env = {k: v for k, v in supabase.environment().items() if k != "PGPASSWORD"}
    token = Secret(env["SUPABASE_ACCESS_TOKEN"])
    may = Permission(projects={NAME})
    return Wrapper(Program(supabase.program, env), token=token, may_change=may)


def its_project(found: Wrapper, supabase: Supabase) -> Project:
    return next(each for each in found.projects() if each.ref == supabase.ref)


def where(supabase: Supabase, password: str = PASSWORD) -> Address:
    return Address(host="127.0.0.1", port=supabase.port, user="postgres", password=Secret(password))


def tables(supabase: Supabase) -> set[str]:
    query = "select tablename from pg_tables where tablename in ('first', 'second')"
    with supabase.connect() as connection:
        return {str(row[0]) for row in connection.execute(query.encode()).fetchall()}


def test_pending_migrations_are_applied_once_and_named(supabase: Supabase) -> None:
    found = wrapper(supabase)
    mine = its_project(found, supabase)
    supabase.migration(FIRST, "create table public.first (id int);")
    assert found.push(mine, where(supabase), supabase.cwd) == (FIRST,)
    supabase.migration(SECOND, "create table public.second (id int);")
    assert found.push(mine, where(supabase), supabase.cwd) == (SECOND,)
    assert found.push(mine, where(supabase), supabase.cwd) == ()
    assert tables(supabase) == {"first", "second"}


def test_a_migration_that_breaks_half_way_leaves_nothing_of_itself(supabase: Supabase) -> None:
    found = wrapper(supabase)
    mine = its_project(found, supabase)
    supabase.migration(FIRST, "create table public.first (id int);")
    supabase.migration(SECOND, "create table public.second (id int);\nselect 1 / 0;")
    with pytest.raises(CommandFailed) as caught:
        found.push(mine, where(supabase), supabase.cwd)
    assert "division by zero" in caught.value.output
    assert tables(supabase) == {"first"}
    supabase.migration(SECOND, "create table public.second (id int);")
    assert found.push(mine, where(supabase), supabase.cwd) == (SECOND,)


def test_a_wrong_password_pushes_nothing_and_is_shown_nowhere(supabase: Supabase) -> None:
    found = wrapper(supabase)
    supabase.migration(FIRST, "create table public.first (id int);")
    began, wrong = time.monotonic(), "n0t-the-password"
    with pytest.raises(CommandFailed) as caught:
        found.push(its_project(found, supabase), where(supabase, wrong), supabase.cwd)
    assert not isinstance(caught.value, NotAuthenticated)  # no token is at fault
    assert "password authentication failed" in caught.value.output
    assert wrong not in f"{caught.value}{caught.value.output}"
    assert time.monotonic() - began < 60
    assert tables(supabase) == set()
