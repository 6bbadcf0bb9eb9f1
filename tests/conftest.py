"""What a run of tests says at its end; here, so that it is also said with several workers."""

import os

import pytest

from staging.rules.annotations import annotation
from tests.contract import flysummary
from tests.unit.clouds import catalog_summary


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    found = [
        each
        for reports in terminalreporter.stats.values()
        for report in reports
        if getattr(report, "when", "") == "call" and not getattr(report, "skipped", True)
        for each in report.user_properties
    ]
    for line in [*flysummary.lines(found), *catalog_summary.lines(found)]:
        terminalreporter.write_line(line)
    if os.environ.get("GITHUB_ACTIONS") == "true":
        for report in terminalreporter.stats.get("failed", []):
            file, number, name = report.location
            crash = getattr(report.longrepr, "reprcrash", None)
            said = str(crash.message) if crash else "It failed."
            at = crash.lineno if crash and crash.path.endswith(file) else (number or 0) + 1
            told = annotation(said, title=name, file=file, line=str(at))
            terminalreporter.write_line(told)
