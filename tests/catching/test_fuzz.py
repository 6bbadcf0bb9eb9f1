"""Fuzzing passes the rehearsal's good application, and finds what is wrong with a bad one."""

import fcntl
import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
import pytest
from jsonschema import Draft202012Validator

from staging.rules.endpoints import ENDPOINTS
from tests.rehearsed.smoke_world import ROOT, SmokeWorld, smoke_world
from tests.waiting import until

SCHEMA = json.loads((ROOT / "smoke" / "fuzz" / "report.schema.json").read_text())
FAULTS = {
    "broken-endpoint": "GET /v1/dashboard/stats",
    "job-progress-as-text": "GET /v1/jobs/{id}",
    "usage-without-plan": "GET /v1/usage",
    "metrics-broken": "GET /v1/metadata/metrics",
    "inside-domain-is-taken": "POST /v1/domains",
}
FUZZER = str(ROOT / ".nox" / "fuzz" / "bin" / "python")
NOWHERE = {"STAGING_BASE_URL": "http://127.0.0.1:9", "STAGING_WAKE_SECONDS": "0.1"}
NO_INDEX = {"PIP_INDEX_URL": "http://127.0.0.1:9/", "PIP_FIND_LINKS": "", "PIP_NO_CACHE_DIR": "1"}


