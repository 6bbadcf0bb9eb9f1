"""Rows, the whole way: production's profile, staging filled by it, emptied again."""

import json
from collections.abc import Callable
from typing import Any

import psycopg
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


def test_rows_that_seeding_did_not_make_go_only_if_that_is_meant(provisioned: Checkout) -> None:
    url = provisioned.run("invoke", "database.url").stdout.strip()
    with psycopg.connect(url, connect_timeout=10) as connection:
        connection.execute("insert into public.domains (name) values ('precious.example')")
    refused = provisioned.run("invoke", "data.clear")
    assert refused.returncode == 5, refused.stdout
    assert "of public.domains" in refused.stderr
    assert counted(provisioned, "select count(*) from public.domains") == [(1,)]
    assert told(provisioned, "data.clear", "--confirm", STAGING)["rows"]["public.domains"] == 1


def test_seeding_beside_plain_copy(record_property: Callable[[str, object], None]) -> None:
    with benchmark.database(*benchmark.application()) as where:
        found = benchmark.compare(where, benchmark.holding(benchmark.shares(200_000)), runs=1)
    record_property("seeding", str(found))
    assert found.rows > 150_000
