"""The modes of a smoke run, and what it leaves in the database."""

import json
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import psycopg
import pytest
import requests
from jsonschema import Draft202012Validator

from tests.rehearsed.smoke_world import SmokeWorld, smoke_world
from tests.rehearsed.test_smoke_catches import SCHEMA, smoke

ROWS = """
select (select count(*) from public.jobs), (select count(*) from public.tasks),
    (select count(*) from public.schedulers), (select count(*) from public.job_share_links),
    (select count(*) from public.organisations), (select count(*) from public.notifications)
"""
SLOW = {"SMOKE_TAKE_UP_SECONDS": "3", "SMOKE_CRAWL_SECONDS": "30"}


@pytest.fixture(scope="module")
def world() -> Iterator[SmokeWorld]:
    with smoke_world() as made:
        yield made


def rows(world: SmokeWorld) -> tuple[int, ...]:
    with psycopg.connect(world.database, connect_timeout=10) as connection:
        return connection.execute(ROWS).fetchone() or ()


def test_a_quick_run_proves_what_a_deploy_waits_for(world: SmokeWorld, tmp_path: Path) -> None:
    with world.application() as url:
        run = smoke(tmp_path, "--quick", STAGING_BASE_URL=url, **world.variables)
    assert run.code == 0, run.output
    assert run.document["mode"] == "quick"
    assert {name for name, verdict in run.lines.items() if verdict == "left out"} == {"cache"}
    assert not list(Draft202012Validator(SCHEMA).iter_errors(run.document))


@pytest.mark.parametrize(
    ("fault", "line"),
    [("no-workers", "workers"), ("noop-cancel", "jobs"), ("open-door", "endpoints")],
)
def test_a_quick_run_catches_what_is_broken_everywhere(
    fault: str, line: str, world: SmokeWorld, tmp_path: Path
) -> None:
    with world.application(fault) as url:
        run = smoke(tmp_path, "--quick", STAGING_BASE_URL=url, **SLOW, **world.variables)
    assert run.code == 1, run.output
    assert run.lines[line] == "fail", run.output


@pytest.mark.parametrize("signed_in", [False, True])
def test_a_readonly_run_changes_nothing(
    world: SmokeWorld, tmp_path: Path, *, signed_in: bool
) -> None:
    token = world.token()
    given = {"STAGING_ACCESS_TOKEN": token} if signed_in else world.variables
    with world.application() as url:
        headers = {"Authorization": f"Bearer {token}"}
        requests.get(f"{url}/v1/auth/profile", headers=headers, timeout=10).raise_for_status()
        before = rows(world)  # the application makes its user at the first call, also at a GET
        asked = len(world.requests())
        run = smoke(tmp_path, "--readonly", STAGING_BASE_URL=url, **given)
    assert run.code == 0, run.output
    assert {"workers", "cache"} <= {n for n, v in run.lines.items() if v == "left out"}
    sent = world.requests(after=asked)
    assert len(sent) > 50
    done = [each for each in sent if each["method"] not in {"GET", "HEAD"}]
    assert {each["status"] for each in done} == {401}
    assert rows(world) == before


def test_a_run_removes_what_it_made(world: SmokeWorld, tmp_path: Path) -> None:
    with world.application() as url:
        smoke(tmp_path, "--quick", STAGING_BASE_URL=url, **world.variables)  # its users are there
        before = rows(world)
        run = smoke(tmp_path, STAGING_BASE_URL=url, **world.variables)
    assert run.code == 0, run.output
    assert run.document["left_behind"] == []
    assert rows(world) == before


def test_a_run_that_fails_removes_what_it_made(world: SmokeWorld, tmp_path: Path) -> None:
    before = rows(world)
    with world.application("cold-cache") as url:
        run = smoke(tmp_path, STAGING_BASE_URL=url, **world.variables)
    assert run.code == 1, run.output
    assert rows(world) == before


def test_what_a_killed_run_left_is_removed_once_it_is_old(
    world: SmokeWorld, tmp_path: Path
) -> None:
    without = {k: v for k, v in world.variables.items() if k != "STAGING_DATABASE_URL"}
    with world.application() as url:
        before = rows(world)
        smoke(tmp_path, "--quick", STAGING_BASE_URL=url, **without)
        left = rows(world)
        smoke(tmp_path, "--quick", STAGING_BASE_URL=url, **world.variables)
        assert rows(world) == left  # it may be somebody's run that is still under way
        with psycopg.connect(world.database, connect_timeout=10) as connection:
            connection.execute("update public.jobs set created_at = now() - interval '2 hours'")
        smoke(tmp_path, "--quick", STAGING_BASE_URL=url, **world.variables)
    assert left > before
    assert rows(world) == before


def test_without_a_database_a_second_run_passes_too(world: SmokeWorld, tmp_path: Path) -> None:
    without = {k: v for k, v in world.variables.items() if k != "STAGING_DATABASE_URL"}
    with world.application() as url:
        runs = [smoke(tmp_path, STAGING_BASE_URL=url, **without) for _ in range(2)]
    assert [run.code for run in runs] == [0, 0], runs[-1].output
    assert runs[-1].document["coverage"]["unseen"] == ["POST /v1/organisations 201"]


def test_new_fields_fail_strict_contracts_only(world: SmokeWorld, tmp_path: Path) -> None:
    for options, code in ((), 0), (("--strict-contracts",), 1):
        with world.application("a-new-field") as url:
            run = smoke(tmp_path, "--quick", *options, STAGING_BASE_URL=url, **world.variables)
        assert run.code == code, run.output
    assert "no field without a contract" in run.output


@pytest.mark.parametrize(("days", "code"), [(1, 0), (-1, 1)])
def test_a_declared_failure_is_shown_until_its_day(
    days: int, code: int, world: SmokeWorld, tmp_path: Path
) -> None:
    allowed = {
        "check": "starts: security headers are set [[]*Content-Security-Policy]",
        "reason": "the proxy in front will set it",
        "owner": "Ada",
        "expires": (date.today() + timedelta(days=days)).isoformat(),
    }
    unused = {**allowed, "check": "cache: *", "expires": "2999-12-31"}
    declared = json.dumps([allowed, unused])
    with world.application("no-content-policy") as url:
        run = smoke(
            tmp_path, "--quick", STAGING_BASE_URL=url, SMOKE_ALLOWED=declared, **world.variables
        )
    assert run.code == code, run.output
    assert run.document["lines"][0]["allowed"] == (2 if code == 0 else 0)
    unused_ones = [said.partition(" ")[0] for said in run.document["unused_allowances"]]
    assert unused_ones == (["cache:"] if code == 0 else ["cache:", "starts:"])
    assert ("ALLOWED starts: security headers are set [/-Content" in run.output) is (code == 0)
    assert not list(Draft202012Validator(SCHEMA).iter_errors(run.document))