@dataclass(frozen=True)
class Fuzzed:
    """A run that has ended."""

    code: int
    output: str
    folder: Path

    @property
    def document(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads((self.folder / "fuzz.json").read_text())
        assert not list(Draft202012Validator(SCHEMA).iter_errors(found))
        return found


def ended(argv: list[str], folder: Path, cwd: Path, variables: Mapping[str, str]) -> Fuzzed:
    inherited = {k: v for k, v in os.environ.items() if k.startswith(("PATH", "HOME", "PIP_"))}
    done = subprocess.run(
        argv,
        cwd=cwd,
        env={**inherited, "REPORTS": str(folder), **variables},
        capture_output=True,
        text=True,
        timeout=200,
    )
    return Fuzzed(done.returncode, done.stdout + done.stderr, folder)


def session(folder: Path, variables: Mapping[str, str], *, cwd: Path = ROOT) -> Fuzzed:
    argv = [sys.executable, "-m", "nox", "-s", "smoke", "--", "--fuzz"]
    return ended(argv, folder, cwd, variables)


@pytest.fixture(scope="module")
def silent(tmp_path_factory: pytest.TempPathFactory) -> Fuzzed:
    """A session where nothing answers; it leaves an environment that has schemathesis."""
    folder = tmp_path_factory.mktemp("silent")
    (ROOT / ".nox").mkdir(exist_ok=True)
    with (ROOT / ".nox" / "fuzz.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # another worker may be making the same one
        done = session(folder, NOWHERE)
    if "could not be installed" in done.output:
        pytest.skip(done.output.strip().splitlines()[-2])
    return done


@pytest.fixture(scope="module")
def world() -> Iterator[SmokeWorld]:
    with smoke_world() as made:
        yield made


def fuzz(folder: Path, *words: str, **variables: str) -> Fuzzed:
    return ended([FUZZER, "-m", "smoke.fuzz", *words], folder, ROOT, variables)


def test_where_nothing_answers_it_fails_in_one_line(silent: Fuzzed) -> None:
    assert silent.code == 1, silent.output
    assert silent.document["verdict"] == "fail"
    assert "FOUND GET /health: " in silent.output


@pytest.mark.usefixtures("silent")
def test_the_good_application_passes(world: SmokeWorld, tmp_path: Path) -> None:
    with world.application() as url:
        run = fuzz(tmp_path, STAGING_BASE_URL=url, **world.variables)
    assert run.code == 0, run.output
    assert {each["request"] for each in run.document["endpoints"]} == set(ENDPOINTS)
    assert run.document["requests"] > 500
    assert not run.document["left_behind"]
    query = """select (select count(*) from public.jobs
                       where status not in ('completed', 'cancelled', 'failed')),
                      (select count(*) from public.schedulers),
                      (select count(*) from public.job_share_links where revoked_at is null),
                      (select count(*) from public.users where full_name like 'Smoke fuzz%'),
                      (select count(*) from public.domains where name like '%.invalid')"""
    with psycopg.connect(world.database, connect_timeout=10) as connection:
        assert connection.execute(query).fetchone() == (0, 0, 0, 0, 0)


@pytest.mark.usefixtures("silent")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupted_run_leaves_nothing_at_work(
    world: SmokeWorld, tmp_path: Path, number: signal.Signals
) -> None:
    query = "select count(*) from public.schedulers"
    with (
        world.application() as url,
        psycopg.connect(world.database, connect_timeout=10, autocommit=True) as connection,
    ):
        variables = {**world.variables, "STAGING_BASE_URL": url, "REPORTS": str(tmp_path)}
        running = subprocess.Popen([FUZZER, "-m", "smoke.fuzz"], cwd=ROOT, env=variables)
        try:
            until(lambda: connection.execute(query).fetchone() == (1,), within=30)
            running.send_signal(number)
            assert running.wait(30) == 130
        finally:
            running.kill()
            running.wait(10)
        assert connection.execute(query).fetchone() == (0,)


@pytest.mark.usefixtures("silent")
def test_each_fault_is_found_and_no_secret_told(world: SmokeWorld, tmp_path: Path) -> None:
    with world.application(*FAULTS) as url:
        run = fuzz(tmp_path, "--examples", "4", STAGING_BASE_URL=url, **world.variables)
    assert run.code == 1, run.output
    found = {each["endpoint"] for each in run.document["findings"]}
    assert found == set(FAULTS.values()), run.output
    for endpoint in found:
        assert f"FOUND {endpoint}: sent " in run.output
    for name in ("SMOKE_PASSWORD", "SUPABASE_PUBLISHABLE_KEY", "STAGING_DATABASE_URL"):
        assert world.variables[name] not in run.output + json.dumps(run.document)
    assert "eyJ" not in run.output + json.dumps(run.document)


@pytest.mark.usefixtures("silent")
@pytest.mark.parametrize(
    ("fault", "said"),
    [
        ("open-door", "expected 401 without a good token, got 404 NOT_FOUND Job not found"),
        ("error-with-sql", "expected no word of SQL, hosts, paths or stacks, got "),
    ],
)
def test_a_door_and_a_window_that_stand_open_are_found(
    world: SmokeWorld, tmp_path: Path, fault: str, said: str
) -> None:
    only = {"SMOKE_ONLY": "GET /v1/jobs/{id}, GET /v1/schedulers/{id}"}
    with world.application(fault) as url:
        given = {"STAGING_BASE_URL": url, **world.variables, **only}
        run = fuzz(tmp_path, "--examples", "2", **given)
    assert run.code == 1, run.output
    assert said in run.output


@pytest.mark.usefixtures("silent")
def test_without_a_token_too_little_is_proved(world: SmokeWorld, tmp_path: Path) -> None:
    with world.application() as url:
        run = fuzz(tmp_path, "--examples", "2", STAGING_BASE_URL=url)
    assert run.code == 6, run.output
    assert run.document["verdict"] == "invalid"
    assert "not run: what needs a token: no STAGING_ACCESS_TOKEN" in run.output


@pytest.mark.usefixtures("silent")
def test_the_same_seed_sends_the_same_requests(world: SmokeWorld, tmp_path: Path) -> None:
    only = {"SMOKE_ONLY": "GET /v1/plans, GET /v1/jobs, POST /v1/auth/session"}
    with world.application("four-plans") as url:
        given = {"STAGING_BASE_URL": url, **world.variables, **only}
        runs = [fuzz(tmp_path, "--seed", "7", **given).document for _ in range(2)]
    assert runs[0]["endpoints"] == runs[1]["endpoints"]
    assert runs[0]["statuses"] == runs[1]["statuses"]


def test_without_the_packages_the_session_says_so_in_one_line(tmp_path: Path) -> None:
    for name in ("noxfile.py", "requirements-fuzz.txt", "staging"):
        (tmp_path / name).symlink_to(ROOT / name)
    run = session(tmp_path / "reports", {**NOWHERE, **NO_INDEX}, cwd=tmp_path)
    assert run.code == 1, run.output
    assert "Traceback" not in run.output
    assert run.output.count("what fuzzing takes could not be installed: ERROR: ") == 1
