"""What makes a database slow or unsafe: by its catalogs, by Supabase's advisors and reports."""

import re
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from typing import ClassVar

from staging.clouds import advising, postgres
from staging.clouds.postgres import Address
from staging.errors import (
    INVALID,
    NOT_SO,
    SUCCESS,
    CommandFailed,
    ConfigurationError,
    ServiceFailed,
)
from staging.operations.exporting import SIDES, address
from staging.operations.opening import Clouds, open_clouds
from staging.operations.steps import Steps
from staging.rules.accepting import Verdict, accepted, of_lints, stale, verdict
from staging.rules.advice import Facts, Finding, advise, not_judged
from staging.settings import Settings
from staging.settings.checks import nearest

REPORTS = ("table-stats", "index-stats", "bloat", "vacuum-stats", "long-running-queries")
"""Of `supabase inspect db`: what they say is shown, not judged."""

UNKNOWN = re.compile("(unknown|unrecognized) (sub)?command", re.IGNORECASE)
Rows = tuple[Mapping[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Advice:
    """All findings, the worst first. `unread` says what could not be asked, and why."""

    verdict: Verdict
    target: str
    of: str
    at: str
    findings: tuple[Finding, ...]
    not_judged: tuple[str, ...]
    unread: tuple[str, ...]
    stale: tuple[str, ...]
    inspected: Mapping[str, Rows]
    seconds: float
    report: ClassVar[str] = "schema-advise"

    @property
    def exit_code(self) -> int:
        """1 on an error that nobody accepts, 6 where Supabase's advisors could not be asked."""
        return {"pass": SUCCESS, "fail": NOT_SO, "invalid": INVALID}[self.verdict]


def examine(settings: Settings, *, of: str) -> Advice:
    """Look at production or staging, by all three ways side by side; nothing is changed."""
    if of not in SIDES:
        raise ConfigurationError(f"--of {of}: expected production or staging{nearest(of, SIDES)}.")
    started, now = time.monotonic(), datetime.now(UTC)
    look = _Look(open_clouds(settings), of)
    look.run()
    allowed, today = settings.advice_accepted, now.date()
    findings = accepted(look.findings, allowed, today)
    return Advice(
        verdict=verdict(findings, look.unread),
        target=settings.target.name,
        of=of,
        at=now.isoformat(timespec="seconds"),
        findings=findings,
        not_judged=(*not_judged(look.facts), *look.not_offered),
        unread=tuple(look.unread),
        stale=stale(findings, allowed, today),
        inspected=dict(sorted(look.inspected.items())),
        seconds=round(time.monotonic() - started, 2),
    )


@dataclass(slots=True)
class _Look:
    clouds: Clouds
    of: str
    facts: Facts = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)
    unread: list[str] = field(default_factory=list)
    not_offered: list[str] = field(default_factory=list)
    inspected: dict[str, Rows] = field(default_factory=dict)

    def run(self) -> None:
        where = address(self.clouds, self.of)
        steps = Steps()
        steps.add("read the catalogs", partial(self._catalogs, where))
        ask = partial(self._ask, "supabase db advisors", partial(self._advisors, where))
        steps.add("ask Supabase's advisors", ask)
        for name in REPORTS:
            inspect = partial(self._inspect, name, where)
            steps.add(f"inspect {name}", partial(self._ask, f"supabase inspect db {name}", inspect))
        steps.run()

    def _catalogs(self, where: Address) -> None:
        with postgres.connect(where, read_only=True) as connection:
            self.facts = advising.read(connection)
        self.findings += advise(self.facts)

    def _advisors(self, where: Address) -> None:
        self.findings += of_lints(self.clouds.supabase.advisors(where))

    def _inspect(self, name: str, where: Address) -> None:
        self.inspected[name] = self.clouds.supabase.inspect(name, where)

    def _ask(self, what: str, call: Callable[[], None]) -> None:
        try:
            call()
        except ServiceFailed as error:
            if isinstance(error, CommandFailed) and UNKNOWN.search(error.output):
                self.not_offered.append(f"{what}: this version of the program has no such command")
            else:
                self.unread.append(f"{what}: {error.problem} {error.detail}".strip())
