"""An application without a fault passes, every time."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.catching.conftest import ALARM
from tests.rehearsed.smoke_world import SmokeWorld
from tests.rehearsed.test_smoke_catches import smoke

RUNS = int(os.environ.get("CLEAN_RUNS") or 100)


@pytest.mark.timeout(120)
@pytest.mark.parametrize("number", range(RUNS))
def test_a_good_application_passes(
    number: int, world: SmokeWorld, tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    record_property(ALARM, number)
    with world.application() as url:
        run = smoke(tmp_path, STAGING_BASE_URL=url, **world.variables)
    assert run.code == 0, run.output
    assert set(run.lines.values()) == {"pass"}
