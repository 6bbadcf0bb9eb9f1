"""`invoke parity`: equal, different, meant, and nothing to compare."""

import json
import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
import pytest
from jsonschema import Draft202012Validator

from tests.rehearsed.checkout import ROOT, Checkout, checkout

ALLOWED = """
[[parity.allowed]]
resource = "database schema"
path = "*drifted*"
reason = "tried out by the data team"
owner = "ann@company.example"
expires = {day}
"""


def compared(mirror: Checkout) -> dict[str, Any]:
    """The result, which meets its schema, and is kept as evidence."""
    done = mirror.run("invoke", "parity", "--json")
    found: dict[str, Any] = json.loads(done.stdout)
    schema = json.loads((ROOT / "staging" / "schemas" / "parity.json").read_text())
    Draft202012Validator(schema).validate(found)
    assert done.returncode == {"pass": 0, "fail": 1, "invalid": 6}[found["verdict"]]
    assert json.loads((mirror.root / "reports" / "parity.json").read_text()) == found
    return found


def differing(mirror: Checkout) -> list[str]:
    return [f"{each['resource']}: {each['path']}" for each in compared(mirror)["differences"]]


@contextmanager
def drifted(mirror: Checkout, there: str, back: str) -> Iterator[None]:
    """Staging's database, with a statement run in it, and another that undoes it."""
    url = mirror.run("invoke", "database.url").stdout.strip()
    for_url = {"conninfo": url, "connect_timeout": 10, "autocommit": True}
    with psycopg.connect(**for_url) as connection:  # type: ignore[arg-type]
        connection.execute(there.encode())
        try:
            yield
        finally:
            connection.execute(back.encode())


@contextmanager
def edited(path: Path, text: str) -> Iterator[None]:
    before = path.read_text()
    path.write_text(text)
    try:
        yield
    finally:
        path.write_text(before)


def flyctl(mirror: Checkout, *words: str) -> None:
    lines = (mirror.root / ".rehearsal" / "environment").read_text().splitlines()
    given = {**os.environ, **dict(line.split("=", 1) for line in lines)}
    program = mirror.root / "rehearsal" / "bin" / "flyctl"
    done = subprocess.run(
        [program, *words],
        cwd=mirror.root,
        env=given | {"REHEARSAL_PYTHON": mirror.python},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr


def test_without_staging_there_is_no_verdict() -> None:
    with checkout() as fresh:
        found = compared(fresh)
        assert (found["verdict"], found["resources"]) == ("invalid", [])
        told = fresh.run("invoke", "parity").stdout
        assert "There is no staging to compare" in told


def test_a_mirror_equals_production_and_has_a_certificate(provisioned: Checkout) -> None:
    found = compared(provisioned)
    assert found["verdict"] == "pass", found
    names = {each["resource"] for each in found["resources"] if each["values"]}
    assert {"database schema", "machines", "images", "running application"} <= names
    assert found["certificate"]["valid_until"] > found["certificate"]["issued_at"]
    assert found["seconds"] < 1.3 * found["chain_seconds"] + 0.5
    told = provisioned.run("invoke", "parity", "--markdown").stdout
    assert told.startswith("### Parity: pass")


def test_a_schema_that_drifts_is_named_until_it_is_allowed(provisioned: Checkout) -> None:
    mirror, settings = provisioned, provisioned.root / "staging.toml"
    there = "alter table public.jobs add column drifted int"
    with drifted(mirror, there, "alter table public.jobs drop column drifted"):
        named = differing(mirror)
        assert named
        assert all(each.startswith("database schema: ") for each in named)
        assert any("jobs" in each for each in named)
        text = settings.read_text().replace('path = "*drifted*"', "")
        with edited(settings, text + ALLOWED.format(day='"2199-01-01"').replace("*drifted*", "*")):
            found = compared(mirror)
            assert found["verdict"] == "pass"
            assert "tried out by the data team" in found["meant"][0]["detail"]
        with edited(settings, text + ALLOWED.format(day="2020-01-01").replace("*drifted*", "*")):
            assert "expired on 2020-01-01" in compared(mirror)["differences"][-1]["detail"]
    with edited(settings, settings.read_text() + ALLOWED.format(day="2199-01-01")):
        assert "covers no difference" in compared(mirror)["differences"][0]["detail"]


@pytest.mark.nightly
def test_a_machine_changed_by_hand_is_named(provisioned: Checkout) -> None:
    name = "blue-banded-bee-staging"
    flyctl(provisioned, "scale", "count", "app=2", "--yes", "--app", name)
    try:
        assert "machines: app.count" in differing(provisioned)
    finally:
        flyctl(provisioned, "scale", "count", "app=1", "--yes", "--app", name)
    assert differing(provisioned) == []


@pytest.mark.nightly
def test_pools_smaller_than_production_s_are_named(provisioned: Checkout) -> None:
    """The same image with the same configuration, but for APP_ENV, by which it sizes its pools."""
    settings = provisioned.root / "staging.toml"
    text = settings.read_text().replace('WORKER_CONCURRENCY = "30"\n', "")
    with edited(settings, text):
        assert provisioned.run("invoke", "provision").returncode == 0
        assert differing(provisioned) == [
            "running application: staging.bee_worker_concurrency_capacity"
        ]
    assert provisioned.run("invoke", "provision").returncode == 0
    assert differing(provisioned) == []


@pytest.mark.nightly
@pytest.mark.parametrize("key", ["env", "http_service"])
def test_a_file_that_is_not_what_production_gives_is_drift(provisioned: Checkout, key: str) -> None:
    path = provisioned.root / "fly.staging.toml"
    lines = {"env": 'LOG_LEVEL = "info"', "http_service": "internal_port = 9999"}
    old = {"env": 'LOG_LEVEL = "debug"', "http_service": "internal_port = 8080"}
    with edited(path, path.read_text().replace(old[key], lines[key])):
        assert differing(provisioned)[0].startswith(f"fly.staging.toml: {key}.")


def test_what_cannot_be_read_is_no_equality(provisioned: Checkout) -> None:
    nowhere = {"FLY_API_BASE_URL": "http://127.0.0.1:9"}
    done = provisioned.run("invoke", "parity", env=nowhere)
    assert done.returncode == 6, done.stdout + done.stderr
    assert "Not read: running application of staging: GET http://127.0.0.1:9" in done.stdout
    assert "FlyV1" not in done.stdout + done.stderr
