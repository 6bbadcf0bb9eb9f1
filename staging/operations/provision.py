"""Make staging the mirror that the plan says: observe, decide, act, prove."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from typing import ClassVar

from staging import flyconfig
from staging.errors import CHANGES_PENDING, REFUSED, SUCCESS, NotSo, Refused
from staging.inventory import Subject
from staging.operations import app, passwords, planning, project, reach, schemas, services
from staging.operations.journal import Change, changing, earlier
from staging.operations.observe import Observation
from staging.operations.opening import Clouds, open_clouds
from staging.operations.steps import Steps, Timing, note
from staging.operations.subjects import of_machines
from staging.rules import pace
from staging.rules.catalog import BESIDE, SCHEMA
from staging.rules.certificates import findings, hostnames
from staging.rules.plan import changes, refusals
from staging.rules.resources import Row
from staging.rules.services import GROUPS
from staging.settings import Settings

OPENED = "open the clouds"


@dataclass(frozen=True, slots=True, kw_only=True)
class Provisioned:
    """What provisioning found, did and proved. `chain_seconds`: what had to go one by one."""

    target: str
    subject: Subject
    at: str
    dry_run: bool
    rows: tuple[Row, ...]
    url: str | None
    digest: str
    findings: tuple[str, ...]
    seconds: float
    chain_seconds: float
    steps: tuple[Timing, ...]
    report: ClassVar[str] = "plan"

    @property
    def exit_code(self) -> int:
        """2 if a dry run found something to do, 5 if that is refused."""
        if self.dry_run and refusals(self.rows):
            return REFUSED
        return CHANGES_PENDING if self.dry_run and changes(self.rows) else SUCCESS


def provision(settings: Settings, *, dry_run: bool, reset_schema: bool) -> Provisioned:
    """Build the mirror, or say what that would take. A second run finds nothing to do."""
    opened: list[Clouds] = []
    steps = Steps()
    steps.add(OPENED, lambda: opened.append(open_clouds(settings)))
    steps.run()
    run = _Run(opened[0], steps, reset_schema=reset_schema)
    if dry_run:
        run.look()
        return run.result(dry_run=True)
    with changing(settings, "provision") as change:
        passwords.settle_for_provisioning(opened[0])
        run.look()
        if run.seen.database and run.seen.password_accepted and change.hold(run.seen.database):
            note("What the other run changed is looked at first.")
            run = _Run(opened[0], _begun(), reset_schema=reset_schema)
            run.look()
        run.act(change)
    return run.result(dry_run=False)


def _begun() -> Steps:
    """Steps that observe anew, the clouds being open."""
    steps = Steps()
    steps.add(OPENED, lambda: None)
    steps.run()
    return steps


@dataclass(slots=True)
class _Run:
    """One provisioning: what was seen, what is planned, and how long each step took."""

    clouds: Clouds
    steps: Steps
    reset_schema: bool = field(kw_only=True)
    seen: Observation = field(init=False)
    rows: tuple[Row, ...] = ()

    def __post_init__(self) -> None:
        self.seen = Observation(self.clouds)

    def look(self) -> None:
        """Observe and decide."""
        self.seen.add_to(self.steps, after=(OPENED,))
        self.seen.add_certificates_to(self.steps)
        self.steps.run()
        self.rows = planning.rows(self.seen, reset_schema=self.reset_schema)

    def act(self, change: Change) -> None:
        """Do what the plan says, then observe again: an applied plan leaves nothing to do."""
        if self.seen.project and self.seen.catalog is None:
            self._let_in(change)
        if refused := refusals(self.rows):
            told = "\n".join(f"{row.resource}: {row.detail}" for row in refused)
            raise Refused("The plan holds what is not done without consent.", detail=told)
        if not (wanted := changes(self.rows)):
            return
        for row in wanted:
            change.note(row.resource, row.action, row.detail)
        note(f"{len(wanted)} of {len(self.rows)} resources to change")
        observed = tuple(timing.name for timing in self.steps.timings)
        for name, action, after in _actions(self.seen, wanted, change):
            self.steps.add(name, action, after=after or observed)
        try:
            self.steps.run()
        finally:
            seconds = {timing.name: timing.seconds for timing in self.steps.timings}
            change.took({row.resource: pace.taken(row.resource, seconds) for row in wanted})
        self._prove(wanted)

    def result(self, *, dry_run: bool) -> Provisioned:
        """What is told."""
        url = reach.application_url(self.clouds, self.seen.app) if self.seen.app else None
        return Provisioned(
            target=self.clouds.settings.target.name,
            subject=of_machines(self.clouds.settings, self.seen.machines),
            at=datetime.now(UTC).isoformat(timespec="seconds"),
            dry_run=dry_run,
            rows=tuple(pace.paced(self.rows, earlier(self.clouds.settings))),
            url=url,
            digest=planning.image(self.seen).digest,
            findings=_findings(self.seen),
            seconds=round(time.monotonic() - self.steps.started, 2),
            chain_seconds=round(self.steps.chain(), 2),
            steps=tuple(self.steps.timings),
        )

    def _let_in(self, change: Change) -> None:
        """A project that is coming up, or whose password is lost, is opened before it is judged."""
        before = tuple(timing.name for timing in self.steps.timings)
        self.steps.add("await the project", partial(project.ensure, self.seen), after=before)
        opening = partial(_open, self.seen, change)
        self.steps.add("open its database", opening, after=["await the project"])
        self.seen.add_catalog_to(self.steps, after=("open its database",))
        self.steps.run()
        self.rows = planning.rows(self.seen, reset_schema=self.reset_schema)

    def _prove(self, done: Sequence[Row]) -> None:
        before = tuple(timing.name for timing in self.steps.timings)
        self.seen = again = self.seen.again()
        again.add_to(self.steps, after=before, again=True)
        again.add_certificates_to(self.steps, again=True)
        self.steps.run()
        left = changes(rows := planning.rows(again, reset_schema=False))
        if left or refusals(rows):
            told = "\n".join(f"{r.resource}: {r.detail}" for r in (*left, *refusals(rows)))
            raise NotSo("What was provisioned is not yet what was planned.", detail=told)
        made = {row.resource: row for row in done}
        self.rows = tuple(made.get(row.resource, row) for row in rows)


Action = tuple[str, partial[None], tuple[str, ...]]


def _open(seen: Observation, change: Change) -> None:
    """Have the database usable, and locked: what another run does there has not been seen."""
    project.wait_for_database(seen)
    if seen.database:
        change.hold(seen.database, wait=False)


def _actions(seen: Observation, wanted: Sequence[Row], change: Change) -> list[Action]:
    """The steps for these rows, each with those that it waits for (none: the observation)."""
    todo = {row.resource: row.action for row in wanted}
    actions: list[Action] = [
        ("ensure the project", partial(project.ensure, seen), ()),
        (
            "wait for its database",
            partial(_open, seen, change),
            ("ensure the project",),
        ),
        ("read its keys", partial(project.read_keys, seen), ("ensure the project",)),
        ("ensure the app", partial(app.ensure, seen), ()),
    ]
    usable, named = ("wait for its database", "read its keys"), ("ensure the app",)
    if SCHEMA in todo:
        actions += _schema(seen, reset=todo[SCHEMA] == "replace")
    elif todo.keys() & set(BESIDE):
        actions.append(("mend the database", partial(schemas.mend, seen), usable[:1]))
    if todo.keys() & set(GROUPS):
        actions.append(("set the services", partial(services.apply, seen), (*usable, *named)))
    if "smoke user" in todo:
        actions.append(("make the smoke user", partial(project.make_user, seen), usable))
    for kind in ("v4", "v6"):
        if f"IP{kind} address" in todo:
            allocate = partial(app.allocate, seen, kind=kind)
            actions.append((f"allocate {kind}", allocate, named))
    actions += [
        (f"ask for {host}", partial(app.certify, seen, hostname=host), named)
        for host in hostnames(seen.clouds.settings.staging.url)
        if f"certificate {host}" in todo
    ]
    actions.append(("stage the secrets", partial(app.stage_secrets, seen), (*usable, *named)))
    actions.append(("write fly.staging.toml", partial(app.write_config, seen), (*usable, *named)))
    if any("deploy" in pace.steps(name) for name in todo):
        before = tuple(name for name, _, _ in actions if name != "make the smoke user")
        actions.append(("deploy", partial(app.deploy_productions_image, seen), before))
    return actions


def _schema(seen: Observation, *, reset: bool) -> list[Action]:
    """Production's schema is exported while staging's project comes up."""
    exported: list[schemas.Exported] = []
    export = "export production's schema"
    return [
        (export, partial(_into, exported, partial(schemas.export, seen.clouds)), ()),
        (
            "apply the schema",
            partial(_with, exported, partial(schemas.apply, seen, reset=reset)),
            ("wait for its database", export),
        ),
    ]


def _into(kept: list[schemas.Exported], export: Callable[[], schemas.Exported]) -> None:
    kept.append(export())


def _with(kept: list[schemas.Exported], apply: Callable[[schemas.Exported], None]) -> None:
    apply(kept[0])


def _findings(seen: Observation) -> tuple[str, ...]:
    """What is worth knowing beside the plan."""
    awaited = findings(planning.wanted(seen), planning.found(seen))
    if flyconfig.health_checked(planning.configuration(seen)):
        return awaited
    return (
        *awaited,
        "production's fly.toml has no health check: flyctl calls a dead image deployed; "
        "health is judged here by requests of our own",
    )
