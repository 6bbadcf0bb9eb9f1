"""A deploy that judges itself: migrations, image, health, smoke; and the way back if one is not so.

What is not accepted does not stay: the image and the configuration that ran before are put back.
"""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, ClassVar, Literal

from staging.clouds import process
from staging.errors import (
    CHANGES_PENDING,
    INVALID,
    NOT_SO,
    SUCCESS,
    ConfigurationError,
    StagingError,
)
from staging.inventory import Machine
from staging.operations import acceptance, bundles, migrations, previews, unfinished
from staging.operations.acceptance import Acceptance
from staging.operations.deploy import HEALTHY, Deployment, deploy, running
from staging.operations.drills import putback
from staging.operations.journal import Change, changing
from staging.operations.opening import Clouds, open_clouds
from staging.operations.restoring import Restored, restore
from staging.operations.steps import note
from staging.rules.bundles import Bundle
from staging.secret import Secret
from staging.settings import Settings
from staging.settings.checks import nearest

Verdict = Literal["pass", "fail", "invalid", "pending"]
LOG_LINES = 20
STRATEGIES = ("rolling", "canary", "bluegreen", "immediate")


@dataclass(frozen=True, slots=True, kw_only=True)
class Ordered:
    """What somebody asks for: an image, or a directory to build; and how it is to be rolled out."""

    image: str = ""
    source: Path | None = None
    strategy: str = ""
    why: str = ""
    wait: float = HEALTHY

    def __str__(self) -> str:
        return self.image or f"the source in {self.source}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """A deploy and its verdict. `undone` is what was put back, `logs` the last that was said.

    With `dry_run` nothing was done: `pending` says what would be.
    """

    verdict: Verdict
    target: str
    app: str
    image: str
    strategy: str
    before: str
    reason: str = ""
    dry_run: bool = False
    found_unfinished: str = ""
    migrations: tuple[str, ...] = ()
    release: int = 0
    deployed: Deployment | None = None
    smoke: Acceptance | None = None
    undone: Restored | None = None
    logs: tuple[str, ...] = ()
    seconds: float = 0.0
    report: ClassVar[str] = "deploy"

    @property
    def exit_code(self) -> int:
        """1 if it was not accepted, 6 if smoke could not judge, 2 if only planned."""
        codes = {"pass": SUCCESS, "fail": NOT_SO, "invalid": INVALID, "pending": CHANGES_PENDING}
        return codes[self.verdict]


def ordered(*, image: str, source: str, strategy: str, why: str, wait: float) -> Ordered:
    """What the words of a command line ask for, or ConfigurationError."""
    if bool(image) == bool(source):
        raise ConfigurationError("Name an --image or a --source directory, one of both.")
    folder = Path(source).resolve() if source else None
    if folder and not folder.is_dir():
        raise ConfigurationError(f"--source {source}: there is no such directory.")
    if strategy and strategy not in STRATEGIES:
        hint = nearest(strategy, STRATEGIES)
        problem = f"--strategy {strategy}: there is no such strategy{hint}."
        raise ConfigurationError(problem, detail=f"Expected one of {', '.join(STRATEGIES)}.")
    return Ordered(image=image, source=folder, strategy=strategy, why=why, wait=wait)


def deploy_judged(settings: Settings, ordered: Ordered, *, dry_run: bool = False) -> Judged:
    """Deploy to the environment and judge what runs there then; undo it if it is not accepted."""
    clouds = open_clouds(settings)
    if dry_run:
        return _Run(clouds, ordered).planned()
    with changing(settings, "deploy") as change:
        change.hold_of(clouds)
        putback.outstanding(clouds)
        return deploy_under(clouds, ordered, change)


def deploy_under(clouds: Clouds, ordered: Ordered, change: Change) -> Judged:
    """The same for whoever holds the lock already."""
    previews.settle_config(clouds)
    return _Run(clouds, ordered).done(change)


@dataclass(slots=True)
class _Run:
    clouds: Clouds
    ordered: Ordered
    started: float = field(default_factory=time.monotonic)
    machines: tuple[Machine, ...] = ()
    before: Bundle | None = None
    groups: Mapping[str, str] = field(default_factory=dict)
    names: tuple[str, ...] = ()
    variables: Mapping[str, Secret | str] = field(default_factory=dict)
    known: dict[str, Any] = field(default_factory=dict)

    @property
    def app(self) -> str:
        return self.clouds.settings.staging.app

    @property
    def command(self) -> str:
        return f"invoke deploy of {self.ordered}"

    @property
    def folder(self) -> Path:
        """Where the migrations are: with the source, else in the checkout."""
        root = self.ordered.source or self.clouds.settings.root
        return root / self.clouds.settings.migrations

    def look(self) -> None:
        """What runs, what is pending, what an earlier command left; and that smoke can judge."""
        settings = self.clouds.settings
        self.machines = self.clouds.fly.machines(self.app)
        if standing := unfinished.read(settings, self.app):
            self.known["found_unfinished"] = str(standing)
            self.before, self.groups = standing.before, standing.machines
            note(f"  {standing}; this goes on from what ran before it.")
        else:
            self.before = bundles.before(self.clouds, self.machines, app=self.app)
            self.groups = {machine.id: machine.process_group for machine in self.machines}
        self.names = migrations.pending(self.clouds, self.folder)
        self.variables = acceptance.given(self.clouds)

    def planned(self) -> Judged:
        """What would be done."""
        self.look()
        return self.result("pending", dry_run=True)

    def done(self, change: Change) -> Judged:
        """Do it, judge it, and keep the verdict with the bundle."""
        self.look()
        change.note("machines", "update", f"{running(self.machines)} → {self.ordered}")
        if self.names:
            change.note("schema", "update", ", ".join(self.names))
            migrations.push(self.clouds, self.folder, self.names)
        app, settings = self.app, self.clouds.settings
        unfinished.begin(
            settings, app=app, what=self.command, before=self.before, machines=self.machines
        )
        try:
            self.known["deployed"] = self._deploy()
        except StagingError as error:
            return self._failed(error)
        bundle = self._bundle(self.clouds.fly.machines(app))
        self.known["release"] = bundle.release
        smoke = self.known["smoke"] = acceptance.smoke(
            self.clouds, self.variables, mode="quick", name="acceptance"
        )
        bundles.judged(settings, bundle, verdict=smoke.verdict, reason=smoke.reason)
        if smoke.verdict != "pass":
            return self._undone(smoke.verdict, smoke.reason)
        unfinished.ended(settings, app)
        return self.result("pass")

    def result(self, verdict: Verdict, **more: Any) -> Judged:
        """What is told."""
        return Judged(
            verdict=verdict,
            target=self.clouds.settings.target.name,
            app=self.app,
            image=str(self.ordered),
            strategy=self.ordered.strategy or "as fly.toml says",
            before=running(self.machines),
            migrations=self.names,
            seconds=round(time.monotonic() - self.started, 2),
            **{**self.known, **more},
        )

    def _deploy(self) -> Deployment:
        ordered = self.ordered
        images = [ordered.image] if ordered.image else []
        options = {"source": ordered.source, "strategy": ordered.strategy, "wait": ordered.wait}
        return deploy(self.clouds, images=images, **options)  # type: ignore[arg-type]

    def _bundle(self, machines: Sequence[Machine]) -> Bundle:
        why = self.ordered.why
        return bundles.observed(self.clouds, machines, app=self.app, command=self.command, why=why)

    def _failed(self, error: StagingError) -> Judged:
        """Flyctl or health said no. Where no machine was touched there is nothing to undo."""
        if process.ending():
            raise error
        machines = self.clouds.fly.machines(self.app)
        untouched = _versions(machines) == _versions(self.machines)
        if untouched and "found_unfinished" not in self.known:
            unfinished.ended(self.clouds.settings, self.app)
            raise error
        bad = [m for m in machines if self.before is None or m.digest != self.before.digest]
        if bad:  # that this image fails on this schema is worth knowing before it comes again
            newest = max((r.version for r in self.clouds.fly.releases(self.app)), default=0)
            bundle = replace(self._bundle(bad), release=newest)
            bundles.judged(self.clouds.settings, bundle, verdict="fail", reason=error.problem)
            self.known["release"] = newest
        return self._undone("fail", f"{error.problem} {error.detail}".strip())

    def _undone(self, verdict: Verdict, reason: str) -> Judged:
        note(f"  Not accepted: {reason}")
        logs = tuple(self.clouds.fly.logs(self.app).splitlines()[-LOG_LINES:])
        if self.before is None:
            note("  No one image ran before: there is nothing to put back.")
            return self.result(verdict, reason=reason, logs=logs)
        command = f"undoing {self.command}"
        undone = restore(self.clouds, self.before, machines=self.groups, command=command)
        return self.result(verdict, reason=reason, undone=undone, logs=logs)


def _versions(machines: Sequence[Machine]) -> set[tuple[str, str]]:
    """Which instances there are: an update, even to the same image, makes another."""
    return {(machine.id, machine.instance) for machine in machines}
