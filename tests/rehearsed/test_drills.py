"""Drills that each change can afford; the others are in tests/drills."""

import json
import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.rehearsed.checkout import Checkout
from tests.rehearsed.drilling import drill, drillable, failed, put_back

NO_PUSH = """#!/bin/sh
case "$*" in
"db push"*) echo '{{"upToDate":false,"dryRun":false,"migrations":[],"seeds":[],"roles":[]}}';;
*) exec {real} "$@";;
esac
"""


@pytest.fixture(scope="module")
def mirror() -> Iterator[Checkout]:
    with drillable() as made:
        yield made


def test_a_deploy_is_refused_while_another_has_the_lock(mirror: Checkout) -> None:
    found = drill(mirror, "lock-held")["drills"][0]
    assert found["figures"]["seconds until it was refused"] < 20
    assert found["measured"]["lost"] == 0


def test_a_database_that_is_away_for_ten_seconds_costs_no_job(mirror: Checkout) -> None:
    found = drill(mirror, "database-away")["drills"][0]
    assert found["jobs"]["enqueued"] == found["jobs"]["finished"] == 2
    assert 0 < found["measured"]["detected"] < found["measured"]["recovered"]
    assert put_back(mirror)


@pytest.mark.nightly
def test_a_migration_that_breaks_half_way_leaves_nothing(mirror: Checkout) -> None:
    found = drill(mirror, "migration-half-way")["drills"][0]
    assert found["measured"]["lost"] == 0
    assert put_back(mirror)


def test_a_token_past_its_expiry_is_refused(mirror: Checkout) -> None:
    found = drill(mirror, "token-expired")["drills"][0]
    assert found["figures"]["seconds past its expiry"] < 65
    assert "tokens are good for 3600 s" in [check["told"] for check in found["checks"]]


@pytest.mark.nightly
def test_an_image_that_crashes_does_not_stay(mirror: Checkout) -> None:
    found = drill(mirror, "image-crash")["drills"][0]
    assert found["figures"].keys() >= {"seconds of a plain deploy", "seconds to put back"}
    assert put_back(mirror)


def test_a_migration_that_nobody_notices_fails_the_drill(mirror: Checkout) -> None:
    """By a supabase that says it has applied what it has not."""
    program = mirror.root.parent / "no-push"
    program.write_text(NO_PUSH.format(real=mirror.root / "rehearsal" / "bin" / "supabase"))
    program.chmod(0o755)
    found = drill(mirror, "migration-half-way", code=1, env={"SUPABASE": str(program)})
    assert failed(found).keys() == {"the deploy ends with exit 1"}
    assert put_back(mirror)


@pytest.mark.nightly
def test_without_a_site_that_can_be_crawled_nothing_is_proved(mirror: Checkout) -> None:
    found = drill(mirror, "machine-killed", code=6, env={"SMOKE_CRAWL_DOMAIN": "localhost"})
    assert "answered 400" in failed(found)["the drill is carried out"]
    assert found["drills"][0]["measured"] is None
    assert put_back(mirror)


@pytest.mark.nightly
def test_what_a_killed_drill_left_is_put_back_by_the_next(mirror: Checkout) -> None:
    running = mirror.start("invoke", "drill", "disk-full")
    listed = mirror.root / ".staging" / "drilling-blue-banded-bee-staging.json"
    _until_it_lists(listed, "read-only")
    os.kill(running.pid, signal.SIGKILL)
    running.communicate(timeout=60)
    assert listed.stat().st_mode & 0o777 == 0o600
    assert not put_back(mirror)
    found = drill(mirror, "lock-held")
    assert "disk-full" in found["found_unfinished"][0]
    assert put_back(mirror)


def test_a_plan_does_nothing(mirror: Checkout) -> None:
    before = len(mirror.calls())
    done = mirror.run("invoke", "drill", "all", "--dry-run", "--json")
    assert done.returncode == 2, done.stderr
    assert {each["verdict"] for each in json.loads(done.stdout)["drills"]} == {"pending"}
    assert len(mirror.calls()) == before


@pytest.mark.parametrize(("name", "told"), [("lock-hold", "lock-held"), ("image-none", "image-")])
def test_a_drill_that_there_is_not_is_refused(mirror: Checkout, name: str, told: str) -> None:
    done = mirror.run("invoke", "drill", name)
    assert (done.returncode, told in done.stderr) == (4, True)


def test_the_drills_are_listed(mirror: Checkout) -> None:
    told = mirror.run("invoke", "drills").stdout
    names = {line.split()[0] for line in told.splitlines()}
    assert names >= {"lock-held", "disk-full", "worker-killed", "sigterm-ignored", "image-leaky"}


def _until_it_lists(path: Path, word: str) -> None:
    """And until the database is so, which follows at once."""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        if path.exists() and word in path.read_text():
            time.sleep(1)
            return
        time.sleep(0.05)
    raise AssertionError(f"{path.name} does not list {word}")
