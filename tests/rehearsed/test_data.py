"""Rows, the whole way: production's profile, staging filled by it, emptied again."""

import json
import os
import signal
from collections.abc import Callable
from typing import Any

import psycopg
import pytest
from jsonschema import Draft202012Validator

from benchmarks import seeding as benchmark
from tests.rehearsed.checkout import ROOT, Checkout
from tests.rehearsed.test_isolation import superuser

STAGING = "blue-banded-bee-staging"


def told(mirror: Checkout, *words: str, code: int = 0) -> dict[str, Any]:
    """What a task says as JSON, which meets its schema."""
    done = mirror.run("invoke", *words, "--json")
    assert done.returncode == code, done.stderr + done.stdout
    found: dict[str, Any] = json.loads(done.stdout)
    name = words[0].replace(".", "-")
    schema = json.loads((ROOT / "staging" / "schemas" / f"{name}.json").read_text())
    Draft202012Validator(schema).validate(found)
    return found


def counted(mirror: Checkout, query: str) -> list[Any]:
    url = mirror.run("invoke", "database.url").stdout.strip()
    with psycopg.connect(url, connect_timeout=10) as connection:
        return connection.execute(query.encode()).fetchall()


def refused_for_rows_of_others(provisioned: Checkout) -> None:
    """What seeding did not make goes only if that is meant."""
    url = provisioned.run("invoke", "database.url").stdout.strip()
    with psycopg.connect(url, connect_timeout=10) as connection:
        connection.execute("insert into public.domains (name) values ('precious.example')")
    refused = provisioned.run("invoke", "data.clear")
    assert refused.returncode == 5, refused.stdout
    assert "of public.domains" in refused.stderr
    assert counted(provisioned, "select count(*) from public.domains") == [(1,)]
    assert told(provisioned, "data.clear", "--confirm", STAGING)["rows"]["public.domains"] == 1


def test_staging_is_filled_like_production_and_emptied(provisioned: Checkout) -> None:
    assert told(provisioned, "data.profile")["unknown"], "nobody has analyzed production yet"
    with superuser(provisioned, "blue-banded-bee") as connection:
        connection.execute("analyze")  # as autovacuum does where there are more rows
    profile = told(provisioned, "data.profile")
    assert (profile["unknown"], profile["rows"]) == ([], 755)
    assert "customer.example" not in json.dumps(profile)
    found = told(provisioned, "data.seed", "--scale", "2", "--until", "2026-05-04")
    assert found["method"] == "session_replication_role"
    assert found["orphans"] == {}
    rows = {each["table"]: each["rows"] for each in found["tables"]}
    assert (rows["public.tasks"], rows["public.schedulers"]) == (960, 0)
    assert "public.plans" not in rows
    assert counted(provisioned, "select count(*) from public.tasks") == [(960,)]
    of_job = "select count(*) from public.tasks t where t.job_id = j.id"
    wrong = f"select from public.jobs j where total_tasks <> ({of_job})"
    assert counted(provisioned, wrong) == []
    again = told(provisioned, "data.seed", "--scale", "2", "--until", "2026-05-04")
    assert {each["outcome"] for each in again["tables"]} == {"kept"}
    assert "Nothing to do" in provisioned.run("invoke", "provision").stdout
    cleared = told(provisioned, "data.clear")
    assert cleared["rows"]["public.tasks"] == 960
    assert counted(provisioned, "select count(*) from public.plans") == [(5,)]
    assert counted(provisioned, "select count(*) from public.tasks") == [(0,)]
    refused_for_rows_of_others(provisioned)


@pytest.mark.nightly
def test_an_interrupted_run_leaves_each_table_filled_or_empty_and_goes_on(
    provisioned: Checkout,
) -> None:
    file = provisioned.root / "profile.json"
    profile = told(provisioned, "data.profile")
    for table in profile["tables"]:
        table["rows"] = {"public.tasks": 400_000, "public.pages": 60_000}.get(table["name"], 500)
    file.write_text(json.dumps(profile))
    given = ("--profile", str(file), "--until", "2026-05-04", "--confirm", STAGING)
    running = provisioned.start("invoke", "data.seed", *given)
    assert running.stderr is not None
    for line in running.stderr:
        if "public.tasks: 100,000 of" in line:
            os.killpg(running.pid, signal.SIGINT)
            break
    out, said = running.communicate(timeout=60)
    assert running.returncode == 130, out + said
    assert counted(provisioned, "select count(*) from public.tasks") == [(0,)]
    assert counted(provisioned, "select count(*) from public.pages") in ([(0,)], [(60_000,)])
    again = told(provisioned, "data.seed", *given)
    outcomes = {each["table"]: each["outcome"] for each in again["tables"]}
    assert outcomes["public.tasks"] == "filled"
    assert again["orphans"] == {}
    assert counted(provisioned, "select count(*) from public.tasks") == [(400_000,)]


def test_seeding_beside_plain_copy(record_property: Callable[[str, object], None]) -> None:
    with benchmark.database(*benchmark.application()) as where:
        found = benchmark.compare(where, benchmark.holding(benchmark.shares(200_000)), runs=1)
    record_property("seeding", str(found))
    assert found.rows > 150_000
