"""The rules that a wrapper of supabase 3.x lives by, held by the stand-in and the real one."""

import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from tests.contract.faultyapi import FaultyApi
from tests.contract.supabaseplay import (
    AS_JSON,
    OF_3,
    PASSWORD,
    PROGRAMS,
    Run,
    Supabase,
    emptied,
)

CREATE = ("projects", "create", "x", "--org-id", "o", "--db-password", PASSWORD, "--yes")
REF = "abcdefghijklmnopqrst"
KEYS = f"/v1/projects/{REF}/api-keys?reveal=true"


@pytest.fixture(params=OF_3)
def supabase(shared: Supabase, tmp_path: Path, request: pytest.FixtureRequest) -> Supabase:
    return replace(shared, cwd=tmp_path, program=OF_3[request.param])


def asked(supabase: Supabase, faulty: FaultyApi, *words: str, **more: str) -> Run:
    environment = {"SUPABASE_PROFILE": str(faulty.profile), **more}
    return supabase.run(*words, form=AS_JSON, **environment)


def told(status: str) -> tuple[int, object]:
    database = {"host": "db.x", "version": "15.1", "postgres_engine": "15", "release_channel": "ga"}
    owner = {"organization_id": "o", "organization_slug": "o", "region": "ap-southeast-2"}
    names = {"id": REF, "ref": REF, "name": "n", "created_at": "2026-01-01T00:00:00Z"}
    return 200, {**names, **owner, "status": status, "database": database}


def test_every_project_is_called_production(supabase: Supabase) -> None:
    supabase.run("link", "--project-ref", supabase.ref)  # or its name may come too late to be told
    target = supabase.about("backups", "list").json()["target"]
    assert (target["project_name"], target["environment"]) == ("shared", "production")


def test_errors_of_the_raw_form_are_plain_text(supabase: Supabase) -> None:
    form = ("--agent", "no", "-o", "json")
    done = supabase.run("projects", "api-keys", "--project-ref", REF, form=form)
    assert (done.exit, done.stdout) == (1, "")
    assert "necessary privileges" in done.stderr


def test_the_old_selectors_still_work_with_a_notice(supabase: Supabase) -> None:
    done = supabase.about("secrets", "list")
    assert done.exit == 0
    assert "--project-ref is deprecated and will be removed in v4" in done.stderr


def test_what_it_chatters_is_not_on_stdout(supabase: Supabase) -> None:
    done = supabase.about("projects", "api-keys")
    assert "Target: project " in done.stderr
    assert json.loads(done.stdout)["keys"]


def test_a_profile_with_an_unknown_key_is_an_error(supabase: Supabase, faulty: FaultyApi) -> None:
    faulty.profile.write_text(faulty.profile.read_text() + "nonsense: 1\n")
    code, message = asked(supabase, faulty, "orgs", "list").failure()
    assert (code, message) == (
        "ProfileLoadError",
        "failed to parse profile:\nunknown keys: nonsense",
    )


@pytest.mark.parametrize(
    ("illness", "words", "calls"),
    [
        ("500", ("orgs", "list"), 6),
        ("429", ("orgs", "list"), 6),
        ("429", (*CREATE, "--region", "ap-southeast-2", "--size", "micro"), 6),
        ("500", (*CREATE, "--region", "ap-southeast-2", "--size", "micro"), 1),
    ],
    ids=["reads are repeated", "also when throttled", "creation when throttled", "or never"],
)
def test_what_may_pass_is_asked_again(
    supabase: Supabase, faulty: FaultyApi, illness: str, words: tuple[str, ...], calls: int
) -> None:
    faulty.illness = illness
    assert asked(supabase, faulty, *words).exit == 1
    assert len(faulty.calls) == calls
    faulty.calls.clear()
    assert asked(supabase, faulty, *words, SUPABASE_API_MAX_RETRIES="0").exit == 1
    assert len(faulty.calls) == 1


@pytest.mark.parametrize(
    ("region", "size", "known"),
    [("ap-southeast-2", "nano", '"micro"'), ("syd", "micro", '"ap-southeast-2"')],
)
def test_sizes_and_regions_are_checked_before_anything_is_asked(
    supabase: Supabase, faulty: FaultyApi, region: str, size: str, known: str
) -> None:
    code, message = asked(supabase, faulty, *CREATE, "--region", region, "--size", size).failure()
    assert (code, known in message, faulty.calls) == ("InvalidValue", True, [])


def test_a_paused_project_cannot_be_linked(supabase: Supabase, faulty: FaultyApi) -> None:
    faulty.told = {f"/v1/projects/{REF}": told("INACTIVE")}
    code, message = asked(supabase, faulty, "link", "--project-ref", REF).failure()
    assert (code, message) == ("ProjectPausedError", "project is paused")


def test_a_project_that_comes_up_is_warned_of(supabase: Supabase, faulty: FaultyApi) -> None:
    faulty.illness = "500"
    faulty.told = {f"/v1/projects/{REF}": told("COMING_UP")}
    done = asked(supabase, faulty, "link", "--project-ref", REF, SUPABASE_API_MAX_RETRIES="0")
    assert "Project status is COMING_UP instead of Active Healthy" in done.stderr
    assert done.failure()[0] == "LinkAuthTokenError"


@pytest.mark.parametrize(
    ("status", "said", "code"),
    [
        (404, "Project not found", "LinkAuthTokenError"),
        (403, "Your account does not have the necessary privileges", "LinkProjectStatusError"),
    ],
)
def test_a_foreign_project_cannot_be_linked(
    supabase: Supabase, faulty: FaultyApi, status: int, said: str, code: str
) -> None:
    answer = (status, {"message": said})
    faulty.told = {f"/v1/projects/{REF}": answer, KEYS: answer}
    found, message = asked(supabase, faulty, "link", "--project-ref", REF).failure()
    assert (found, said in message) == (code, True)


def test_link_writes_what_other_commands_read(supabase: Supabase) -> None:
    assert supabase.run("link", "--project-ref", supabase.ref).exit == 0
    folder = supabase.cwd / "supabase" / ".temp"
    names = {"project-ref", "pooler-url", "postgres-version", "linked-project.json"}
    assert {each.name for each in folder.iterdir()} >= names
    assert (folder / "project-ref").read_text() == supabase.ref
    assert PASSWORD not in (folder / "pooler-url").read_text()


def test_two_pushes_at_once_race_and_leave_one_history(supabase: Supabase) -> None:
    emptied(supabase)
    supabase.migration("20260101000000_one.sql", "select pg_sleep(1); create table public.one ();")
    with ThreadPoolExecutor(2) as pool:
        ends = list(pool.map(lambda _: supabase.sql("db", "push", "--yes").exit, range(2)))
    assert sorted(ends) == [0, 1]
    with supabase.connect() as connection:
        query = "select count(*) from supabase_migrations.schema_migrations"
        assert connection.execute(query).fetchone() == (1,)


@pytest.mark.parametrize("name", PROGRAMS)
def test_even_with_debug_neither_token_nor_password_is_told(
    shared: Supabase, tmp_path: Path, name: str
) -> None:
    supabase = replace(shared, cwd=tmp_path, program=PROGRAMS[name])
    token = supabase.environment()["SUPABASE_ACCESS_TOKEN"]
    for words in (("projects", "list"), ("migration", "list", "--db-url", supabase.url)):
        done = supabase.run(*words, "--debug")
        assert token not in done.stdout + done.stderr
        assert PASSWORD not in done.stdout + done.stderr
