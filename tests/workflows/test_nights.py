"""What runs by the clock; of a session that takes hours only that it is there."""

import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from staging.rules import workflowfile
from staging.rules.workflows import Event
from tests.rehearsed.checkout import ROOT
from tests.workflows.running import Ran
from tests.workflows.world import World, bad

NOX = """#!/bin/sh
case "$*" in "-s smoke"*) exec python -m nox "$@" ;; esac
exec python -m nox --list "$@" >&2
"""


def cron(workflow: str) -> str:
    """When a workflow's own file has it run."""
    read = workflowfile.read((ROOT / ".github" / "workflows" / f"{workflow}.yml").read_text())
    (entry,) = read["on"]["schedule"]
    return str(entry["cron"])


def night(team: World) -> list[Ran]:
    sha = team.head_of("main")
    return team.happen(Event(name="schedule", branch="main", cron=cron("nightly")), sha)


@pytest.fixture
def listing(team: World, tmp_path: Path) -> Iterator[World]:
    """A nox that runs smoke, and only looks whether there is another session."""
    nox = tmp_path / "nox"
    nox.write_text(NOX)
    nox.chmod(nox.stat().st_mode | stat.S_IXUSR)
    team.before = tmp_path
    yield team
    team.before = None


@pytest.mark.nightly
def test_a_bad_night_opens_an_issue_and_a_good_one_closes_it(listing: World) -> None:
    known = set(listing.hub.issues)
    listing.broken = {"SUPABASE": "/bin/false"}
    ran = night(listing)
    listing.broken = {}
    assert {(r.job, r.step) for r in ran if r.outcome == "failure"} == {
        ("staging", "Smoke"),
        ("staging", "Parity"),
        ("staging", "Cost"),
    }
    (number,) = set(listing.hub.issues) - known
    issue = listing.hub.issues[number]
    assert issue["state"] == "open"
    assert "| staging | **failure** |" in issue["body"]

    assert bad(night(listing)) == []
    assert issue["state"] == "closed"
    assert set(listing.hub.issues) == {*known, number}
    listing.says_no_secret()


@pytest.mark.nightly
def test_each_hour_ends_the_previews_that_have_expired(team: World) -> None:
    event = Event(name="schedule", branch="main", cron=cron("preview"))
    ran = team.happen(event, team.head_of("main"))
    assert bad(ran) == []
    assert {(r.workflow, r.job) for r in ran} == {("preview", "prune"), ("preview", "alarm")}
