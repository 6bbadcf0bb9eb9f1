"""`invoke isolation`: a mirror is apart from production, and each way of not being so is found."""

import json
import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import psycopg
import pytest
import requests
from jsonschema import Draft202012Validator

from tests.rehearsed.checkout import ROOT, Checkout
from tests.rehearsed.test_parity import edited, flyctl
from tests.survival.killing import Moment, killed
from tests.waiting import until

SLOW = """#!/bin/sh
case "$*" in "secrets import"*)
    {real} "$@" && touch {there} && exec sleep 60;;
esac
exec {real} "$@"
"""
STAGING, PRODUCTION = "blue-banded-bee-staging", "blue-banded-bee"
SHARED = """
[[isolation.shared_secrets]]
name = "{name}"
reason = "one account for both"
owner = "ann@company.example"
expires = {day}
"""


def proofs(mirror: Checkout, **variables: str) -> dict[str, Any]:
    """The result, which meets its schema, and is kept as evidence."""
    done = mirror.run("invoke", "isolation", "--json", env=variables)
    assert done.stdout, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    schema = json.loads((ROOT / "staging" / "schemas" / "isolation.json").read_text())
    Draft202012Validator(schema).validate(found)
    assert done.returncode == {"pass": 0, "fail": 1, "invalid": 6}[found["verdict"]]
    assert json.loads((mirror.root / "reports" / "isolation.json").read_text()) == found
    return found


def judged(found: dict[str, Any], verdict: str) -> dict[str, str]:
    """What was judged so, with the evidence."""
    return {p["what"]: p["evidence"] for p in found["proofs"] if p["verdict"] == verdict}


def breaches(mirror: Checkout, **variables: str) -> dict[str, str]:
    return judged(proofs(mirror, **variables), "breach")


def stored(mirror: Checkout, app: str) -> dict[str, str]:
    """An app's secrets, which in the rehearsal can be read."""
    world = json.loads((mirror.root / ".rehearsal" / "state" / "fly.json").read_text())
    found: dict[str, str] = world["apps"][app]["secrets"]
    return found


def projects(mirror: Checkout) -> dict[str, dict[str, Any]]:
    world = json.loads((mirror.root / ".rehearsal" / "state" / "supabase.json").read_text())
    return {each["name"]: each for each in world["projects"].values()}


def superuser(mirror: Checkout, name: str) -> "psycopg.Connection[Any]":
    """A connection to an environment's database that may do anything."""
    found = projects(mirror)[name]
    return psycopg.connect(
        host="127.0.0.1",
        port=found["port"],
        user="supabase_admin",
        password=found["admin_password"],
        dbname="postgres",
        autocommit=True,
        connect_timeout=10,
    )


@contextmanager
def secret(mirror: Checkout, app: str, name: str, value: str) -> Iterator[None]:
    """An app that runs with another value of a secret."""
    before = stored(mirror, app)[name]
    flyctl(mirror, "secrets", "set", f"{name}={value}", "--app", app)
    try:
        yield
    finally:
        flyctl(mirror, "secrets", "set", f"{name}={before}", "--app", app)


def test_a_mirror_is_isolated_and_the_proof_leaves_nothing_behind(provisioned: Checkout) -> None:
    before = stored(provisioned, STAGING)
    found = proofs(provisioned)
    assert found["verdict"] == "pass", found
    proved = judged(found, "proved")
    assert proved["what the API writes"].startswith("found in staging's public.users.first_name")
    assert "answered 200 there, 401 on the other side" in proved["staging's tokens in production"]
    assert stored(provisioned, STAGING) == before
    query = "select count(*) from pg_namespace where nspname = 'staging_isolation'"
    with superuser(provisioned, STAGING) as connection:
        assert connection.execute(query).fetchone() == (0,)
    assert "Nothing to do" in provisioned.run("invoke", "provision").stdout
    told = provisioned.run("invoke", "isolation").stdout
    assert "Isolated: blue-banded-bee-staging from blue-banded-bee" in told


def test_a_secret_of_production_s_is_a_breach_until_it_is_declared(provisioned: Checkout) -> None:
    mirror, settings = provisioned, provisioned.root / "staging.toml"
    name = "SENTRY_DSN"
    with secret(mirror, STAGING, name, stored(mirror, PRODUCTION)[name]):
        calls = len(mirror.calls())
        found = breaches(mirror)
        assert found[f"secret {name}"] == f"its digest is that of production's {name}"
        assert found[f"outgoing {name}"] == f"it is production's {name}"
        assert not [each for each in mirror.calls()[calls:] if "import" in each]
        text = settings.read_text()
        with edited(settings, text + SHARED.format(name=name, day="2199-01-01")):
            declared = judged(proofs(mirror), "proved")
            assert "one account for both" in declared[f"secret {name}"]
        with edited(settings, text + SHARED.format(name=name, day="2020-01-01")):
            assert "expired on 2020-01-01" in breaches(mirror)[f"secret {name}"]
    with edited(settings, settings.read_text() + SHARED.format(name=name, day="2199-01-01")):
        assert "does not share" in breaches(mirror)[f"declared secret {name}"]


def test_a_value_that_names_production_is_a_breach(provisioned: Checkout) -> None:
    path = provisioned.root / "fly.staging.toml"
    named = 'LOG_LEVEL = "debug"\nAPI = "https://blue-banded-bee.fly.dev/v1"'
    with edited(path, path.read_text().replace('LOG_LEVEL = "debug"', named)):
        found = breaches(provisioned)
    assert found == {"fly.staging.toml env API": "it names production's blue-banded-bee.fly.dev"}


