"""Drills as a person would run them, in a mirror whose killed tasks are taken again soon."""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import psycopg
from jsonschema import Draft202012Validator

from tests.rehearsed.checkout import ROOT, Checkout, checkout

SOON = 'BEE_STUCK_SECONDS = "4"'
APP = "blue-banded-bee-staging"
IMAGE = "registry.fly.io/blue-banded-bee:{}"
SCHEMA = json.loads((ROOT / "staging" / "schemas" / "drill.json").read_text())


@contextmanager
def drillable(*, stuck: str = SOON) -> Iterator[Checkout]:
    """A mirror; the application takes a killed process's tasks again after seconds."""
    with checkout() as made:
        made.edit("[staging.env]", f"[staging.env]\n{stuck}")
        done = made.run("invoke", "provision")
        assert done.returncode == 0, done.stderr + done.stdout
        yield made


def drill(
    made: Checkout, name: str, *, code: int = 0, env: Mapping[str, str] | None = None
) -> dict[str, Any]:
    """Run one; its result meets the schema, and is kept as evidence."""
    done = made.run("invoke", "drill", name, "--json", timeout=500, env=env)
    assert done.returncode == code, done.stdout + done.stderr[-3000:]
    found: dict[str, Any] = json.loads(done.stdout)
    Draft202012Validator(SCHEMA).validate(found)
    assert json.loads((made.root / "reports" / "drill.json").read_text()) == found
    return found


def failed(found: dict[str, Any]) -> dict[str, str]:
    """The checks that did not pass, with what was seen."""
    checks = [check for each in found["drills"] for check in each["checks"]]
    return {c["what"]: c["told"] for c in checks if c["verdict"] != "pass"}


def put_back(made: Checkout) -> bool:
    """Nothing is left: no list of what to put back, no job, a database that can write."""
    with connected(made) as connection:
        writes = connection.execute("show default_transaction_read_only").fetchone() == ("off",)
        jobs = connection.execute("select count(*) from public.jobs").fetchone()
    listed = list((made.root / ".staging").glob("dr*ing-*.json"))
    return writes and jobs == (0,) and not listed


@contextmanager
def connected(made: Checkout) -> Iterator[psycopg.Connection]:
    """Staging's database."""
    url = made.run("invoke", "database.url").stdout.strip()
    with psycopg.connect(url, connect_timeout=10) as connection:
        yield connection
