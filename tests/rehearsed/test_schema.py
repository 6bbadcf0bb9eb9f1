"""`invoke schema.…`: written twice alike, compared, replaced; nothing of it is left behind."""

import json
import shutil
from pathlib import Path
from typing import Any

import psycopg
import pytest
from jsonschema import Draft202012Validator

from tests.rehearsed.checkout import ROOT, Checkout

NAME = "blue-banded-bee-staging"
DRIFT = """
alter table public.jobs add column drifted int;
drop policy exports_of_ones_own on storage.objects;
"""
MIGRATIONS = "supabase/migrations"
ACCEPTED = """
[[schema.accepted]]
rule = "*"
place = "public.*"
reason = "tried out"
owner = "ann"
expires = 2999-12-31

"""


def judged(mirror: Checkout, task: str, *words: str) -> dict[str, Any]:
    """A result that meets its schema, and whose exit code is its verdict's."""
    done = mirror.run("invoke", task, *words, "--json")
    found: dict[str, Any] = json.loads(done.stdout)
    name = task.replace(".", "-")
    schema = json.loads((ROOT / "staging" / "schemas" / f"{name}.json").read_text())
    Draft202012Validator(schema).validate(found)
    assert done.returncode == {"pass": 0, "fail": 1, "invalid": 6}[found["verdict"]], done.stdout
    assert json.loads((mirror.root / "reports" / f"{name}.json").read_text()) == found
    return found


def differing(mirror: Checkout, first: str, second: str) -> list[str]:
    found = judged(mirror, "schema.diff", first, second)["differences"]
    return [f"{each['kind']} {each['name']}: {each['what']}" for each in found]


def in_staging(mirror: Checkout, statements: str) -> list[Any]:
    url = mirror.run("invoke", "database.url").stdout.strip()
    with psycopg.connect(url, connect_timeout=10) as connection:
        cursor = connection.execute(statements.encode())
        return cursor.fetchall() if cursor.description else []


def test_a_schema_is_written_compared_and_given_back(provisioned: Checkout) -> None:
    mirror, file = provisioned, provisioned.root / "production.sql"
    printed = mirror.run("invoke", "schema.export")
    assert printed.returncode == 0, printed.stderr
    assert mirror.run("invoke", "schema.export", "--output", str(file)).returncode == 0
    assert printed.stdout == file.read_text()
    assert mirror.run("invoke", "schema.export", "--of", "staging").stdout == file.read_text()
    assert differing(mirror, "production", "staging") == []

    address = mirror.run("invoke", "database.url").stdout
    in_staging(mirror, DRIFT)
    drifted = [
        "column public.jobs.drifted: only in staging",
        "policy storage.objects.exports_of_ones_own: only in production",
    ]
    assert differing(mirror, "production", "staging") == drifted
    assert differing(mirror, str(file), "staging") == [
        each.replace("production", str(file)) for each in drifted
    ]
    refused = mirror.run("invoke", "schema.reset", "--confirm", "blue-banded-bee")
    assert refused.returncode == 5
    assert differing(mirror, "production", "staging") == drifted
    assert mirror.run("invoke", "schema.reset", "--confirm", NAME).returncode == 0
    assert differing(mirror, "production", "staging") == []
    assert mirror.run("invoke", "database.url").stdout == address
    assert mirror.run("invoke", "schema.apply").stdout.startswith("Nothing to do")


@pytest.mark.nightly
def test_migrations_make_an_empty_database_what_production_is(provisioned: Checkout) -> None:
    mirror = provisioned
    folder = mirror.root / MIGRATIONS
    shutil.copytree(mirror.root / "rehearsal" / "schema", folder)
    assert differing(mirror, "migrations", "production") == []
    sorted(folder.glob("*.sql"))[-1].unlink()
    assert "storage bucket exports: only in production" in differing(
        mirror, "migrations", "production"
    )
    scratch = "select datname from pg_database where datname like 'staging_scratch%'"
    assert in_staging(mirror, scratch) == []


@pytest.mark.nightly
def test_a_file_that_is_broken_leaves_staging_as_it_was(provisioned: Checkout) -> None:
    file = Path(provisioned.root, "broken.sql")
    file.write_text("create table public.one ();\ncreate table public.two (missing nothing);\n")
    words = ("invoke", "schema.apply", "--file", str(file), "--confirm", NAME)
    done = provisioned.run(*words)
    assert done.returncode == 4
    assert 'type "nothing" does not exist' in done.stderr
    file.write_text("create table public.one ();\ncommit;\n")
    assert "line 2: commit" in provisioned.run(*words).stderr
    assert differing(provisioned, "production", "staging") == []


@pytest.mark.nightly
def test_advice_fails_on_an_error_until_somebody_lives_with_it(provisioned: Checkout) -> None:
    before = judged(provisioned, "schema.advise")
    assert before["verdict"] == "pass"
    assert "policy-per-row" in {each["rule"] for each in before["findings"]}
    assert "public.jobs" in {row["name"] for row in before["inspected"]["table-stats"]}
    in_staging(provisioned, "create sequence public.short maxvalue 9; select setval('short', 9)")
    in_staging(provisioned, "create table public.open (id int primary key)")
    found = judged(provisioned, "schema.advise")
    errors = {(e["source"], e["rule"]) for e in found["findings"] if e["severity"] == "error"}
    assert errors == {
        ("catalog", "sequence-near-its-end"),
        ("supabase advisors", "rls_disabled_in_public"),
    }
    assert found["verdict"] == "fail"
    provisioned.edit("[budget]", ACCEPTED + "[budget]")
    assert judged(provisioned, "schema.advise")["verdict"] == "pass"
