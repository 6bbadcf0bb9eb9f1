"""A load test that machines carry: made for it, and ended after it whatever happens."""

import json
import os
import secrets
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar, Literal

from staging.clouds import process
from staging.errors import (
    CHANGES_PENDING,
    CONFIGURATION,
    INVALID,
    NOT_SO,
    REFUSED,
    SUCCESS,
    CommandFailed,
    ConfigurationError,
    Refused,
    ServiceFailed,
)
from staging.operations import fleetmachines
from staging.operations.cost import cost
from staging.operations.journal import changing
from staging.operations.opening import Clouds, open_clouds
from staging.operations.steps import note
from staging.rules import fleet as rules
from staging.rules.cost import prices
from staging.rules.fleet import Plan
from staging.secret import Secret
from staging.settings import Settings
from staging.settings.environments import DEFAULT, load_app

Verdict = Literal["pass", "fail", "invalid", "pending"]
CHECKING = 120.0
WORKERS = "LOAD_WORKERS"
WORKER = "python -m loadtests.worker"
CODES: dict[Verdict, int] = {
    "pass": SUCCESS,
    "fail": NOT_SO,
    "invalid": INVALID,
    "pending": CHANGES_PENDING,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Ordered:
    """What somebody asked for; `options` are those of the load test."""

    machines: int
    regions: str
    size: str
    options: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Carrier:
    """One machine and what it carried; its clock's difference was taken away from what it told."""

    place: str
    clock_ahead_seconds: float
    clock_within_ms: float
    planned: int
    requests: int
    lost: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Fleet:
    """One run. `usd` is what its machines cost, `most_usd` what they could have."""

    verdict: Verdict
    target: str
    app: str
    size: str
    regions: tuple[str, ...]
    machines: tuple[Carrier, ...]
    ended_before: int
    planned: int
    requests: int
    reasons: tuple[str, ...]
    usd: float
    most_usd: float
    prices_of: str
    seconds: float
    report: ClassVar[str] = "fleet"

    @property
    def exit_code(self) -> int:
        """That of the verdict."""
        return CODES[self.verdict]


@dataclass(frozen=True, slots=True, kw_only=True)
class Cleared:
    """What an earlier run had left, and is gone."""

    target: str
    resources: tuple[str, ...]


def fleet(settings: Settings, ordered: Ordered, *, dry_run: bool) -> Fleet:
    """Show the price, start the machines, load, end the machines; the verdict is the load's."""
    clouds = open_clouds(settings)
    plan = _plan(clouds, ordered)
    note(plan.told)
    if dry_run:
        return _told(clouds, plan, {"verdict": "pending"}, ended_before=0, lived=0.0)
    with changing(settings, "fleet") as change:
        change.hold_of(clouds)
        ended_before = fleetmachines.end_leftover(clouds)
        detail = f"{len(plan.regions)} machines {plan.size}, at most {plan.most_usd} USD"
        change.note(f"Fly app {plan.app}", "create", detail)
        fleetmachines.ensure_app(clouds)
        begun = time.monotonic()
        try:
            ids = fleetmachines.start(clouds, plan, secrets.token_hex(4))
            found = _loaded(clouds, ordered, plan, ids)
        finally:
            fleetmachines.end(clouds)
    lived = time.monotonic() - begun
    return _told(clouds, plan, found, ended_before=ended_before, lived=lived)


def clear(settings: Settings) -> Cleared:
    """End what is left of earlier runs, their app and its image too."""
    clouds = open_clouds(settings)
    with changing(settings, "fleet") as change:
        change.hold_of(clouds)
        gone = fleetmachines.drop(clouds)
        for resource in gone:
            change.note(resource, "destroy", "there → gone")
    return Cleared(target=settings.target.name, resources=gone)


def _plan(clouds: Clouds, ordered: Ordered) -> Plan:
    """Nothing is spent on what the load test, the budget or Fly would not allow."""
    settings = clouds.settings
    known, usual = clouds.fly.regions(), settings.staging.region
    if not 1 <= ordered.machines <= rules.MOST:
        rules.planned("", machines=ordered.machines, regions=(), size=rules.USUAL, seconds=0)
    plan = rules.planned(
        load_app(settings.staging.app),
        machines=ordered.machines,
        regions=rules.places(ordered.regions, known=known, usual=usual),
        size=ordered.size or rules.USUAL,
        seconds=float(_checked(clouds, ordered)["seconds"]),
    )
    bill = cost(settings, size="", schedule="always")
    rules.refuse_over(plan, staging_usd=bill.staging_usd, budget_usd=bill.budget_usd)
    return plan


def _checked(clouds: Clouds, ordered: Ordered) -> Mapping[str, Any]:
    """What the load test says that it would do."""
    try:
        words = [*_session(ordered), "--check"]
        env = _environment(clouds.settings)
        done = process.run(words, timeout=CHECKING, env=env, cwd=clouds.settings.root)
    except CommandFailed as error:
        kinds = {CONFIGURATION: ConfigurationError, REFUSED: Refused}
        if kind := kinds.get(error.code or 0):
            problem, _, detail = error.detail.partition("\n")
            raise kind(problem, detail=detail) from None
        raise
    found: Mapping[str, Any] = json.loads(done.stdout)
    return found


def _loaded(clouds: Clouds, ordered: Ordered, plan: Plan, ids: list[str]) -> Mapping[str, Any]:
    """The load test's own report."""
    consoles = [clouds.fly.console(plan.app, machine, WORKER) for machine in ids]
    workers = [
        {"place": f"{machine} in {region}", "argv": list(console.argv)}
        for machine, region, console in zip(ids, plan.regions, consoles, strict=True)
    ]
    env = _environment(clouds.settings) | dict(consoles[0].env) | {WORKERS: json.dumps(workers)}
    path = Path(os.environ.get("REPORTS") or clouds.settings.root / "reports") / "load.json"
    path.unlink(missing_ok=True)
    try:
        process.run(
            _session(ordered),
            timeout=plan.seconds + rules.SLACK,
            env=env,
            cwd=clouds.settings.root,
            show=note,
        )
    except CommandFailed as error:
        if process.ending() or not path.is_file():
            raise
        note(f"  {error.problem}")
    try:
        found: Mapping[str, Any] = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise ServiceFailed("The load test has left no report.", detail=str(error)) from error
    return found


def _session(ordered: Ordered) -> list[str]:
    python = [sys.executable, "-m"]
    words = ["loadtests", "--workers", str(ordered.machines), *ordered.options]
    return [*python, "staging.attached", *python, *words]


def _environment(settings: Settings) -> dict[str, str | Secret]:
    return {**os.environ, "STAGING_ENVIRONMENT": settings.environment or DEFAULT}


def _told(
    clouds: Clouds, plan: Plan, found: Mapping[str, Any], *, ended_before: int, lived: float
) -> Fleet:
    usd = plan.most_usd * lived / plan.lifetime
    return Fleet(
        verdict=found["verdict"],
        target=clouds.settings.target.name,
        app=plan.app,
        size=plan.size,
        regions=plan.regions,
        machines=tuple(Carrier(**each) for each in found.get("crew", ())),
        ended_before=ended_before,
        planned=found.get("planned", 0),
        requests=found.get("requests", 0),
        reasons=tuple(found.get("reasons", ())),
        usd=round(usd, 4),
        most_usd=plan.most_usd,
        prices_of=prices()["date"],
        seconds=round(lived, 1),
    )
