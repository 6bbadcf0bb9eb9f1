"""`invoke deploy`, `rollback`, `releases`: what is not accepted does not stay."""

import json
import os
import signal
import time
from collections.abc import Iterator
from typing import Any

import pytest
from jsonschema import validate

from tests.rehearsed.checkout import ROOT, Checkout, checkout
from tests.rehearsed.traffic import traffic

IMAGE = "registry.fly.io/blue-banded-bee:{}"
STAGING = "blue-banded-bee-staging"


@pytest.fixture
def mirror() -> Iterator[Checkout]:
    """A mirror of a test's own, for what would disturb others."""
    with checkout() as made:
        assert made.run("invoke", "provision").returncode == 0
        yield made


def deploy(made: Checkout, tag: str, *more: str, code: int = 0) -> dict[str, Any]:
    words = ("invoke", "deploy", "--image", IMAGE.format(tag), "--wait", "10", "--json", *more)
    done = made.run(*words)
    assert done.returncode == code, done.stdout + done.stderr
    assert "Traceback" not in done.stderr
    return told(done.stdout, "deploy")


def told(stdout: str, schema: str) -> dict[str, Any]:
    """What a command printed as JSON, which meets its schema."""
    found: dict[str, Any] = json.loads(stdout)
    validate(found, json.loads((ROOT / "staging" / "schemas" / f"{schema}.json").read_text()))
    return found


def status(made: Checkout, code: int = 0) -> dict[str, Any]:
    done = made.run("invoke", "status", "--json")
    assert done.returncode == code, done.stdout + done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def digests(made: Checkout) -> set[str]:
    return {machine["digest"] for machine in status(made)["machines"]}


def test_a_good_image_is_accepted_and_no_request_is_lost_meanwhile(provisioned: Checkout) -> None:
    url = status(provisioned)["app"]["url"]
    with traffic(f"{url}/health") as sent:
        done = deploy(provisioned, "deployment-02", "--why", "to try it")
    assert sent.sent > 40
    assert sent.lost == []
    assert (done["verdict"], done["smoke"]["verdict"]) == ("pass", "pass")
    assert digests(provisioned) == {done["deployed"]["digest"]}
    listed = told(provisioned.run("invoke", "releases", "--json").stdout, "releases")
    newest = listed["releases"][0]
    assert newest | {"verdict": "pass", "running": True, "why": "to try it"} == newest
    assert newest["migration"] > "2026"


@pytest.mark.parametrize(
    ("tag", "why"),
    [
        ("crash", "exits as soon as it starts"),
        ("sick", "healthy answer"),
        ("broken-endpoint", "GET /v1/dashboard/stats"),
        pytest.param("unhealthy", "healthy answer", marks=pytest.mark.nightly),
        pytest.param("missing-field", "progress", marks=pytest.mark.nightly),
        pytest.param("no-database", "GET /health/db", marks=pytest.mark.nightly),
        pytest.param("open-door", "token", marks=pytest.mark.nightly),
    ],
)
def test_a_bad_image_is_undone_and_says_why(provisioned: Checkout, tag: str, why: str) -> None:
    before, machines = digests(provisioned), len(status(provisioned)["machines"])
    done = deploy(provisioned, tag, code=1)
    assert done["verdict"] == "fail"
    assert why in done["reason"]
    assert digests(provisioned) == before == {done["undone"]["digest"]}
    assert len(status(provisioned)["machines"]) == machines
    assert 0 < done["undone"]["seconds"] < done["seconds"]
    assert done["logs"]


def test_a_failed_canary_does_not_stay_behind(mirror: Checkout) -> None:
    before = status(mirror)["machines"]
    done = deploy(mirror, "crash", "--strategy", "canary", code=1)
    assert len(done["undone"]["removed"]) == 1
    after = status(mirror)["machines"]
    assert [m["id"] for m in after] == [m["id"] for m in before]
    assert {m["digest"] for m in after} == {m["digest"] for m in before}


@pytest.mark.nightly
def test_a_source_directory_is_built_and_gone_back_to(mirror: Checkout) -> None:
    source = mirror.root.parent / "source"
    source.mkdir()
    (source / "Dockerfile").write_text(f"FROM {IMAGE.format('deployment-02')}\n")
    before = digests(mirror)
    done = mirror.run("invoke", "deploy", "--source", str(source), "--json")
    assert done.returncode == 0, done.stdout + done.stderr
    built = json.loads(done.stdout)["deployed"]["digest"]
    (source / "Dockerfile").write_text(f"FROM {IMAGE.format('broken-endpoint')}\n")
    bad = mirror.run("invoke", "deploy", "--source", str(source), "--json")
    assert bad.returncode == 1, bad.stdout + bad.stderr
    assert digests(mirror) == {built}
    assert mirror.run("invoke", "rollback").returncode == 0
    assert digests(mirror) == before
    (source / "Dockerfile").write_text("FROM registry.fly.io/blue-banded-bee:nothing\n")
    assert mirror.run("invoke", "deploy", "--source", str(source)).returncode == 3
    assert digests(mirror) == before


