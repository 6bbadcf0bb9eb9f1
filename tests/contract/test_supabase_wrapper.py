"""What staging/ asks of supabase, asked of the stand-in and of each real program alike."""

import inspect
import os
import signal
import subprocess
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TypeVar

import pytest

from staging.clouds.permission import Permission
from staging.clouds.postgres import Address
from staging.clouds.program import Program
from staging.clouds.supabase import Supabase as Wrapper
from staging.errors import CommandFailed, NotAuthenticated, NotFound
from staging.inventory import Project
from staging.secret import Secret
from tests.contract import test_supabase_push, test_supabase_services_read
from tests.contract.faultyapi import ANSWERS, FaultyApi
from tests.contract.supabaseplay import (
    AS_JSON,
    ORGANISATION,
    PASSWORD,
    PROGRAMS,
    Supabase,
    lets_in,
    project,
    usable,
)
from tests.waiting import until

T = TypeVar("T")
HOLES = """
drop table if exists public.holes;
create table public.holes (id int primary key, what text) with (autovacuum_enabled = off);
insert into public.holes select n, repeat('x', 100) from generate_series(1, 60000) n;
delete from public.holes where id < 55000;
"""
NAME = "blue-banded-bee-staging"
SHOWN = {
    "version": "test_the_version_is_read",
    "organisations": "test_the_organisations_of_the_token_are_read",
    "projects": "test_the_projects_are_read_with_what_identifies_them",
    "keys": "test_the_keys_come_unmasked_and_by_kind",
    "pooler": "test_the_pooler_is_the_one_that_link_writes",
    "create": "test_a_project_is_made_takes_another_password_and_ends",
    "reset_password": "test_a_project_is_made_takes_another_password_and_ends",
    "destroy": "test_a_project_is_made_takes_another_password_and_ends",
    "push": "test_pending_migrations_are_applied_once_and_named",
    "advisors": "test_advisors_find_what_anybody_may_read",
    "inspect": "test_the_room_that_a_table_wastes_is_inspected",
    "services": "test_differences_of_real_projects_vanish_with_what_the_rule_says",
}


@pytest.fixture(params=PROGRAMS)
def supabase(shared: Supabase, tmp_path: Path, request: pytest.FixtureRequest) -> Supabase:
    """Each program in turn, about the shared project."""
    return replace(shared, cwd=tmp_path, program=PROGRAMS[request.param])


def wrapper(supabase: Supabase, **more: str) -> Wrapper:
    env = {**supabase.environment(), **more}
    token = Secret(env["SUPABASE_ACCESS_TOKEN"])
    return Wrapper(
        Program(supabase.program, env), token=token, may_change=Permission(projects={NAME})
    )


def its_project(found: Wrapper, ref: str) -> Project:
    return next(each for each in found.projects() if each.ref == ref)


def test_every_verb_has_a_contract_test() -> None:
    verbs = {n for n, _ in inspect.getmembers(Wrapper, inspect.isfunction) if n[0] != "_"}
    assert verbs == set(SHOWN)
    here = {*globals(), *vars(test_supabase_services_read), *vars(test_supabase_push)}
    assert {name for name in SHOWN.values() if name in here} == set(SHOWN.values())


def test_the_version_is_read(supabase: Supabase, request: pytest.FixtureRequest) -> None:
    name = request.node.callspec.params["supabase"]
    dotted = ".".join(map(str, wrapper(supabase).version()))
    assert dotted == ("3.1.0" if name == "stand-in" else name)


def test_the_organisations_of_the_token_are_read(supabase: Supabase) -> None:
    assert ORGANISATION in [found.slug for found in wrapper(supabase).organisations()]


def test_the_projects_are_read_with_what_identifies_them(supabase: Supabase) -> None:
    found = {each.name: each for each in wrapper(supabase).projects()}
    mine = found["shared"]
    assert (mine.ref, mine.organisation) == (supabase.ref, ORGANISATION)
    assert (mine.region, mine.status) == ("ap-southeast-2", "ACTIVE_HEALTHY")
    assert mine.host.endswith(f":{supabase.port}")
    assert int(mine.engine) >= 15
    age = datetime.now(UTC) - datetime.fromisoformat(mine.created_at)
    assert timedelta() <= age < timedelta(days=1)
    assert found["blue-banded-bee"].ref != mine.ref


def test_the_keys_come_unmasked_and_by_kind(supabase: Supabase) -> None:
    keys = {k: v.reveal() for k, v in wrapper(supabase).keys(supabase.ref).items()}
    assert keys["publishable"].startswith("sb_publishable_")
    assert keys["secret"].startswith(("sb_secret_", "eyJ"))  # 2.103 masks the former
    assert keys["service"].startswith("eyJ")
    assert "·" not in "".join(keys.values())


def test_the_pooler_is_the_one_that_link_writes(supabase: Supabase) -> None:
    found = wrapper(supabase)
    assert found.pooler(its_project(found, supabase.ref)) == "127.0.0.1"
    assert list(supabase.cwd.rglob("supabase/.temp/project-ref")) == []


def test_a_project_is_made_takes_another_password_and_ends(supabase: Supabase) -> None:
    found = wrapper(supabase)
    first, second = Secret(PASSWORD), Secret("an@ther'/one %")
    found.create(
        NAME, organisation=ORGANISATION, region="ap-southeast-2", size="micro", password=first
    )
    born = next(each for each in found.projects() if each.name == NAME)
    its = replace(supabase, ref=born.ref)
    try:
        assert born.region == "ap-southeast-2"
        usable(its)
        found.reset_password(born, second)
        assert lets_in(its.url, second.reveal())
        assert not lets_in(its.url, first.reveal())
    finally:
        found.destroy(born)
    assert born.ref not in [each.ref for each in found.projects()]


