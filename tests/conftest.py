"""What a run of tests says at its end; here, so that it is also said with several workers."""

import pytest

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
    for line in [each for told in SUMMARIES for each in told.lines(found)]:
        terminalreporter.write_line(line)
