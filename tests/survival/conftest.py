"""Counts: faults tried and survived, told at the end and in reports/survival.json."""

import json
import os
import time
from pathlib import Path

import pytest

from tests.rehearsed.conftest import provisioned

__all__ = ["provisioned"]  # a mirror that the tests of one module share
STARTED = pytest.StashKey[float]()


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "quick: one of each kind, for every push")
    config.stash[STARTED] = time.monotonic()


def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, config: pytest.Config
) -> None:
    """One line, and the report, from what all workers have told."""
    if hasattr(config, "workerinput"):
        return
    survived = {each.nodeid for each in terminalreporter.getreports("passed")}
    lost = {
        each.nodeid for kind in ("failed", "error") for each in terminalreporter.getreports(kind)
    }
    tried = len(survived | lost)
    report = {
        "verdict": "invalid" if not tried else "fail" if lost else "pass",
        "tried": tried,
        "survived": len(survived - lost),
        "seconds": round(time.monotonic() - config.stash[STARTED], 1),
        "lost": sorted(lost),
        "faults": sorted(each.partition("::")[2] for each in survived | lost),
    }
    folder = Path(os.environ.get("REPORTS") or "reports")
    folder.mkdir(exist_ok=True)
    (folder / "survival.json").write_text(json.dumps(report, indent=1) + "\n")
    terminalreporter.write_line(f"faults survived / tried: {report['survived']} / {tried}")
