"""Previews beside each other: what is listed, what is pruned, what is never destroyed."""

import json
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import requests

from tests.rehearsed.checkout import ROOT, Checkout, checkout
from tests.survival.killing import quietly

APP = "blue-banded-bee-staging"
SCHEMA = json.loads((ROOT / "staging/schemas/environments.json").read_text())
PRINT = "import json, os; print(json.dumps(dict(os.environ)))"


@pytest.fixture(scope="module")
def two() -> Iterator[Checkout]:
    """A world with two previews, one named by argument and one by the environment."""
    with checkout() as made:
        quietly(made.run("invoke", "provision", "--environment", "pr-1"))
        quietly(made.run("invoke", "provision", env={"STAGING_ENVIRONMENT": "pr-2"}))
        yield made


@pytest.fixture
def pristine(two: Checkout) -> Iterator[Checkout]:
    """The same, whose staging.toml is put back afterwards."""
    text = (two.root / "staging.toml").read_text()
    yield two
    (two.root / "staging.toml").write_text(text)


def test_two_previews_stand_beside_each_other_each_with_its_own(two: Checkout) -> None:
    found = {name: status(two, name) for name in ("pr-1", "pr-2")}
    for each in found.values():
        health = requests.get(each["app"]["url"] + "/health", timeout=10).json()
        assert health["status"] == "healthy"
    assert found["pr-1"]["app"]["url"] != found["pr-2"]["app"]["url"]
    assert found["pr-1"]["database"]["port"] != found["pr-2"]["database"]["port"]
    kept = json.loads((two.root / ".staging" / "credentials.json").read_text())
    passwords = {kept[f"rehearsal/{APP}-{name}"]["database_password"] for name in found}
    assert len(passwords) == 2
    before, after = (set(folder.iterdir()) for folder in (ROOT, two.root))
    new = {each.name for each in after} - {each.name for each in before}
    left = {".rehearsal", ".staging", "reports"}
    assert new <= left, "a preview leaves the checkout as it was"


def test_a_preview_is_provisioned_once_and_equals_production(two: Checkout) -> None:
    before = len(two.calls())
    again = quietly(two.run("invoke", "provision", "--environment", "pr-1"))
    assert "Nothing to do" in again.stdout
    calls = [json.loads(line)["argv"] for line in two.calls()[before:]]
    assert not [argv for argv in calls if {"deploy", "create", "import"} & set(argv[:3])]
    equal = quietly(two.run("invoke", "parity", "--environment", "pr-1"))
    assert f"{APP}-pr-1 equals blue-banded-bee" in equal.stdout


def test_sessions_follow_the_variable(two: Checkout) -> None:
    words = ("staging.attached", sys.executable, "-c", PRINT)
    told = json.loads(quietly(two.run(*words, env={"STAGING_ENVIRONMENT": "pr-2"})).stdout)
    assert told["STAGING_BASE_URL"] == status(two, "pr-2")["app"]["url"]
    assert told["SMOKE_EMAIL"] == f"smoke@{APP}-pr-2.example"
    token = two.run("invoke", "token", "--environment", "pr-2").stdout.strip()
    profile, bearer = told["STAGING_BASE_URL"] + "/v1/auth/profile", f"Bearer {token}"
    answer = requests.get(profile, headers={"Authorization": bearer}, timeout=10)
    assert answer.status_code == 200, answer.text


def test_the_list_has_age_cost_and_expiry(two: Checkout) -> None:
    listed = told(two, "environments")
    found = {each["name"]: each for each in listed["environments"]}
    for name in ("pr-1", "pr-2"):
        assert found[name]["state"] == "complete"
        assert found[name]["monthly_usd"] == 18.50
        assert 0 <= found[name]["age_hours"] < 1
        assert found[name]["expires_at"]
        assert not found[name]["expired"]
    text = two.run("invoke", "environments").stdout
    assert f"pr-1         complete  {found['pr-1']['age_hours']:.1f} h" in text
    assert "blue-banded-bee" not in [each["project"] for each in listed["environments"]]


@pytest.mark.nightly
def test_a_deploy_from_elsewhere_keeps_the_label(two: Checkout) -> None:
    file = two.root / ".staging" / "fly.pr-2.toml"
    text = file.read_text()
    file.unlink()
    image = "registry.fly.io/blue-banded-bee:deployment-01"
    assert two.run("invoke", "deploy", "--image", f"{image}x", "-e", "pr-2").returncode == 3
    assert tomllib.loads(file.read_text()) == tomllib.loads(text)
    late = "STAGING_EXPIRES = "
    file.write_text(text.replace(late, f'{late}"2020-01-01T00:00:00Z" # '))
    quietly(two.run("invoke", "deploy", "--image", image, "--environment", "pr-2"))
    assert tomllib.loads(file.read_text()) == tomllib.loads(text)
    assert "Nothing to do" in two.run("invoke", "provision", "--environment", "pr-2").stdout


@pytest.mark.nightly
def test_what_bears_another_label_is_neither_provisioned_nor_destroyed(pristine: Checkout) -> None:
    pristine.edit(f'"{APP}"', f'"{APP}-pr"')
    before = pristine.calls()
    for words in (("destroy", "--confirm", "1"), ("provision",), ("parity",)):
        refused = pristine.run("invoke", *words, "--environment", "1")
        assert refused.returncode == 5, refused.stderr
        assert "label of the environment pr-1" in refused.stderr
    assert told(pristine, "prune")["destroyed"] == []
    assert not mutating(pristine.calls()[len(before) :])


@pytest.mark.parametrize("name", ["production", "blue-banded-bee"])
def test_production_is_no_environment_of_ours(two: Checkout, name: str) -> None:
    before = len(two.calls())
    refused = two.run("invoke", "destroy", "--environment", name, "--confirm", name)
    assert refused.returncode == 5
    assert len(two.calls()) == before


