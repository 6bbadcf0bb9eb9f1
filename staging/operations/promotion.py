"""What a promotion would do, and whether staging has proved enough for it: looked at, not done."""

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from staging import flyconfig
from staging.errors import NotSo, Refused
from staging.inventory import App, Machine
from staging.operations import bundles, commits, releasing, subjects, unfinished
from staging.operations.opening import Clouds
from staging.operations.steps import Steps
from staging.rules.bundles import Bundle
from staging.rules.evidence import Evidence, weigh
from staging.rules.migrations import untried, version

CONFIG = "fly.production.promoted.toml"


@dataclass(slots=True)
class Prospect:
    """Both sides as they are, and each piece of evidence as it counts."""

    clouds: Clouds
    app: App = field(init=False)
    staging: tuple[Machine, ...] = ()
    production: tuple[Machine, ...] = ()
    released: Mapping[str, Any] = field(default_factory=dict)
    before: Bundle | None = None
    ahead: tuple[str, ...] = ()
    evidence: tuple[Evidence, ...] = ()
    found_unfinished: str = ""

    def look(self) -> None:
        """Ask both sides, side by side; then weigh what the reports say."""
        steps, settings = Steps(), self.clouds.settings
        steps.add("read staging's machines", self._staging)
        steps.add("read production's app", self._production)
        steps.add("compare the migrations", self._migrations)
        steps.run()
        if not self.production:
            raise NotSo("Production has no machine: there is nothing to promote to.")
        of, now = subjects.of_machines(settings, self.staging), datetime.now(UTC)
        if not of.digest:
            raise NotSo("Staging's machines do not run one image, which could be promoted.")
        self.evidence = tuple(
            weigh(name, _report(self.clouds, name), of=of, now=now, fresh_hours=hours)
            for name in settings.promote.requires
            for hours in (settings.promote.fresh_hours,)
        )

    @property
    def image(self) -> Machine:
        """A machine that runs what is to be promoted."""
        return self.staging[0]

    @property
    def config(self) -> Mapping[str, Any]:
        """Production's own configuration: the file that staging.toml names, else as released."""
        path = self.clouds.settings.production.config
        return flyconfig.read(path) if path else self.released

    def changes(self) -> tuple[str, ...]:
        """What will be other than it is, in lines for a person."""
        kept = bundles.kept(self.clouds.settings)
        ours = next((b for b in kept if b.digest == self.image.digest and b.commit), None)
        older, newer = (each.commit if each else "" for each in (self.before, ours))
        runs = ", ".join(sorted({machine.image for machine in self.production}))
        return (
            f"image: {runs} → {self.image.image}",
            *(f"commit: {line}" for line in commits.between(self.clouds, older, newer)),
            *(f"migration: {each}" for each in self.ahead),
            *_configured(self.released, self.config),
            f"machines: {len(self.production)}, as they are; cost a month: as it is",
        )

    def _staging(self) -> None:
        self.staging = self.clouds.fly.machines(self.clouds.settings.staging.app)

    def _production(self) -> None:
        clouds, name = self.clouds, self.clouds.settings.production.app
        self.app, self.production = clouds.fly.app(name), clouds.fly.machines(name)
        self.released = clouds.fly.config(name)
        if standing := unfinished.read(clouds.settings, name):
            self.found_unfinished, self.before = str(standing), standing.before
        else:
            self.before = bundles.before(clouds, self.production, app=name)

    def _migrations(self) -> None:
        self.ahead = releasing.ahead(self.clouds)


def require(prospect: Prospect, *, consented: tuple[str, ...]) -> None:
    """Refused unless all evidence is good, but for what is missing and was consented to by name."""
    bad = [e for e in prospect.evidence if e.state == "refused"]
    bad += [e for e in prospect.evidence if e.state == "missing" and e.name not in consented]
    if bad:
        raise Refused(
            "Staging has not proved enough for production to get what it runs.",
            detail="\n".join(f"{each.name}: {each.told}" for each in bad),
            remedy="Run what is named on staging as it is now. What is missing, and only that, "
            "can be done without: --without " + ",".join(e.name for e in bad),
        )


def require_migrations(prospect: Prospect) -> None:
    """Refused where production lacks a migration that nobody here can bring there."""
    if not prospect.ahead:
        return
    clouds = prospect.clouds
    _require_tried(prospect)
    folder = clouds.settings.root / clouds.settings.migrations
    there = {version(path.name) for path in folder.glob("*.sql")}
    absent = [each for each in prospect.ahead if each not in there]
    if absent or clouds.environ.secret("PRODUCTION_MIGRATION_URL") is None:
        why = (
            f"{clouds.settings.migrations} has no file of {', '.join(absent)}"
            if absent
            else ("PRODUCTION_MIGRATION_URL is not set: a role that may change production's schema")
        )
        raise Refused(
            f"Production lacks {len(prospect.ahead)} migrations that this image was proved with.",
            detail=why,
            remedy="Export it for the promotion alone, or apply them there first.",
        )


def _require_tried(prospect: Prospect) -> None:
    """Refused where the trial that counts was of other migrations."""
    if not any(each.name == "migrations" and each.state == "good" for each in prospect.evidence):
        return  # consented to, or not asked for
    files = (_report(prospect.clouds, "migrations") or {}).get("files", ())
    if missing := untried(prospect.ahead, files):
        raise Refused(
            "Production would get migrations that were not tried.",
            detail=f"Not in reports/migrations.json: {', '.join(missing)}.",
            remedy="Run `invoke migrations.rehearse`.",
        )


def _configured(before: Mapping[str, Any], after: Mapping[str, Any]) -> tuple[str, ...]:
    names = sorted(before.keys() | after.keys())
    told = [
        f"configuration {name}: {json.dumps(before.get(name))} → {json.dumps(after.get(name))}"
        for name in names
        if before.get(name) != after.get(name) and name not in {"app", "build"}
    ]
    return tuple(told) or ("configuration: production's own, as it is",)


def _report(clouds: Clouds, name: str) -> Mapping[str, Any] | None:
    folder = Path(os.environ.get("REPORTS") or clouds.settings.root / "reports")
    try:
        found = json.loads((folder / f"{name}.json").read_text("utf-8"))
    except (OSError, ValueError):
        return None
    return found if isinstance(found, dict) else None
