"""Every recorded run of the real flyctl, played again."""

import os
from pathlib import Path

from tests.contract import flyplay
from tests.contract.flyworlds import host

# Logs hold what the application and the platform wrote, which is our own.
OWN_LOGS = {"deploy_crash", "deploy_release_command_fails"}


def without_logs(run: flyplay.Run) -> str:
    if run.name not in OWN_LOGS:
        return run.stderr
    kept = [li for li in run.stderr.splitlines() if not li.startswith((" ", "\x1b[2m"))]
    return "\n".join(line for line in kept if line)


def test_every_recorded_run_is_reproduced(tmp_path: Path) -> None:
    with host(tmp_path / "world") as world:
        for theirs, ours in flyplay.play({**world.environment, "HOME": os.devnull}, tmp_path):
            assert ours.exit == theirs.exit, (theirs.name, ours.stderr)
            shown = flyplay.comparable(ours.stdout)
            assert shown == flyplay.comparable(theirs.stdout), theirs.name
            told = flyplay.comparable(without_logs(ours))
            assert told == flyplay.comparable(without_logs(theirs)), theirs.name
