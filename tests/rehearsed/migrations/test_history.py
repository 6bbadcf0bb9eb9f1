"""A history of more than sixty files passes through status, lint, trial and push."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from tests.rehearsed.checkout import Checkout, checkout
from tests.rehearsed.migrations.files import ROOT, write

IMAGE = "registry.fly.io/blue-banded-bee:deployment-02"


@pytest.fixture(scope="module")
def project() -> Iterator[tuple[Checkout, list[str]]]:
    """A mirror, with the application's migrations beside it; production has eight of them."""
    with checkout() as made:
        done = made.run("invoke", "provision")
        assert done.returncode == 0, done.stderr + done.stdout
        yield made, write(made.root / "supabase" / "migrations")


def told(made: Checkout, *words: str, code: int, schema: str = "") -> dict[str, Any]:
    done = made.run("invoke", *words, "--json")
    assert done.returncode == code, done.stderr + done.stdout[-3000:]
    found: dict[str, Any] = json.loads(done.stdout)
    if schema:
        known = json.loads((ROOT / "staging" / "schemas" / f"{schema}.json").read_text())
        jsonschema.validate(found, known, format_checker=jsonschema.FormatChecker())
    return found


def test_all_of_it_passes_and_is_pushed(
    project: tuple[Checkout, list[str]], record_property: Callable[[str, object], None]
) -> None:
    made, names = project
    standing = told(made, "migrations.status", code=0, schema="migrations-status")
    assert len(standing["migrations"]) == len(names) >= 60
    linted = told(made, "migrations.lint", "--all", code=1, schema="lint")
    assert {f["rule"] for f in _errors(linted)} == {"policy-for-all-rows", "revoke"}
    assert told(made, "migrations.lint", code=0)["verdict"] == "pass"
    tried = told(made, "migrations.rehearse", code=0, schema="migrations")
    assert len(tried["files"]) == len(names) - 8
    assert [file["file"] for file in tried["scales"][-1]["files"]] == tried["files"]
    pushed = told(made, "deploy", "--image", IMAGE, code=0)
    assert pushed["migrations"] == tried["files"]
    assert told(made, "migrations.status", code=0)["verdict"] == "pass"
    told_of = f"{len(names)} files passed status, lint, trial ({tried['seconds']:.0f} s) and push"
    record_property("history", told_of)


def test_what_is_wrong_with_a_history_is_told(project: tuple[Checkout, list[str]]) -> None:
    made, names = project
    folder = made.root / "supabase" / "migrations"
    before = {name: (folder / name).read_text() for name in names[:2]}
    (folder / names[0]).write_text(before[names[0]].replace("Free", "Gratis"))
    (folder / names[1]).unlink()
    late = folder / "20260106000000_late.sql"
    late.write_text("select 1;")
    found = told(made, "migrations.status", code=1)
    late.unlink()
    for name, text in before.items():
        (folder / name).write_text(text)
    wrong = {each["version"]: " ".join(each["wrong"]) for each in found["migrations"]}
    assert "edited after" in wrong[names[0][:14]]
    assert "no file here" in wrong[names[1][:14]]
    assert "out of order" in wrong["20260106000000"]


def test_a_page_shows_the_locks_over_time(project: tuple[Checkout, list[str]]) -> None:
    made, _ = project
    extra = made.root / "rename.sql"
    extra.write_text("alter table public.users rename column full_name to name;")
    done = made.run("invoke", "migrations.rehearse", "--file", "rename.sql", "--markdown")
    assert done.returncode == 1, done.stderr
    assert "full_name is gone" in done.stdout
    page = Path(made.root / "reports" / "migrations.html").read_text()
    assert "AccessExclusive" in page
    assert "public.users" in page


def _errors(linted: dict[str, Any]) -> list[dict[str, Any]]:
    return [f for f in linted["findings"] if f["severity"] == "error" and not f["allowed"]]
