"""`invoke provision` on a fresh clone, and all that can be asked of what it built."""

import json
import signal
import subprocess
import time
import tomllib
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
import requests
from jsonschema import Draft202012Validator

from rehearsal.production import SENTRY
from tests.leaks import Search
from tests.rehearsed.checkout import ROOT, Checkout, checkout
from tests.unit.test_flyconfig import PLAN

MUTATING = ("create", "import", "allocate", "deploy", "destroy", "delete", "set", "push", "scale")


@pytest.fixture
def fresh() -> Iterator[Checkout]:
    with checkout() as made:
        yield made


def test_a_second_run_finds_nothing_to_do_and_changes_nothing(provisioned: Checkout) -> None:
    before = len(provisioned.calls())
    done = provisioned.run("invoke", "provision")
    assert done.returncode == 0, done.stderr
    assert "Nothing to do" in done.stdout
    calls = [json.loads(line)["argv"] for line in provisioned.calls()[before:]]
    assert calls
    assert not [argv for argv in calls if set(argv[:3]) & set(MUTATING)]


def test_a_dry_run_says_what_it_would_do_and_does_nothing(fresh: Checkout) -> None:
    done = fresh.run("invoke", "provision", "--dry-run")
    assert done.returncode == 2, done.stderr
    assert "+  Fly app blue-banded-bee-staging" in done.stdout
    calls = [json.loads(line)["argv"] for line in fresh.calls()]
    assert not [argv for argv in calls if set(argv[:3]) & set(MUTATING)]
    assert not (fresh.root / ".staging").exists()


def test_a_region_that_fly_has_no_more_is_found_before_anything_is_made(fresh: Checkout) -> None:
    fresh.edit('region = "syd"', 'region = "bom"')
    done = fresh.run("invoke", "provision")
    assert done.returncode == 4, done.stderr
    assert "Fly has no region 'bom'" in done.stderr
    calls = [json.loads(line)["argv"] for line in fresh.calls()]
    assert not [argv for argv in calls if set(argv[:3]) & set(MUTATING)]


def test_a_dry_run_of_what_is_there_has_nothing_pending(provisioned: Checkout) -> None:
    done = provisioned.run("invoke", "provision", "--dry-run", "--json")
    assert done.returncode == 0, done.stderr
    result = json.loads(done.stdout)
    assert {row["action"] for row in result["rows"]} == {"nothing"}
    schema = json.loads((ROOT / "staging" / "schemas" / "plan.json").read_text())
    Draft202012Validator(schema).validate(result)


def test_the_plans_configuration_comes_out(provisioned: Checkout) -> None:
    """The plan's own, and what makes the mirror as large as production within."""
    found = tomllib.loads((provisioned.root / "fly.staging.toml").read_text())
    planned = tomllib.loads(PLAN)
    sizes = {"DB_MAX_OPEN_CONNS": "70", "WORKER_CONCURRENCY": "30"}
    scraped = {"metrics": [{"port": 9464, "path": "/metrics"}]}
    assert found == planned | {"env": planned["env"] | sizes} | scraped


def test_status_names_address_and_database(provisioned: Checkout) -> None:
    done = provisioned.run("invoke", "status", "--json")
    assert done.returncode == 0, done.stderr
    status = json.loads(done.stdout)
    health = requests.get(status["app"]["url"] + "/health", timeout=10).json()
    assert health["status"] == "healthy"
    assert status["database"]["host"] == "127.0.0.1"
    assert status["machines"][0]["state"] == "started"


def test_staging_has_productions_tables_but_not_its_rows(provisioned: Checkout) -> None:
    url = provisioned.run("invoke", "database.url").stdout.strip()
    with psycopg.connect(url, connect_timeout=10) as connection:
        found = connection.execute("select count(*) from public.plans").fetchone()
        assert found == (5,)
        customers = "select count(*) from public.users where email like '%customer.example'"
        assert connection.execute(customers).fetchone() == (0,)


def test_a_token_opens_the_api(provisioned: Checkout) -> None:
    token = provisioned.run("invoke", "token").stdout.strip()
    status = json.loads(provisioned.run("invoke", "status", "--json").stdout)
    answer = requests.get(
        status["app"]["url"] + "/v1/auth/profile",
        headers={"Authorization": f"Bearer {token}"},
        timeout=10,
    )
    assert answer.status_code == 200, answer.text


def test_doctor_finds_everything_in_order(provisioned: Checkout) -> None:
    done = provisioned.run("invoke", "doctor")
    assert done.returncode == 0, done.stdout + done.stderr


def test_no_secret_is_in_an_argument_a_log_or_a_file_for_all(provisioned: Checkout) -> None:
    search = Search(provisioned.root, public=frozenset({SENTRY}))
    search.learn_all()
    with search.watching():
        told = provisioned.run("invoke", "status", "--json")
    search.hear(told.stdout, told.stderr, of="status")
    assert search.scan() == []
    assert len(search.sought) > 5, search.summary()


def begun(made: Checkout, running: subprocess.Popen[str]) -> None:
    """Until then Python and Invoke are only being loaded, and an interrupt is theirs."""
    limit = time.monotonic() + 30
    while not (made.root / ".staging").exists() and running.poll() is None:
        assert time.monotonic() < limit
        time.sleep(0.01)


