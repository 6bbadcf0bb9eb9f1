"""Gather the evidence that is not fresh, side by side, and hold it against the plan."""

import json
import math
import os
import sys
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any, ClassVar

from staging.clouds import process
from staging.errors import (
    INVALID,
    NOT_SO,
    SUCCESS,
    CommandFailed,
    ConfigurationError,
    NotFound,
    StagingError,
)
from staging.inventory import Subject
from staging.operations import workflows
from staging.operations.opening import open_clouds
from staging.operations.steps import Steps, Timing, note
from staging.operations.subjects import of_machines
from staging.operations.witnesses import WITNESSES, Witness
from staging.rules.criteria import ITEMS
from staging.rules.evidence import made_at, unfit
from staging.rules.verification import Judged, Source, Verdict, judge, verdict
from staging.settings import Settings


@dataclass(frozen=True, slots=True, kw_only=True)
class Verification:
    """The plan's items, each with its answers, and the reports that gave them."""

    verdict: Verdict
    target: str
    production: str
    staging: str
    subject: Subject
    at: str
    fresh_hours: float
    items: tuple[Judged, ...]
    sources: tuple[Source, ...]
    seconds: float
    chain_seconds: float
    steps: tuple[Timing, ...]
    report: ClassVar[str] = "verify"

    @property
    def exit_code(self) -> int:
        """1 if something is not met, else 6 if something is not proved."""
        return {"pass": SUCCESS, "fail": NOT_SO, "invalid": INVALID}[self.verdict]


def verify(
    settings: Settings, *, fresh_hours: float | None, only: tuple[str, ...], run: bool
) -> Verification:
    """Judge by what is fresh. `only`: nothing else is run anew; without `run`, nothing at all."""
    if unknown := set(only) - {each.name for each in WITNESSES}:
        raise ConfigurationError(
            f"There is no evidence called {', '.join(sorted(unknown))}.",
            detail=f"Expected one of {', '.join(each.name for each in WITNESSES)}.",
        )
    hours = settings.promote.fresh_hours if fresh_hours is None else fresh_hours
    hearing = _Hearing(settings, hours)
    if run:
        hearing.gather(only or tuple(each.name for each in WITNESSES))
    return hearing.judged()


def hours(told: str) -> float | None:
    """How many hours somebody said; None if nobody did."""
    if not told:
        return None
    try:
        found = float(told)
    except ValueError:
        found = -1.0
    if not 0 <= found < math.inf:
        raise ConfigurationError(f"{told!r} is no number of hours.")
    return found


@dataclass(slots=True)
class _Hearing:
    settings: Settings
    hours: float
    steps: Steps = field(default_factory=Steps)
    complaints: dict[str, str] = field(default_factory=dict)

    def gather(self, names: tuple[str, ...]) -> None:
        """Have made anew what is named and is not fresh; what disturbs another, after it."""
        before = self._unfit(self._subject())
        asked = [w for w in WITNESSES if w.name in names and (w.always or before[w.name])]
        running = {each.name for each in asked}
        for each in asked:
            self.steps.add(
                f"run {each.name}",
                partial(self._make, each),
                after=[f"run {name}" for name in each.after if name in running],
            )
        self.steps.run()

    def judged(self) -> Verification:
        """What the reports of now say of staging as it is now."""
        subject = self._subject()
        took = {timing.name.removeprefix("run "): timing.seconds for timing in self.steps.timings}
        unfit_ = self._unfit(subject)
        sources = tuple(self._source(each, unfit_[each.name], took) for each in WITNESSES)
        reports = {each.name: self._report(each) or {} for each in WITNESSES}
        items = judge(ITEMS, {each.name: each for each in sources}, reports)
        return Verification(
            verdict=verdict(items),
            target=self.settings.target.name,
            production=self.settings.production.app,
            staging=self.settings.staging.app,
            subject=subject,
            at=datetime.now(UTC).isoformat(timespec="seconds"),
            fresh_hours=self.hours,
            items=items,
            sources=sources,
            seconds=round(self.steps.elapsed(), 2),
            chain_seconds=round(self.steps.chain(), 2),
            steps=tuple(self.steps.timings),
        )

    def _subject(self) -> Subject:
        try:
            machines = open_clouds(self.settings).fly.machines(self.settings.staging.app)
        except NotFound:
            machines = ()
        return of_machines(self.settings, machines)

    def _unfit(self, subject: Subject) -> dict[str, str]:
        """Why each report counts for nothing; "" if it counts."""
        return {each.name: self._why(each, asdict(subject)) for each in WITNESSES}

    def _why(self, each: Witness, subject: Mapping[str, str]) -> str:
        found = self._report(each)
        if found is None:
            return self.complaints.get(each.name) or f"there is no report: run `{each.told}`"
        of = workflows.subject(self.settings) if each.of_workflows else subject
        now = datetime.now(UTC)
        why = unfit(each.name, found, of=of, now=now, fresh_hours=self.hours)
        if not why and found.get("dry_run") is False:
            why = "it is of what was done then, not of how it is now"
        return why and (self.complaints.get(each.name) or why)

    def _make(self, each: Witness) -> None:
        """Run it; how it ends is told by its report, and by its words where it leaves none."""
        env = {name: text for name, text in os.environ.items() if name != "GITHUB_STEP_SUMMARY"}
        env["STAGING_ENVIRONMENT"] = "staging"
        argv = [sys.executable, "-m", *each.words]
        try:
            process.run(argv, timeout=each.seconds, env=env, cwd=self.settings.root)
        except CommandFailed as error:
            if process.ending():
                raise StagingError("Interrupted while evidence was gathered.") from None
            said = [line for line in error.detail.splitlines() if line.strip()]
            last = said[-1].strip() if said else error.problem
            self.complaints[each.name] = f"`{each.told}` was run and proved nothing: {last}"
            note(f"  {each.told}: {error.problem}")

    def _path(self, each: Witness) -> Path:
        folder = Path(os.environ.get("REPORTS") or self.settings.root / "reports")
        return folder / f"{each.report}.json"

    def _report(self, each: Witness) -> Mapping[str, Any] | None:
        try:
            found = json.loads(self._path(each).read_text("utf-8"))
        except (OSError, ValueError):
            return None
        return found if isinstance(found, dict) else None

    def _source(self, each: Witness, why: str, took: Mapping[str, float]) -> Source:
        found = self._report(each) or {}
        subject = found.get("subject")
        digest = subject.get("digest", "") if isinstance(subject, Mapping) else ""
        seconds = took.get(each.name)
        return Source(
            name=each.name,
            command=each.told,
            path=self._path(each).name,
            at=made_at(found),
            digest=digest,
            unfit=why,
            seconds=None if seconds is None else round(seconds, 2),
        )
