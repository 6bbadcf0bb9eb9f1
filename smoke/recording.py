"""What pytest tells of each check, masked, gathered into a run's result."""

import json
import os
import time
from collections.abc import Generator
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from smoke.again import Again
from smoke.allowed import Allowed, find
from smoke.checklist import line_of, title_of
from smoke.evidence import Evidence, shown
from smoke.exchanges import Exchanges
from smoke.hidden import Hidden
from smoke.mode import Mode
from smoke.page import page
from smoke.parts import Parts
from smoke.report import Run, document
from smoke.report import text as lines
from smoke.summary import markdown
from smoke.verdict import Check, Outcome, judge, worse
from staging.errors import INVALID, NOT_SO, SUCCESS
from staging.rules.annotations import annotation

if TYPE_CHECKING:
    from smoke.coverage import Coverage
    from smoke.environment import Environment
    from smoke.journeys.pictures import Picture

CODES = {"pass": SUCCESS, "fail": NOT_SO, "invalid": INVALID}
SECONDS, NOTE, PART, ALLOWED = "seconds", "note", "part", "allowed"
FLAKY = "flaky: "
OUTCOMES: dict[str, Outcome] = {"passed": "passed", "failed": "failed", "skipped": "not run"}


class Recording:
    """pytest's hooks for one run; nothing leaves them unmasked."""

    def __init__(self, hidden: Hidden) -> None:
        self.hidden = hidden
        self.again = Again()
        self.exchanges = Exchanges()
        self.pictures: list[Picture] = []
        self.left: list[str] = []
        self.coverage: Coverage | None = None
        self.environment: Environment | None = None
        self._used: set[Allowed] = set()
        self._checks: dict[str, Check] = {}
        self._started, self._begun = datetime.now(UTC), time.monotonic()

    @property
    def parts(self) -> Parts:
        """Those that the run may expect."""
        return self.environment.parts if self.environment else Parts()

    @property
    def mode(self) -> Mode:
        """How much is done."""
        return self.environment.mode if self.environment else Mode.FULL

    def pytest_runtest_setup(self, item: pytest.Item) -> None:
        """From now on it is this check that asks."""
        self.exchanges.check = f"{line_of(item.nodeid)}: {title_of(item.nodeid)}"

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(
        self, item: pytest.Item, call: pytest.CallInfo[None]
    ) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        """Make a failure one masked line, before anybody writes the report down."""
        report = yield
        for said in self.again.mine() if call.when == "call" else ():
            report.user_properties.append((NOTE, f"{FLAKY}{said}"))
        if report.failed and call.excinfo and item.config.option.tbstyle == "no":
            report.longrepr = _line(call.excinfo)
        if isinstance(report.longrepr, tuple):
            file, number, reason = report.longrepr
            report.longrepr = (file, number, self.hidden.mask(reason.removeprefix("Skipped: ")))
        elif report.longrepr:
            report.longrepr = self.hidden.mask(str(report.longrepr))
        self._allow(item, report)
        report.sections = [(name, self.hidden.mask(said)) for name, said in report.sections]
        report.duration = _seconds(report)
        return report

    def _allow(self, item: pytest.Item, report: pytest.TestReport) -> None:
        """Let a failure be what somebody declared; JUnit has no better word for it than skipped."""
        declared = self.environment.allowed if self.environment else ()
        name = f"{line_of(report.nodeid)}: {title_of(report.nodeid)}"
        covering = find(declared, name) if report.failed else None
        if covering:
            self._used.add(covering)
            file, number, _ = item.location
            report.longrepr = (file, number or 0, f"{covering}: {report.longrepr}")
            report.outcome = "skipped"
            report.user_properties.append((ALLOWED, True))

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Keep what became of the check; setup and call and teardown are one."""
        told = dict(report.user_properties)
        check = Check(
            line=line_of(report.nodeid),
            name=title_of(report.nodeid),
            outcome="allowed" if told.get(ALLOWED) else OUTCOMES[report.outcome],
            seconds=report.duration,
            reason=_reason(report),
            part=str(told.get(PART, "")),
        )
        former = self._checks.get(report.nodeid)
        self._checks[report.nodeid] = worse(former, check) if former else check

    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(self, session: pytest.Session, exitstatus: int) -> None:
        """Write smoke.json, and let the verdict be the exit code."""
        ended = (
            pytest.ExitCode.OK,
            pytest.ExitCode.TESTS_FAILED,
            pytest.ExitCode.NO_TESTS_COLLECTED,
        )
        if exitstatus not in ended or not self.environment:
            return
        reports = self.environment.reports
        reports.mkdir(parents=True, exist_ok=True)
        run = self.run()
        found = json.dumps(document(run), indent=2, ensure_ascii=False) + "\n"
        written = page(run, self.exchanges.all, hidden=self.hidden, pictures=self.pictures)
        summary = self.hidden.mask(markdown(run))
        for name, text in {"json": found, "md": summary, "html": written}.items():
            (reports / f"smoke.{name}").write_text(self.hidden.mask(text), "utf-8")
        if given := os.environ.get("GITHUB_STEP_SUMMARY"):
            with suppress(OSError), Path(given).open("a", encoding="utf-8") as steps:
                steps.write(f"{summary}\n")
        session.exitstatus = CODES[run.verdict]

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Show the lines of the checklist, and the evidence."""
        if not self.environment:
            return
        terminalreporter.section("checklist")
        run = self.run()
        for line in lines(run):
            terminalreporter.write_line(self.hidden.mask(line))
        if os.environ.get("GITHUB_ACTIONS") == "true":
            failed = [c for judged in run.lines for c in judged.checks if c.outcome == "failed"]
            for check in failed:
                told = annotation(check.reason, title=f"smoke, {check.line}: {check.name}")
                terminalreporter.write_line(self.hidden.mask(told))

    def run(self) -> Run:
        """The result so far."""
        unused = set(self.environment.allowed if self.environment else ()) - self._used
        return Run(
            url=self.environment.url if self.environment else "",
            mode=self.mode,
            started=self._started,
            seconds=time.monotonic() - self._begun,
            lines=judge(
                self._checks.values(),
                own=bool(self.environment and self.environment.own.folder),
            ),
            only=self.parts.only,
            left=self.left,
            coverage=self.coverage,
            flaky=self.again.others(),
            unused=sorted(f"{one.check} ({one})" for one in unused),
            subject=self.environment.subject if self.environment else None,
        )


def _line(found: "pytest.ExceptionInfo[BaseException]") -> str:
    """Evidence as it is; any other failure with its place, as that is a fault of the check."""
    if isinstance(found.value, Evidence | pytest.fail.Exception):
        return str(found.value)
    place = found.traceback[-1]
    said = shown(f"{found.typename}: {found.value}")
    return f"{said} ({Path(str(place.path)).name}:{place.lineno + 1})"


def _seconds(report: pytest.TestReport) -> float:
    """A check's own time: setting up is waiting for what another check reports the time of."""
    told = dict(report.user_properties).get(SECONDS)
    if report.when != "call":
        return 0.0
    return told if isinstance(told, float) else report.duration


def _reason(report: pytest.TestReport) -> str:
    if isinstance(report.longrepr, tuple):
        return report.longrepr[2]
    if report.longrepr:
        return str(report.longrepr)
    told = dict(report.user_properties)
    return str(told.get(NOTE, "")) if report.when == "call" else ""
