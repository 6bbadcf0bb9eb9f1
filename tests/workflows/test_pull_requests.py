"""Pull requests: checked, told what they would do, given a preview that is ended, or loudly not."""

import json

import pytest
from jsonschema import validate

from tests.rehearsed.checkout import ROOT
from tests.workflows.world import STAGING, World, bad

PREVIEW = f"{STAGING}-pr-9"


def apps(team: World) -> set[str]:
    done = team.cloud.run("rehearsal.fly", "apps", "list", "--json", env=team.written())
    return {app["Name"] for app in json.loads(done.stdout)}


@pytest.mark.nightly
def test_a_pull_request_is_checked_and_told_what_it_would_do(team: World) -> None:
    sha = team.commit("feature/checked", "Checked", build={"version": "0.6.0"})
    before = team.runs(STAGING)
    assert team.push("feature/checked") == []
    ran = team.pull_request("opened", sha, number=7)
    assert bad(ran) == []
    assert {r.workflow for r in ran} == {"checks"}
    (comment,) = team.hub.said(7)
    for told in ("What this would do to", "### Cost", "### Migrations", "Evidence", sha[:12]):
        assert told in comment
    assert "could not be told" not in comment
    proposal = json.loads((team.artifacts / "plan" / "proposal.json").read_text())
    for name, told in {"proposal": proposal, **{n: proposal[n] for n in ("plan", "cost")}}.items():
        validate(told, json.loads((ROOT / "staging" / "schemas" / f"{name}.json").read_text()))
    assert team.runs(STAGING) == before


@pytest.mark.nightly
def test_a_label_makes_a_preview_and_its_end_is_loud_if_it_fails(team: World) -> None:
    sha = team.commit("feature/shown", "Shown", build={"version": "0.6.1"})
    team.push("feature/shown")
    labels = ["preview"]
    ran = team.pull_request("labeled", sha, number=9, labels=labels)
    assert bad(ran) == []
    assert {r.job for r in ran} == {"build", "comment"}
    assert PREVIEW in apps(team)
    assert f"{PREVIEW}: pass" in team.hub.said(9)[0]

    known = set(team.hub.issues)
    team.broken = {"FLYCTL": "/bin/false"}
    ran = team.pull_request("closed", sha, number=9, labels=labels)
    team.broken = {}
    assert [r.step for r in ran if r.outcome == "failure"] == ["Destroy"]
    (issue,) = (team.hub.issues[number] for number in set(team.hub.issues) - known)
    assert issue["title"] == "Something is wrong with the end of preview 9"

    ran = team.pull_request("closed", sha, number=9, labels=labels)
    assert bad(ran) == []
    assert PREVIEW not in apps(team)
    assert issue["state"] == "closed"
    team.says_no_secret()
