"""What runs each night, step by step; of a session only that it is there: they take hours."""

import stat
from collections.abc import Mapping
from pathlib import Path

import pytest

from staging.rules import workflowfile
from staging.rules.workflows import Event, starts
from tests.rehearsed.checkout import ROOT
from tests.workflows.actions import effects
from tests.workflows.jobs import run
from tests.workflows.running import Given, Job
from tests.workflows.world import repository

LISTED = '#!/bin/sh\nexec python -m nox --list "$@" >&2\n'


@pytest.mark.nightly
def test_each_job_of_the_night_finds_its_session(tmp_path: Path) -> None:
    _, remote = repository(ROOT, tmp_path)
    programs = tmp_path / "programs"
    programs.mkdir()
    nox = programs / "nox"
    nox.write_text(LISTED)
    nox.chmod(nox.stat().st_mode | stat.S_IXUSR)
    declared = effects(remote=remote, programs=programs)

    def python(job: Job, given: Mapping[str, str]) -> None:
        declared["actions/setup-python"](job, given)
        job.path.append(str(programs))

    given = Given(
        github={"sha": "main", "event_name": "schedule"},
        runner={"PIP_NO_INDEX": "1", "PIP_DRY_RUN": "1", "CI": "true"},
        secrets={},
        variables={},
        uses={**declared, "actions/setup-python": python},
        artifacts=tmp_path / "artifacts",
    )
    for path in sorted((ROOT / ".github" / "workflows").glob("*.yml")):
        workflow = workflowfile.read(path.read_text())
        if starts(workflow, Event(name="schedule")):
            ran = run(path.stem, workflow, given, tmp_path / path.stem)
            assert [
                f"{r.job}, {r.step}: {r.said[-500:]}" for r in ran if r.outcome == "failure"
            ] == []
            assert {r.job for r in ran} == set(workflow["jobs"])
