"""What a run of tests says at its end; here, so that it is also said with several workers."""

import os

import pytest

from staging.rules.annotations import annotation
from tests.contract import flysummary
from tests.rehearsed import data_summary
from tests.rehearsed.migrations import summary as migrations_summary
from tests.unit.clouds import catalog_summary

SUMMARIES = (flysummary, catalog_summary, data_summary, migrations_summary)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    found = [
        each
        for reports in terminalreporter.stats.values()
        for report in reports
        if getattr(report, "when", "") == "call" and not getattr(report, "skipped", True)
        for each in report.user_properties
    ]
    for told in [each for summary in SUMMARIES for each in summary.lines(found)]:
        terminalreporter.write_line(told)
    if os.environ.get("GITHUB_ACTIONS") == "true":
        for report in terminalreporter.stats.get("failed", []):
            file, number, name = report.location
            crash = getattr(report.longrepr, "reprcrash", None)
            said = str(crash.message) if crash else "It failed."
            at = crash.lineno if crash and crash.path.endswith(file) else (number or 0) + 1
            terminalreporter.write_line(annotation(said, title=name, file=file, line=str(at)))