@pytest.mark.parametrize("after", [0.0, 2.0, 5.5])
def test_an_interrupted_run_leaves_nobody_and_goes_on_when_run_again(
    fresh: Checkout, after: float
) -> None:
    assert fresh.run("invoke", "rehearsal.up").returncode == 0
    world = fresh.processes()
    running = fresh.start("invoke", "provision")
    begun(fresh, running)
    time.sleep(after)
    running.send_signal(signal.SIGINT)
    _, told = running.communicate(timeout=30)
    if running.returncode != 0:  # it may have been quicker than the signal
        assert running.returncode == 130, told
        assert "Traceback" not in told
    status = json.loads(fresh.run("rehearsal", "status", "--json").stdout)
    machines = {m["pid"] for app in status["apps"] for m in app["machines"]}
    left = [p for p in fresh.processes() - world - machines if "postgres" not in name(p)]
    assert not left, [name(pid) for pid in left]
    done = fresh.run("invoke", "provision")
    assert done.returncode == 0, done.stderr
    projects = json.loads(fresh.run("rehearsal", "status", "--json").stdout)["projects"]
    assert len(projects) == 2


def test_a_schema_that_differs_is_replaced_with_consent_only(fresh: Checkout) -> None:
    assert fresh.run("invoke", "provision").returncode == 0
    url = fresh.run("invoke", "database.url").stdout.strip()
    with psycopg.connect(url, connect_timeout=10) as connection:
        connection.execute("alter table public.jobs add column extra int")
    refused = fresh.run("invoke", "provision")
    assert refused.returncode == 5
    assert "column public.jobs.extra = there is too much" in refused.stderr
    done = fresh.run("invoke", "provision", "--reset-schema")
    assert done.returncode == 0, done.stderr
    assert "Nothing to do" in fresh.run("invoke", "provision").stdout


def test_destroy_needs_the_name_and_leaves_production(fresh: Checkout) -> None:
    assert fresh.run("invoke", "provision").returncode == 0
    refused = fresh.run("invoke", "destroy")
    assert refused.returncode == 5
    assert "--confirm blue-banded-bee-staging" in refused.stderr
    wrong = fresh.run("invoke", "destroy", "--confirm", "blue-banded-bee")
    assert wrong.returncode == 5
    done = fresh.run("invoke", "destroy", "--confirm", "blue-banded-bee-staging")
    assert done.returncode == 0, done.stderr
    status = json.loads(fresh.run("rehearsal", "status", "--json").stdout)
    assert [app["app"] for app in status["apps"]] == ["blue-banded-bee"]
    assert [project["name"] for project in status["projects"]] == ["blue-banded-bee"]


@pytest.mark.nightly
def test_a_lost_password_is_reset(fresh: Checkout) -> None:
    assert fresh.run("invoke", "provision").returncode == 0
    (fresh.root / ".staging" / "credentials.json").unlink()
    done = fresh.run("invoke", "provision")
    assert done.returncode == 0, done.stderr
    assert "database password" in done.stdout
    assert fresh.run("invoke", "status").returncode == 0


def name(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode()
    except OSError:
        return "postgres (gone)"


@pytest.mark.nightly
def test_what_stands_beside_the_schema_is_mended_and_no_row_is_lost(fresh: Checkout) -> None:
    assert fresh.run("invoke", "provision").returncode == 0
    url = fresh.run("invoke", "database.url").stdout.strip()
    with psycopg.connect(url, connect_timeout=10, autocommit=True) as connection:
        connection.execute("insert into public.domains (name) values ('kept.example')")
        connection.execute("drop policy exports_of_ones_own on storage.objects")
        connection.execute("create policy everybody on storage.objects for select using (true)")
        connection.execute("alter publication supabase_realtime drop table public.jobs")
        connection.execute("update storage.buckets set public = true")
        connection.execute("delete from storage.buckets where id = 'exports'")
    plan = fresh.run("invoke", "provision", "--dry-run")
    assert plan.returncode == 2, plan.stderr
    for line in ("~  policies on Supabase's", "~  realtime publication", "~  storage buckets"):
        assert line in plan.stdout
    assert "   database schema" in plan.stdout
    done = fresh.run("invoke", "provision")
    assert done.returncode == 0, done.stderr
    with psycopg.connect(url, connect_timeout=10) as connection:
        kept = connection.execute("select 1 from public.domains where name = 'kept.example'")
        assert kept.fetchall() == [(1,)]
    assert fresh.run("invoke", "parity").returncode == 0


@pytest.mark.nightly
def test_a_service_that_is_set_otherwise_is_set_as_production_s(provisioned: Checkout) -> None:
    lines = (provisioned.root / ".rehearsal" / "environment").read_text().splitlines()
    given = dict(line.split("=", 1) for line in lines)
    ref = json.loads(provisioned.run("invoke", "status", "--json").stdout)["project"]["ref"]
    base = given["SUPABASE_PROJECT_URL"].removesuffix("/{ref}")
    requests.patch(
        f"{base}/v1/projects/{ref}/config/auth",
        json={"jwt_exp": 60, "disable_signup": True},
        headers={"Authorization": f"Bearer {given['SUPABASE_ACCESS_TOKEN']}"},
        timeout=10,
    ).raise_for_status()
    plan = provisioned.run("invoke", "provision", "--dry-run")
    assert plan.returncode == 2, plan.stderr
    assert "~  Auth configuration" in plan.stdout
    assert "jwt_exp 60 → 3600" in plan.stdout
    told = provisioned.run("invoke", "parity")
    assert told.returncode == 1
    assert "Auth configuration: jwt_exp: production 3600, staging 60" in told.stdout
    assert provisioned.run("invoke", "provision").returncode == 0
    assert provisioned.run("invoke", "parity").returncode == 0
