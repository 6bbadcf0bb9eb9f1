"""One team's world for all of these tests, and what they have covered of the workflow files."""

import json
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from staging.rules import workflowfile
from tests.rehearsed.checkout import ROOT
from tests.workflows.beginning import world
from tests.workflows.figures import figures, lines
from tests.workflows.world import World

WORLD = pytest.StashKey[World]()


@pytest.fixture(scope="session")
def team(request: pytest.FixtureRequest) -> Iterator[World]:
    with world() as made:
        request.config.stash[WORLD] = made
        yield made


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    made = terminalreporter.config.stash.get(WORLD, None)
    if made is None:
        return
    files = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
    workflows = {path.stem: workflowfile.read(path.read_text()) for path in files}
    found = figures(workflows, made.seen, made.took)
    report = Path(os.environ.get("REPORTS") or ROOT / "reports", "covered.json")
    report.parent.mkdir(exist_ok=True)
    report.write_text(json.dumps(found, indent=1) + "\n")
    for line in lines(found):
        terminalreporter.write_line(line)
