"""What a run of tests says at its end; here, so that it is also said with several workers."""

import pytest

from tests.contract import flysummary
from tests.rehearsed.migrations import summary as migrations
from tests.unit.clouds import catalog_summary


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    found = [
        each
        for reports in terminalreporter.stats.values()
        for report in reports
        if getattr(report, "when", "") == "call" and not getattr(report, "skipped", True)
        for each in report.user_properties
    ]
    for said in (flysummary, catalog_summary, migrations):
        for line in said.lines(found):
            terminalreporter.write_line(line)