@pytest.mark.nightly
def test_an_application_that_writes_to_production_is_found_by_what_it_writes(
    provisioned: Checkout,
) -> None:
    theirs = stored(provisioned, PRODUCTION)["DATABASE_URL"].replace("127.0.0.1", "localhost")
    with secret(provisioned, STAGING, "DATABASE_URL", theirs):
        found = breaches(provisioned)
    assert "in production's public.users.first_name" in found["what the API writes"]


@pytest.mark.nightly
def test_a_database_that_is_replicated_to_production_is_found(provisioned: Checkout) -> None:
    marker = "create schema staging_isolation create table marker (nonce text)"
    where = projects(provisioned)[STAGING]
    source = (
        f"host=127.0.0.1 port={where['port']} user=supabase_admin dbname=postgres "
        f"password={where['admin_password']}"
    )
    with superuser(provisioned, STAGING) as ours, superuser(provisioned, PRODUCTION) as theirs:
        ours.execute(f"set role postgres; {marker}; reset role".encode())
        theirs.execute(marker.encode())
        ours.execute("create publication leak for all tables")
        theirs.execute(
            f"create subscription leak connection '{source}' publication leak "
            "with (copy_data = false)".encode()
        )
        try:
            arriving = "select from pg_stat_subscription where latest_end_lsn is not null"
            until(lambda: theirs.execute(arriving).fetchall())
            found = breaches(provisioned)
        finally:
            theirs.execute("drop subscription leak")
            theirs.execute("drop schema staging_isolation cascade")
            ours.execute("drop publication leak")
    assert "production's staging_isolation.marker" in found["what the database holds"]


@pytest.mark.nightly
def test_a_production_that_trusts_staging_s_tokens_is_a_breach(provisioned: Checkout) -> None:
    ours = stored(provisioned, STAGING)["SUPABASE_AUTH_URL"]
    with secret(provisioned, PRODUCTION, "SUPABASE_AUTH_URL", f"{ours}/"):
        found = breaches(provisioned)
    assert "answered 200 there, 200 on the other side" in found["staging's tokens in production"]


@pytest.mark.nightly
def test_a_token_of_production_s_is_tried_where_there_is_one(provisioned: Checkout) -> None:
    theirs = stored(provisioned, PRODUCTION)
    given = signed_up(theirs["SUPABASE_AUTH_URL"], theirs["SUPABASE_PUBLISHABLE_KEY"])
    named = "production's tokens in staging"
    found = proofs(provisioned, PRODUCTION_ACCESS_TOKEN=given)
    assert found["verdict"] == "pass"
    assert "answered 200 there, 401 on the other side" in judged(found, "proved")[named]
    with secret(provisioned, STAGING, "SUPABASE_AUTH_URL", theirs["SUPABASE_AUTH_URL"] + "/"):
        found = proofs(provisioned, PRODUCTION_ACCESS_TOKEN=given)
    assert named in judged(found, "breach")


def signed_up(url: str, key: str) -> str:
    """A token of somebody who has an account in production."""
    body = {"email": "bee@company.example", "password": "isolation-2026"}
    answer = requests.post(
        f"{url}/auth/v1/signup", json=body, headers={"apikey": key}, timeout=10
    ).json()
    return str(answer["access_token"])


@pytest.mark.nightly
@pytest.mark.parametrize(
    ("variable", "value", "what"),
    [
        ("PRODUCTION_DATABASE_URL", "postgresql://x:y@127.0.0.1:1/postgres", "PostgreSQL servers"),
        ("FLY_API_TOKEN", "FlyV1 expired", "secrets"),
        ("STAGING_ACCESS_TOKEN", "somebody.else.s", "what the API writes"),
    ],
)
def test_what_cannot_be_proved_is_no_isolation(
    provisioned: Checkout, variable: str, value: str, what: str
) -> None:
    found = proofs(provisioned, **{variable: value})
    assert found["verdict"] == "invalid"
    assert what in judged(found, "not proved")


def test_staging_s_database_at_production_by_another_name_is_refused(provisioned: Checkout) -> None:
    theirs = stored(provisioned, PRODUCTION)["DATABASE_URL"].replace("127.0.0.1", "localhost")
    refused = provisioned.run("invoke", "isolation", env={"STAGING_DATABASE_URL": theirs})
    assert refused.returncode == 5, refused.stdout + refused.stderr
    assert "the two servers are one" in refused.stderr


@pytest.mark.nightly
def test_an_interrupted_run_takes_back_what_it_has_written(provisioned: Checkout) -> None:
    real, there = (provisioned.root / name for name in ("rehearsal/bin/flyctl", "there"))
    slow = provisioned.root / "slow-flyctl"
    slow.write_text(SLOW.format(real=real, there=there))
    slow.chmod(0o755)
    running = replace(provisioned, settings={"FLYCTL": str(slow)}).start("invoke", "isolation")
    until(there.exists)
    os.killpg(running.pid, signal.SIGINT)
    out, said = running.communicate(timeout=30)
    assert running.returncode == 130, out + said
    assert not [name for name in stored(provisioned, STAGING) if "ISOLATION" in name]
    with superuser(provisioned, STAGING) as connection:
        found = connection.execute("select first_name from public.users").fetchall()
        assert not [name for (name,) in found if name and name.startswith("Isolation")]
        left = "select from pg_namespace where nspname = 'staging_isolation'"
        assert not connection.execute(left).fetchall()


@pytest.mark.nightly
@pytest.mark.parametrize("when", ["before", "after"])
def test_what_a_killed_run_left_is_taken_away_by_the_next(provisioned: Checkout, when: str) -> None:
    killed(provisioned, Moment("flyctl", "secrets unset", when), "invoke", "isolation")
    assert proofs(provisioned)["verdict"] == "pass"
    assert not [name for name in stored(provisioned, STAGING) if "ISOLATION" in name]
    assert "Nothing to do" in provisioned.run("invoke", "provision").stdout
