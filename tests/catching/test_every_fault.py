"""Each fault of an image fails the line of the checklist that stands for it."""

import tomllib
from collections.abc import Callable
from pathlib import Path

import pytest

from rehearsal.application.faults import NAMES
from tests.catching.conftest import FAULT, ONE_LINE
from tests.rehearsed.smoke_world import SmokeWorld
from tests.rehearsed.test_smoke_catches import smoke

TABLE = tomllib.loads(Path(__file__).with_name("faults.toml").read_text("utf-8"))
LINES: dict[str, str] = {name: line for line in TABLE for name in TABLE[line]["faults"]}
"""The line that each fault fails."""

DEAD = {"crash", "unhealthy"}
"""Such a process never answers; deploying it is what fails."""

NONE = {"a-new-field", "ignores-sigterm", "leaks-memory", "leaky", "schedule-keeps-running"}
NONE |= {"does-without-column"}
"""Contracts tolerate new fields unless they are told not to; smoke ends no process; a leak takes
longer than smoke does, and the least interval of a schedule is six hours: smoke does not claim to
notice them. What does without a column is right on every schema."""

SOON = {"SMOKE_TAKE_UP_SECONDS": "3", "SMOKE_CRAWL_SECONDS": "30"}


SEEN = {"script-missing"}
"""Only a browser notices these; its tests are in test_smoke_catches.py."""


def test_every_fault_that_there_is_has_its_line() -> None:
    assert set(LINES) == NAMES - DEAD - NONE - SEEN


@pytest.mark.timeout(400)
@pytest.mark.parametrize("fault", LINES)
def test_a_fault_fails_its_line(
    fault: str, world: SmokeWorld, tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    with world.application(fault) as url:
        run = smoke(tmp_path, STAGING_BASE_URL=url, **SOON, **world.variables)
    failed = [line for line in run.output.splitlines() if line.startswith("FAILED")]
    ours = [line for line in failed if line.startswith(f"FAILED {LINES[fault]}: ")]
    record_property(FAULT, fault)
    record_property(ONE_LINE, (ours or failed or ["nothing failed"])[0])
    assert run.code == 1, run.output
    assert ours, failed
