"""Give the application another value of one of its secrets, and see it work with that.

The order for the database's password: kept in .staging/, set in PostgreSQL, given to Fly,
deployed, seen to work, the old one forgotten. Between PostgreSQL and the deploy the application's
open connections work on while new ones are refused: all that can be asked before is asked before.
"""

import time
from dataclasses import dataclass, field
from functools import partial

from staging.errors import ConfigurationError, NotFound, NotSo, ServiceFailed, StagingError
from staging.inventory import App, Machine, Project, StoredSecret
from staging.operations import generated, passwords, previews, reach, secrets
from staging.operations.credentials import Credentials
from staging.operations.deploy import deploy, healthy
from staging.operations.journal import changing
from staging.operations.opening import Clouds, open_clouds
from staging.operations.steps import note, together, until
from staging.operations.wanted import known, the_project
from staging.secret import Secret
from staging.settings import SecretSource, Settings
from staging.settings.checks import nearest

DATABASE_HEALTH = "/health/db"
HEALTHY = 60.0  # seconds
DATABASE = "database-url"
NOT_YET = frozenset({"Staged", "Partial"})
"""What Fly calls a secret that not every machine has."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rotated:
    """What has another value now, and how that was seen. `window_seconds`: see above."""

    target: str
    app: str
    name: str
    source: str
    changed: tuple[str, ...]
    seen: tuple[str, ...]
    window_seconds: float | None
    seconds: float


def rotate(settings: Settings, *, name: str) -> Rotated:
    """Rotate one secret; run again after an interruption it goes on where it stopped."""
    source = _source(settings, name)
    clouds, started = open_clouds(settings), time.monotonic()
    if source.known == DATABASE:
        passwords.refuse_what_is_not_ours(clouds)
    with changing(settings, f"secrets.rotate {name}") as change:
        run = _Rotation(clouds, source)
        if source.known == DATABASE:  # or the database would not let in who locks it
            passwords.settle(clouds, the_project(clouds))
        change.hold_of(clouds)
        previews.settle_config(clouds)
        run.prepare()
        change.note(f"secret {name}", "update", "another value")
        run.perform()
    return Rotated(
        target=settings.target.name,
        app=run.app.name,
        name=name,
        source=source.origin,
        changed=tuple(run.changed),
        seen=tuple(run.proofs),
        window_seconds=run.window,
        seconds=round(time.monotonic() - started, 2),
    )


@dataclass(slots=True)
class _Rotation:
    clouds: Clouds
    source: SecretSource
    app: App = field(init=False)
    machines: tuple[Machine, ...] = ()
    project: Project = field(init=False)
    changed: list[str] = field(default_factory=list)
    proofs: list[str] = field(default_factory=list)
    window: float | None = None

    def prepare(self) -> None:
        """Ask all that could stop it half way, while nothing has been changed."""
        settings = self.clouds.settings

        def fly() -> None:
            self.app = self.clouds.fly.app(settings.staging.app)
            self.machines = self.clouds.fly.machines(settings.staging.app)

        def supabase() -> None:
            self.project = the_project(self.clouds)

        together(ask_Fly=fly, ask_Supabase=supabase)
        if len({machine.digest for machine in self.machines}) != 1:
            problem = "Staging's machines do not run one image, which could be deployed again."
            raise NotSo(problem, remedy="Run `invoke provision` first.")
        if not settings.app_config.is_file():
            problem = f"There is no {settings.app_config.name}."
            raise NotFound(problem, remedy="Run `invoke provision` first.")

    def perform(self) -> None:
        """Change it where it comes from, then where it is used."""
        if self.source.known == DATABASE:
            self._database()
        else:
            self._elsewhere()

    def _database(self) -> None:
        clouds, began = self.clouds, time.monotonic()
        passwords.change(clouds, self.project)
        self.changed.append("PostgreSQL: the password of postgres")
        try:
            credentials = Credentials(clouds.settings, clouds.environ)
            password = credentials.ensure_password()
            auth = reach.auth(clouds, self.project)
            for user in (credentials.smoke_user(password), credentials.other_user(password)):
                auth.ensure_user(*user)
            self._give(self._wanted())
            self.window = round(time.monotonic() - began, 2)
        except StagingError as error:
            raise _half_way(error, self.source.name) from error
        passwords.finished(clouds, self.project)
        self.changed.append(".staging/: the password")
        self.proofs.append("the database refuses the password before")

    def _elsewhere(self) -> None:
        credentials = Credentials(self.clouds.settings, self.clouds.environ)
        if self.source.generated:
            generated.renew(credentials, self.source.name)
            self.changed.append(".staging/: the value")
        self._give(self._wanted())
        if self.source.generated:
            generated.finished(credentials, self.source.name)

    def _wanted(self) -> Secret | str:
        name = self.source.name
        found = secrets.value(
            self.clouds, known(self.clouds, self.project, self.source), self.source
        )
        if not found:
            raise ConfigurationError(
                f"There is no value to give to {name}.",
                detail=f"It comes from: {self.source.origin}.",
                remedy=f"Run `invoke provision`, or correct secrets.{name} in staging.toml.",
            )
        return found

    def _give(self, value: Secret | str) -> None:
        """Have Fly and every machine hold the value, and the application well with it."""
        clouds, app, name = self.clouds, self.app.name, self.source.name
        credentials = Credentials(clouds.settings, clouds.environ)
        stored = _stored(clouds, app).get(name)
        held = stored is not None and credentials.unchanged(stored, secrets.text(value))
        if not held:
            clouds.fly.stage_secrets(app, {name: value})
            after = _stored(clouds, app)
            if name not in after:
                raise ServiceFailed(f"Fly did not keep the secret {name}.")
            credentials.remember({name: after[name]}, {name: secrets.text(value)})
        if not held or stored is None or stored.status in NOT_YET:
            self._deploy()
            self.changed.append(f"Fly: the secret {name}, deployed")
        self._see()

    def _deploy(self) -> None:
        running = self.machines[0]
        note(f"  deploying {running.tagged} with it …")
        deploy(self.clouds, images=[running.image, running.tagged], digest=running.digest)

    def _see(self) -> None:
        """By requests of our own: the application is well, and so is its database as it says."""
        clouds, settings = self.clouds, self.clouds.settings
        url, path = reach.application_url(clouds, self.app), settings.staging.health
        until(partial(healthy, url, path), what=f"A good {path}", limit=HEALTHY)
        self.proofs.append(f"{path} answers well")
        if settings.smoke_only and f"GET {DATABASE_HEALTH}" not in settings.smoke_only:
            return
        until(partial(_database_unwell, url), what=f"A good {DATABASE_HEALTH}", limit=HEALTHY)
        self.proofs.append(f"{DATABASE_HEALTH} does not say otherwise")


def _database_unwell(url: str) -> str | None:
    """What the application says of its database; one that has no such address says nothing."""
    seen = healthy(url, DATABASE_HEALTH)
    return None if seen and seen.startswith("status 404") else seen


def _source(settings: Settings, name: str) -> SecretSource:
    by_name = {source.name: source for source in settings.secrets}
    if name not in by_name:
        problem = f"staging.toml has no secret {name}{nearest(name, by_name)}."
        raise ConfigurationError(problem, detail=f"It has {', '.join(by_name)}.")
    return by_name[name]


def _stored(clouds: Clouds, app: str) -> dict[str, StoredSecret]:
    return {secret.name: secret for secret in clouds.fly.secrets(app)}


def _half_way(error: StagingError, name: str) -> StagingError:
    """The same error, with what it means now that the database has another password."""
    remedy = (
        "The database has its new password, the application perhaps not: its open connections "
        f"work on, new ones are refused. Run `invoke secrets.rotate {name}` again, or "
        "`invoke provision`: either goes on from here."
    )
    told = "\n".join(filter(None, (error.remedy, remedy)))
    made = ServiceFailed(error.problem, detail=error.detail, remedy=told)
    made.exit_code = error.exit_code
    return made