def test_advisors_find_what_anybody_may_read(supabase: Supabase) -> None:
    with supabase.connect() as connection:
        connection.execute("create table if not exists public.open_to_all (id int)")
        connection.execute("grant select on public.open_to_all to anon")
    found = {each.place: each for each in asked(supabase, lambda w, at: w.advisors(at))}
    lint = found["public.open_to_all"]
    assert (lint.name, lint.level) == ("rls_disabled_in_public", "ERROR")
    assert "RLS has not been enabled" in lint.detail
    assert lint.remedy.startswith("https://")


def test_the_room_that_a_table_wastes_is_inspected(supabase: Supabase) -> None:
    with supabase.connect() as connection:
        connection.execute(HOLES)
        connection.execute("analyze public.holes")
    found = {row["name"]: row for row in asked(supabase, lambda w, at: w.inspect("bloat", at))}
    assert found["public.holes"] == {
        "type": "table",
        "name": "public.holes",
        "bloat": "12.3",
        "waste": "7608 kB",
    }
    assert found["public.holes::holes_pkey"]["waste"] == "752 kB"


def asked(supabase: Supabase, call: Callable[[Wrapper, Address], T]) -> T:
    """What a call about the project's database gives; a program without the command is skipped."""
    password = Secret(PASSWORD)
    where = Address(host="127.0.0.1", port=supabase.port, user="postgres", password=password)
    try:
        return call(wrapper(supabase), where)
    except CommandFailed as error:
        if "unknown" not in error.output.lower():
            raise
        pytest.skip(f"{supabase.program} has no such command")


@pytest.mark.parametrize("token", ["", "not-a-token", f"sbp_{'0' * 40}"])
def test_a_token_that_does_not_do_is_told_as_such(supabase: Supabase, token: str) -> None:
    with pytest.raises(NotAuthenticated) as told:
        wrapper(supabase, SUPABASE_ACCESS_TOKEN=token).projects()
    assert "SUPABASE_ACCESS_TOKEN" in told.value.remedy
    assert not token or token not in str(told.value)


def test_a_foreign_project_is_told_as_not_allowed(supabase: Supabase) -> None:
    with pytest.raises(NotAuthenticated, match="may not do this"):
        wrapper(supabase).keys("abcdefghijklmnopqrst")


def test_a_missing_project_cannot_be_destroyed(supabase: Supabase) -> None:
    found = wrapper(supabase)
    missing = replace(its_project(found, supabase.ref), ref="abcdefghijklmnopqrst", name=NAME)
    with pytest.raises(NotFound):
        found.destroy(missing)


def test_two_that_destroy_at_once_leave_one_told_that_it_is_gone(
    supabase: Supabase, tmp_path: Path
) -> None:
    with project(supabase.world, tmp_path, NAME) as its:
        found = wrapper(supabase)
        target = its_project(found, its.ref)

        def destroy(_: int) -> type[Exception] | None:
            try:
                found.destroy(target)
            except CommandFailed as error:
                return type(error)
            return None

        with ThreadPoolExecutor(2) as pool:
            ends = set(pool.map(destroy, range(2)))
        assert None in ends
        assert ends <= {None, NotFound, NotAuthenticated}
        assert its.ref not in [each.ref for each in found.projects()]


@pytest.mark.parametrize("illness", ANSWERS)
def test_an_ill_api_is_an_error_with_its_evidence(
    supabase: Supabase, faulty: FaultyApi, illness: str
) -> None:
    faulty.illness = illness
    with pytest.raises(CommandFailed) as told:
        wrapper(
            supabase, SUPABASE_PROFILE=str(faulty.profile), SUPABASE_API_MAX_RETRIES="0"
        ).projects()
    assert told.value.detail
    assert faulty.calls[0].startswith("GET /v1/projects")


def test_an_api_that_is_down_is_told_as_unreachable(supabase: Supabase, tmp_path: Path) -> None:
    profile = tmp_path / "down.yaml"
    lines = ["name: down", *(f"{key}: http://127.0.0.1:1" for key in ("api_url", "dashboard_url"))]
    profile.write_text("\n".join([*lines, "project_host: supabase.test", ""]))
    with pytest.raises(CommandFailed, match="cannot be reached"):
        wrapper(supabase, SUPABASE_PROFILE=str(profile)).projects()


def test_a_call_that_hangs_ends_with_its_time(supabase: Supabase, faulty: FaultyApi) -> None:
    env = {**supabase.environment(), "SUPABASE_PROFILE": str(faulty.profile)}
    begun = time.monotonic()
    with pytest.raises(CommandFailed, match="did not finish in 8 s"):
        Program(supabase.program, env).run("projects", "list", *AS_JSON, timeout=8)
    assert time.monotonic() - begun < 20
    assert faulty.calls


def test_an_interrupted_call_ends_at_once(supabase: Supabase, faulty: FaultyApi) -> None:
    env = {**supabase.environment(), "SUPABASE_PROFILE": str(faulty.profile)}
    argv = [supabase.program, "projects", "list", *AS_JSON]
    with subprocess.Popen(argv, env=env, stdin=subprocess.DEVNULL, process_group=0) as process:
        until(lambda: faulty.calls)
        os.killpg(process.pid, signal.SIGINT)
        assert process.wait(timeout=10) != 0
