"""One world for each worker; and the figure at the end: faults caught of those injected."""

import json
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.rehearsed.smoke_world import SmokeWorld, smoke_world

FAULT, ONE_LINE, ALARM = "fault", "one line", "alarm"


@pytest.fixture(scope="session")
def world() -> Iterator[SmokeWorld]:
    with smoke_world() as made:
        yield made


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    reports = [each for kind in terminalreporter.stats.values() for each in kind]
    calls = [r for r in reports if isinstance(r, pytest.TestReport) and r.when == "call"]
    told = [(dict(report.user_properties), report.passed) for report in calls]
    faults = {str(t[FAULT]): (ok, str(t.get(ONE_LINE))) for t, ok in told if FAULT in t}
    clean = [ok for t, ok in told if ALARM in t]
    for name, (ok, line) in sorted(faults.items()):
        terminalreporter.write_line(f"{'caught' if ok else 'MISSED'} {name}\n    {line}")
    caught = sum(ok for ok, _ in faults.values())
    terminalreporter.write_line(f"faults caught / injected: {caught} / {len(faults)}")
    terminalreporter.write_line(f"false alarms / clean runs: {clean.count(False)} / {len(clean)}")
    folder = Path(os.environ.get("REPORTS") or "reports")
    folder.mkdir(exist_ok=True)
    lines = {name: {"caught": ok, "line": line} for name, (ok, line) in faults.items()}
    figures = {"faults": lines, "clean_runs": len(clean), "false_alarms": clean.count(False)}
    (folder / "catching.json").write_text(json.dumps(figures, indent=2) + "\n", "utf-8")
