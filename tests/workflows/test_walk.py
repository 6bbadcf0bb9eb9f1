"""Feature → staging → main, by the workflows' own steps; and a bad commit that gets nowhere."""

import json
import os
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from staging import settings
from staging.operations import workflows
from tests.rehearsed.checkout import ROOT
from tests.workflows.running import Ran
from tests.workflows.world import PRODUCTION, STAGING, World, bad

GOOD = {"version": "0.5.0"}
BAD = {"version": "0.5.1", "faults": ["broken-endpoint"]}
SUBTLE = {"version": "0.5.2", "faults": ["no-retry"]}
"""What `smoke --quick` does not see, which a deploy waits for, and the whole of smoke does."""
REPORT = Path(os.environ.get("REPORTS") or ROOT / "reports", "walk.json")


def steps(ran: list[Ran]) -> dict[str, str]:
    return {f"{r.job}: {r.step}": r.outcome for r in ran if r.kind == "run"}


@pytest.mark.nightly
def test_a_feature_goes_to_staging_then_to_production_and_a_bad_commit_nowhere(team: World) -> None:
    began, started, verdict = len(team.seen), time.monotonic(), "fail"
    try:
        walk(team)
        team.says_no_secret()
        verdict = "pass"
    finally:
        write(team, began, verdict, time.monotonic() - started)


def walk(team: World) -> None:
    born, live = team.runs(STAGING), team.runs(PRODUCTION)
    feature = team.commit("feature/export", "A new export", build=GOOD)
    assert team.push("feature/export") == []
    assert (team.runs(STAGING), team.runs(PRODUCTION)) == (born, live)

    assert team.merge("feature/export", "staging") == feature
    ran = team.push("staging")
    assert bad(ran) == []
    assert {r.workflow for r in ran} == {"staging"}
    assert "is accepted" in team.summary()
    staged = team.runs(STAGING)
    assert staged != born
    assert team.runs(PRODUCTION) == live

    team.merge("staging", "main")
    ran = team.push("main")
    assert bad(ran) == []
    assert {r.workflow for r in ran} == {"production"}
    assert team.runs(PRODUCTION) == team.runs(STAGING) == staged

    team.commit("staging", "A mistake", build=BAD)
    ran = team.push("staging")
    told = steps(ran)
    assert told["deploy: Deploy what this commit was built into"] == "failure"
    assert told["deploy: Smoke"] == told["deploy: Put back what ran before"] == "skipped"
    assert "Rolled back by itself" in bad(ran)[0]
    assert "Rolled back by itself" in team.summary()
    assert team.runs(STAGING) == team.runs(PRODUCTION) == staged

    team.commit("staging", "A mistake that is harder to see", build=SUBTLE)
    told = steps(team.push("staging"))
    assert told["deploy: Deploy what this commit was built into"] == "success"
    assert told["deploy: Smoke"] == "failure"
    assert told["deploy: Load"] == "skipped"
    assert told["deploy: Put back what ran before"] == "success"
    assert told["deploy: Verdict"] == "failure"
    assert team.runs(STAGING) == team.runs(PRODUCTION) == staged


def write(team: World, began: int, verdict: str, seconds: float) -> None:
    """What verify reads as evidence that CI and CD work."""
    told: dict[str, Any] = {
        "verdict": verdict,
        "subject": workflows.subject(settings.load(ROOT, environment="staging")),
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "seconds": round(seconds, 1),
        "reasons": [] if verdict == "pass" else [told[:300] for told in bad(team.seen[began:])],
        "pushes": [
            {"event": t.event, "seconds": round(t.seconds, 1), "chain": round(t.chain, 1)}
            for t in team.took
        ],
        "steps": [
            {"workflow": r.workflow, "job": r.job, "step": r.step, "outcome": r.outcome}
            | {"seconds": r.seconds}
            for r in team.seen[began:]
        ],
    }
    REPORT.parent.mkdir(exist_ok=True)
    REPORT.write_text(json.dumps(told, indent=1) + "\n")
