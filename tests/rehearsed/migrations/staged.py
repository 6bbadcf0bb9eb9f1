"""Migrations in a checkout of their own, tried on its staging, and whether that is as before."""

import json
import shutil
from collections.abc import Mapping
from typing import Any

import psycopg
from jsonschema import validate

from tests.rehearsed.checkout import ROOT, Checkout

NAME = "20990101000000_change.sql"
IMAGE = "registry.fly.io/blue-banded-bee:{}"
SHAPE = """
select (select array_agg(attname::text order by attnum) from pg_attribute
        where attrelid = 'public.jobs'::regclass and attnum > 0 and not attisdropped),
       (select array_agg(version order by version) from supabase_migrations.schema_migrations),
       (select count(*) from public.jobs), (select count(*) from auth.users)
"""


def written(made: Checkout, forward: str, *, down: str = "") -> None:
    """The only migration that is pending, and perhaps what undoes it."""
    shutil.rmtree(made.root / "supabase", ignore_errors=True)
    for folder, text in (("migrations", forward), ("down", down)):
        (made.root / "supabase" / folder).mkdir(parents=True)
        if text:
            (made.root / "supabase" / folder / NAME).write_text(text)


def tried(made: Checkout, *words: str, code: int) -> dict[str, Any]:
    """What `invoke migrations.rehearse` printed, which meets its schema."""
    words = ("invoke", "migrations.rehearse", "--rows", "200", "--json", *words)
    done = made.run(*words, timeout=500)
    assert done.returncode == code, done.stdout + done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    schema = (ROOT / "staging" / "schemas" / "migrations.json").read_text()
    validate(found, json.loads(schema))
    return found


def standing(made: Checkout) -> list[object]:
    """What runs on staging, and what its database is: equal if all was put back."""
    told = json.loads(made.run("invoke", "status", "--json").stdout)
    images = [(machine["id"], machine["digest"]) for machine in told["machines"]]
    return [images, *database(made, SHAPE)]


def blocked(found: Mapping[str, Any]) -> None:
    """Requests waited under traffic while a lock was held for one and a half seconds."""
    traffic = found["traffic"]
    assert found["risk"] == "window"
    assert traffic["delayed"] > 0
    assert traffic["waiting"] > 0
    assert 1.0 < max(traffic["longest"], traffic["blocked"]) < 4.0
    assert (traffic["failed"], traffic["not_put_back"]) == (0, [])


def database(made: Checkout, query: str) -> list[tuple[Any, ...]]:
    """Rows of staging's database."""
    url = made.run("invoke", "database.url").stdout.strip()
    with psycopg.connect(url, autocommit=True) as connection:
        cursor = connection.execute(query.encode())
        return cursor.fetchall() if cursor.description else []