def test_what_touches_nothing_has_nothing_to_undo(provisioned: Checkout) -> None:
    before = digests(provisioned)
    words = ("invoke", "deploy", "--image", IMAGE.format("no-such-tag"))
    done = provisioned.run(*words)
    assert done.returncode == 3
    assert "registry does not have the image" in done.stderr
    assert "Putting back" not in done.stderr
    assert digests(provisioned) == before


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (("deploy",), "Name an --image or a --source"),
        (("deploy", "--source", "nowhere"), "there is no such directory"),
        (("deploy", "--image", "a:b", "--strategy", "canry"), 'did you mean "canary"?'),
        (("rollback", "--to", "999"), "cannot be rolled back to"),
    ],
)
def test_what_cannot_be_meant_is_a_mistake(
    provisioned: Checkout, words: tuple[str, ...], why: str
) -> None:
    done = provisioned.run("invoke", *words)
    assert done.returncode == 4, done.stdout + done.stderr
    assert why in done.stderr


def test_a_dry_run_shows_and_changes_nothing(provisioned: Checkout) -> None:
    before = digests(provisioned)
    done = deploy(provisioned, "crash", "--dry-run", code=2)
    assert done["verdict"] == "pending"
    assert digests(provisioned) == before


def test_pending_migrations_come_first_and_stay_when_the_image_is_undone(mirror: Checkout) -> None:
    folder = mirror.root / "supabase" / "migrations"
    folder.mkdir(parents=True)
    for path in (mirror.root / "rehearsal" / "schema").glob("*.sql"):
        (folder / path.name).write_bytes(path.read_bytes())
    extra = folder / "20261101000000_notes.sql"
    extra.write_text("create table public.notes (id bigint primary key);")
    done = deploy(mirror, "deployment-02")
    assert done["migrations"] == [extra.name]
    bad = folder / "20261102000000_bad.sql"
    bad.write_text("create table public.more (id bigint); select 1 / 0;")
    failed = mirror.run("invoke", "deploy", "--image", IMAGE.format("deployment-01"))
    assert failed.returncode == 1
    assert "A migration failed on staging" in failed.stderr
    assert f"Not applied: {bad.name}" in failed.stderr
    assert digests(mirror) == {done["deployed"]["digest"]}
    bad.unlink()
    back = mirror.run("invoke", "rollback", "--dry-run")
    assert "schema: it ran on migration 2026" in back.stdout


def test_a_killed_deploy_is_found_by_whatever_comes_next_and_undone(mirror: Checkout) -> None:
    before = digests(mirror)
    running = mirror.start("invoke", "deploy", "--image", IMAGE.format("broken-endpoint"))
    limit = time.monotonic() + 60
    while digests_by_world(mirror) == before:
        assert time.monotonic() < limit
        time.sleep(0.05)
    os.killpg(running.pid, signal.SIGKILL)
    running.communicate(timeout=10)
    problems = status(mirror, code=1)["problems"]
    assert any("did not come to its end" in problem for problem in problems)
    done = mirror.run("invoke", "rollback", "--json")
    assert done.returncode == 0, done.stderr
    assert digests(mirror) == before
    assert status(mirror)["problems"] == []


def digests_by_world(made: Checkout) -> set[str]:
    """Without flyctl, which would wait for what a deploy holds."""
    lines = (made.root / ".rehearsal" / "environment").read_text().splitlines()
    env = dict(line.split("=", 1) for line in lines)
    done = made.run("rehearsal.fly", "machine", "list", "--app", STAGING, "--json", env=env)
    return {machine["image_ref"]["digest"] for machine in json.loads(done.stdout)}


def test_a_rollback_restores_image_and_configuration_together(mirror: Checkout) -> None:
    first = digests(mirror)
    file = mirror.root / "fly.staging.toml"
    file.write_text(file.read_text().replace('LOG_LEVEL = "debug"', 'LOG_LEVEL = "warn"'))
    second = deploy(mirror, "deployment-02")["deployed"]["digest"]
    done = told(mirror.run("invoke", "rollback", "--json").stdout, "rollback")
    assert (done["verdict"], done["release"]) == ("pass", 1)
    assert digests(mirror) == first
    assert level(mirror) == "debug"
    forth = json.loads(mirror.run("invoke", "rollback", "--to", "2", "--json").stdout)
    assert forth["restored"]["seconds"] > 0
    assert digests(mirror) == {second}
    assert level(mirror) == "warn"


def level(made: Checkout) -> str:
    lines = (made.root / ".rehearsal" / "environment").read_text().splitlines()
    env = dict(line.split("=", 1) for line in lines)
    done = made.run("rehearsal.fly", "config", "show", "--app", STAGING, env=env)
    return str(json.loads(done.stdout)["env"]["LOG_LEVEL"])


@pytest.mark.nightly
def test_what_is_known_to_fail_is_not_gone_back_to_unless_told(mirror: Checkout) -> None:
    bad = deploy(mirror, "broken-endpoint", code=1)["release"]
    done = mirror.run("invoke", "rollback", "--to", str(bad))
    assert done.returncode == 5, done.stdout
    assert "known to fail on the schema" in done.stderr
    despite = mirror.run("invoke", "rollback", "--to", str(bad), "--despite-failure")
    assert despite.returncode == 1, despite.stderr  # it does fail
    assert "GET /v1/dashboard/stats" in despite.stdout
