"""How long a row usually takes: what earlier runs measured, and nothing made up."""

import json
from pathlib import Path

import pytest

from staging.operations.journal import changing, earlier
from staging.rules.pace import kind, paced, steps, taken
from staging.rules.resources import Action, Row
from staging.settings import load
from tests.rehearsed.checkout import ROOT

KINDS = [
    ("Supabase project bee-staging", "Supabase project"),
    ("Fly app bee-staging", "Fly app"),
    ("machines worker", "machines"),
    ("secret DATABASE_URL", "secret"),
    ("certificate staging.example", "certificate"),
    ("database schema", "database schema"),
]


@pytest.mark.parametrize(("resource", "expected"), KINDS)
def test_a_row_is_of_one_kind_in_every_environment(resource: str, expected: str) -> None:
    assert kind(resource) == expected


def test_every_step_that_a_row_names_is_one_of_provisioning() -> None:
    told = (ROOT / "staging" / "operations" / "provision.py").read_text()
    rows = [name for name, _ in KINDS] + ["smoke user", "image", "storage buckets", "API keys"]
    for name in (step for row in rows for step in steps(row)):
        begun = name.replace("staging.example", "{host}").split(" {")[0]
        assert begun in told, name


def test_a_row_takes_as_long_as_its_steps_together() -> None:
    seconds = {"ensure the project": 40.0, "wait for its database": 20.5, "deploy": 9.0}
    assert taken("Supabase project bee", seconds) == 60.5
    assert taken("image", seconds) == 9.0
    assert taken("secret A", seconds) is None, "one of its steps did not run"
    assert taken("cost a month", seconds) is None


@pytest.mark.parametrize(
    ("measured", "action", "usual"),
    [
        ([3.0], "create", 3.0),
        ([1.0, 100.0, 2.0], "create", 2.0),
        ([900.0, *([5.0] * 9)], "create", 5.0),
        ([3.0], "update", None),
        ([], "create", None),
        ([3.0], "nothing", None),
    ],
)
def test_the_median_of_the_newest_runs_is_usual(
    measured: list[float], action: Action, usual: float | None
) -> None:
    runs = {("image", "nothing" if action == "nothing" else "create"): measured}
    (row,) = paced([Row("image", action, "")], runs)
    assert row.usual_seconds == usual


def test_what_a_run_took_is_on_record_and_read_back(tmp_path: Path) -> None:
    text = (ROOT / "staging.toml").read_text()
    (tmp_path / "staging.toml").write_text(text)
    settings = load(tmp_path)
    assert earlier(settings) == {}
    with changing(settings, "provision") as change:
        change.note("machines app", "create", "1")
        change.note("image", "create", "i")
        change.took({"machines app": 12.5, "image": None})
    with (settings.kept / "audit.jsonl").open("a") as record:
        record.write("half a li\n[]\n" + json.dumps({"target": "rehearsal", "changes": 3}) + "\n")
    assert earlier(settings) == {("machines", "create"): [12.5]}
    (tmp_path / "staging.toml").write_text(text.replace('"rehearsal"', '"cloud"', 1))
    assert earlier(load(tmp_path)) == {}, "another target has a pace of its own"
