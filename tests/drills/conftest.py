"""A mirror for each worker; and the figures at the end: drills as expected of those held."""

import json
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.rehearsed.checkout import Checkout
from tests.rehearsed.drilling import drillable

DRILL = "drill"


@pytest.fixture(scope="session")
def mirror() -> Iterator[Checkout]:
    with drillable() as made:
        yield made


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    reports = [each for kind in terminalreporter.stats.values() for each in kind]
    calls = [r for r in reports if isinstance(r, pytest.TestReport) and r.when == "call"]
    told = [(name, text, r.passed) for r in calls for name, text in r.user_properties]
    held = [(json.loads(str(text)), passed) for name, text, passed in told if name == DRILL]
    for found, expected in held:
        seen, figures = found["measured"] or {}, found["figures"]
        times = f"detected {seen.get('detected')} s, recovered {seen.get('recovered')} s"
        mark = "as expected" if expected else "NOT AS EXPECTED"
        terminalreporter.write_line(f"{found['name']}: {mark}; {times}; {json.dumps(figures)}")
    good = sum(expected for _, expected in held)
    terminalreporter.write_line(f"drills as expected / held: {good} / {len(held)}")
    folder = Path(os.environ.get("REPORTS") or "reports")
    folder.mkdir(exist_ok=True)
    lines = [{**found, "as_expected": expected} for found, expected in held]
    (folder / "drills.json").write_text(json.dumps(lines, indent=1) + "\n", "utf-8")