@pytest.mark.nightly
def test_one_preview_too_many_is_refused(pristine: Checkout) -> None:
    pristine.edit("maximum = 5", "maximum = 2")
    refused = pristine.run("invoke", "provision", "--environment", "pr-9", "--dry-run")
    assert refused.returncode == 5
    assert "maximum is 2" in refused.stderr
    assert pristine.run("invoke", "provision", "-e", "pr-1", "--dry-run").returncode == 0


def test_staging_does_not_expire_and_hours_are_hours(two: Checkout) -> None:
    assert two.run("invoke", "provision", "--ttl", "5").returncode == 4
    for wrong in ("nan", "-1", "soon", "1e9"):
        done = two.run("invoke", "provision", "-e", "pr-1", f"--ttl={wrong}")
        assert done.returncode == 4, done.stderr


def test_a_place_that_is_stagings_is_not_taken_for_a_previews(two: Checkout) -> None:
    elsewhere = {"STAGING_DATABASE_URL": "postgresql://postgres:x@127.0.0.1:1/postgres"}
    refused = two.run("invoke", "status", "--environment", "pr-1", env=elsewhere)
    assert refused.returncode == 4, refused.stdout
    assert "STAGING_DATABASE_URL" in refused.stderr


@pytest.mark.nightly
def test_prune_destroys_the_expired_and_only_those(pristine: Checkout) -> None:
    made = pristine
    quietly(made.run("invoke", "provision", "--environment", "pr-3", "--ttl", "0"))
    with orphans(made, "pr-0", "pr-0", "pr-4", "archive") as ttl:
        quietly(program(made, "flyctl", "apps", "create", APP, "--org", "bees"))
        made.edit("ttl_hours = 72", f"ttl_hours = {ttl}")
        dry = made.run("invoke", "prune", "--dry-run", "--json")
        assert dry.returncode == 2, dry.stderr
        assert json.loads(dry.stdout)["expired"] == ["pr-0", "pr-3", "pr-4"]
        done = told(made, "prune", code=3)
        assert done["destroyed"] == ["pr-3", "pr-4"]
        assert [each["name"] for each in done["failed"]] == ["pr-0"]
        spared = {each["name"]: each["reason"] for each in done["spared"]}
        assert {"staging", "archive", "pr-1", "pr-2"} <= spared.keys()
        assert "neither its name" in spared["archive"]
        apps, projects = world(made)
        assert {"blue-banded-bee", APP, f"{APP}-pr-1", f"{APP}-pr-2"} == set(apps)
        assert f"{APP}-archive" in projects
        assert projects.count(f"{APP}-pr-0") == 2
        assert not [name for name in projects if name.endswith(("pr-3", "pr-4"))]
    assert not (made.root / ".staging" / "fly.pr-3.toml").exists()


def test_destroy_shows_what_would_go_before_it_asks(two: Checkout) -> None:
    before = len(two.calls())
    shown = two.run("invoke", "destroy", "--environment", "pr-2")
    assert shown.returncode == 5
    assert "--environment pr-2 --confirm pr-2" in shown.stderr
    for part in (f"Fly app {APP}-pr-2", "machine ", "6 secrets", "address v6", " rows"):
        assert part in shown.stderr
    assert not mutating(two.calls()[before:])


def status(made: Checkout, name: str) -> dict[str, dict[str, str]]:
    done = quietly(made.run("invoke", "status", "--json", "--environment", name))
    found: dict[str, dict[str, str]] = json.loads(done.stdout)
    return found


def told(made: Checkout, *words: str, code: int = 0) -> dict[str, Any]:
    """What a task prints as JSON, once it meets its schema."""
    done = made.run("invoke", *words, "--json")
    assert done.returncode == code, done.stderr + done.stdout
    found: dict[str, Any] = json.loads(done.stdout)
    jsonschema.validate(found, SCHEMA)
    return found


def world(made: Checkout) -> tuple[list[str], list[str]]:
    """The apps and projects that there are, by name."""
    found = json.loads(made.run("rehearsal", "status", "--json").stdout)
    apps, projects = found["apps"], found["projects"]
    return sorted(each["app"] for each in apps), sorted(each["name"] for each in projects)


def mutating(calls: list[str]) -> list[list[str]]:
    verbs = {"create", "import", "deploy", "destroy", "delete"}
    return [argv for argv in (json.loads(c)["argv"] for c in calls) if verbs & set(argv[:3])]


@contextmanager
def orphans(made: Checkout, *names: str) -> Iterator[str]:
    """Projects whose apps were never made; the hours after which they are old enough to prune."""
    region = ("--region", "ap-southeast-2", "--db-password", "orphaned-2026", "--yes")
    for name in names:
        words = ("projects", "create", f"{APP}-{name}", "--org-id", "beesorgabcdefghijklm")
        quietly(program(made, "supabase", *words, *region))
    try:
        yield "0.0001"
    finally:
        program(made, "flyctl", "apps", "destroy", APP, "--yes")
        listed = program(made, "supabase", "projects", "list", "--output-format", "json").stdout
        for project in json.loads(listed)["projects"]:
            if project["name"].removeprefix(f"{APP}-") in names:
                program(made, "supabase", "projects", "delete", project["ref"], "--yes")


def program(made: Checkout, name: str, *words: str) -> subprocess.CompletedProcess[str]:
    """Run one of the stand-ins as a person would."""
    lines = (made.root / ".rehearsal" / "environment").read_text().splitlines()
    env = {key: text for key, _, text in (line.partition("=") for line in lines) if text}
    return subprocess.run(
        [Path(made.root, "rehearsal", "bin", name), *words],
        cwd=made.root,
        env=made.environment(env),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=60,
    )
