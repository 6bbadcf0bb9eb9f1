"""Give production the very image that staging proved: the one way into production.

Production's own configuration and secrets stay. What does not do well there is undone.
"""

import os
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any, ClassVar, Literal

from staging.clouds import postgres, process
from staging.errors import CHANGES_PENDING, INVALID, NOT_SO, SUCCESS, Refused, StagingError
from staging.operations import acceptance, bundles, migrations, promotion, unfinished
from staging.operations.acceptance import Acceptance
from staging.operations.deploy import Deployment, deploy
from staging.operations.journal import changing
from staging.operations.opening import Clouds, open_clouds
from staging.operations.promotion import Prospect
from staging.operations.restoring import Restored, restore
from staging.operations.steps import note
from staging.rules.bundles import Bundle
from staging.rules.evidence import Evidence
from staging.settings import Settings

Verdict = Literal["pass", "fail", "invalid", "pending"]
APPROVED = "PROMOTE_APPROVED"
"""What a protected environment of CI gives its job, and no other job has: production's app."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Promoted:
    """What production got, on which evidence, and how it does. `without` was consented to."""

    verdict: Verdict
    target: str
    app: str
    image: str
    digest: str
    changes: tuple[str, ...]
    evidence: tuple[Evidence, ...]
    without: tuple[str, ...]
    dry_run: bool = False
    reason: str = ""
    deployed: Deployment | None = None
    smoke: Acceptance | None = None
    undone: Restored | None = None
    seconds: float = 0.0
    report: ClassVar[str] = "promote"

    @property
    def exit_code(self) -> int:
        """1 if production was not well and was put back, 6 if that could not be judged."""
        codes = {"pass": SUCCESS, "fail": NOT_SO, "invalid": INVALID, "pending": CHANGES_PENDING}
        return codes[self.verdict]


def promote(
    settings: Settings,
    *,
    without: tuple[str, ...],
    yes: bool,
    wait: float,
    dry_run: bool,
    ask: Callable[[str], str],
) -> Promoted:
    """Look, weigh the evidence, show what changes, ask, do it, judge it."""
    if settings.environment:
        raise Refused(f"Only staging is promoted, not the preview {settings.environment}.")
    run = _Run(Prospect(open_clouds(settings)), without=without, wait=wait)
    run.prospect.look()
    for line in run.prospect.changes():
        note(f"  {line}")
    if dry_run:
        return run.result("pending", dry_run=True)
    promotion.require(run.prospect, consented=without)
    promotion.require_migrations(run.prospect)
    _consent(settings, yes=yes, ask=ask)
    with changing(settings, "promote") as change:
        change.hold_of(run.prospect.clouds)
        machines = run.prospect.clouds.fly.machines(settings.staging.app)
        if {m.digest for m in machines} != {run.prospect.image.digest}:
            raise Refused("Staging runs another image now than the one that was shown.")
        change.note("production", "update", run.prospect.changes()[0])
        return run.done()


@dataclass(slots=True)
class _Run:
    prospect: Prospect
    without: tuple[str, ...]
    wait: float
    started: float = field(default_factory=time.monotonic)
    known: dict[str, Any] = field(default_factory=dict)

    @property
    def app(self) -> str:
        return self.prospect.clouds.settings.production.app

    def done(self) -> Promoted:
        """Migrations, image, health, smoke; what fails is undone."""
        prospect, settings = self.prospect, self.prospect.clouds.settings
        clouds = open_clouds(settings, promoting=True)
        unfinished.begin(
            settings,
            app=self.app,
            what="invoke promote",
            before=prospect.before,
            machines=prospect.production,
        )
        try:
            _migrate(clouds, prospect)
            self.known["deployed"] = self._deploy(clouds)
            bundle = bundles.observed(
                clouds, clouds.fly.machines(self.app), app=self.app, command="invoke promote"
            )
            given = acceptance.of_production(clouds, self.known["deployed"].url)
            smoke = acceptance.smoke(clouds, given, mode="readonly", name="promotion")
        except StagingError as error:
            if process.ending():
                raise
            return self._undone(clouds, "fail", f"{error.problem} {error.detail}".strip())
        self.known["smoke"] = smoke
        bundles.judged(settings, bundle, verdict=smoke.verdict, reason=smoke.reason)
        if smoke.verdict == "fail":
            return self._undone(clouds, "fail", smoke.reason)
        unfinished.ended(settings, self.app)
        return self.result(smoke.verdict, reason=smoke.reason)

    def result(self, verdict: Verdict, **more: Any) -> Promoted:
        """What is told."""
        return Promoted(
            verdict=verdict,
            target=self.prospect.clouds.settings.target.name,
            app=self.app,
            image=self.prospect.image.image,
            digest=self.prospect.image.digest,
            changes=self.prospect.changes(),
            evidence=self.prospect.evidence,
            without=self.without,
            seconds=round(time.monotonic() - self.started, 2),
            **{**self.known, **more},
        )

    def _deploy(self, clouds: Clouds) -> Deployment:
        image = self.prospect.image
        config = bundles.write_config(clouds.settings, self._wanted())
        return deploy(
            clouds,
            images=[image.image],
            digest=image.digest,
            config=config,
            app=self.app,
            wait=self.wait,
        )

    def _wanted(self) -> Bundle:
        """Production's configuration, to be written as a file of its own."""
        seen = self.prospect.before
        config = self.prospect.config
        if seen is not None:
            return replace(seen, config=config)
        return Bundle(
            app=self.app, release=0, image="", tagged="", digest="", config=config,
            secrets={}, migration="", at="", who="", command="",
        )  # fmt: skip

    def _undone(self, clouds: Clouds, verdict: Verdict, reason: str) -> Promoted:
        note(f"  Production is not well: {reason}")
        before = self.prospect.before
        if before is None:
            note("  No one image ran before: there is nothing to put back.")
            return self.result(verdict, reason=reason)
        groups = {m.id: m.process_group for m in self.prospect.production}
        undone = restore(clouds, before, machines=groups, command="undoing invoke promote")
        return self.result(verdict, reason=reason, undone=undone)


def _migrate(clouds: Clouds, prospect: Prospect) -> None:
    if not prospect.ahead:
        return
    url = clouds.environ.required("PRODUCTION_MIGRATION_URL", why="Migrations are applied with it.")
    where = postgres.parsed(url, source="PRODUCTION_MIGRATION_URL")
    migrations.push_to_production(clouds, where, prospect.ahead)


def _consent(settings: Settings, *, yes: bool, ask: Callable[[str], str]) -> None:
    """A person types production's name, or a protected environment of CI has it for the job."""
    app = settings.production.app
    if yes:
        if os.environ.get(APPROVED) == app:
            return
        raise Refused(
            f"--yes counts only where {APPROVED} is {app}.",
            detail="It is a variable of the protected environment that approves promotions in CI.",
            remedy="Run `invoke promote` on a terminal, or approve the deployment.",
        )
    if ask(f"Type {app} to give production this image: ") != app:
        raise Refused("Not promoted: there was no consent.", remedy=f"Type {app} when asked.")
