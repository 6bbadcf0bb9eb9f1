"""What staging is right now."""

from contextlib import suppress
from dataclasses import dataclass, field

from staging.clouds import postgres
from staging.errors import NOT_SO, SUCCESS, NotFound, ServiceFailed, StagingError
from staging.inventory import App, Machine, Project
from staging.operations import reach, unfinished
from staging.operations.credentials import Credentials
from staging.operations.deploy import healthy
from staging.operations.opening import Clouds, open_clouds
from staging.operations.steps import Steps, until
from staging.secret import Secret
from staging.settings import Settings

STARTING = ("status 502", "status 503")
"""What a platform's proxy says for a machine that does not listen yet."""
WAKING = 10.0  # seconds


@dataclass(frozen=True, slots=True, kw_only=True)
class Status:
    """The application, its machines and its database; `problems` says what is not well."""

    target: str
    app: str
    url: str | None
    health: str
    machines: tuple[Machine, ...]
    project: Project | None
    database_host: str | None
    database_port: int | None
    database: str
    problems: tuple[str, ...]

    @property
    def exit_code(self) -> int:
        """1 if something is not well."""
        return NOT_SO if self.problems else SUCCESS


@dataclass(slots=True)
class _Look:
    clouds: Clouds
    app: App | None = None
    machines: tuple[Machine, ...] = ()
    project: Project | None = None
    where: postgres.Address | None = None
    health: str = "there is no app"
    database: str = "there is no project"
    problems: list[str] = field(default_factory=list)

    def fly(self) -> None:
        """The app, its machines, and whether it answers."""
        settings = self.clouds.settings
        with suppress(NotFound):
            self.app = self.clouds.fly.app(settings.staging.app)
        if self.app is None:
            self.problems.append(f"there is no Fly app {settings.staging.app}")
            return
        self.machines = self.clouds.fly.machines(self.app.name)
        unwell = _awake(reach.application_url(self.clouds, self.app), settings.staging.health)
        self.health = unwell or "healthy"
        if standing := unfinished.read(settings, self.app.name):
            told = "the next `invoke deploy` or `invoke rollback` finishes or undoes it"
            self.problems.append(f"{standing}: {told}")
        if unwell:
            self.problems.append(f"{settings.staging.health} answers: {unwell}")

    def supabase(self) -> None:
        """The project, and whether its database lets us in."""
        name = self.clouds.settings.staging.project
        found = [p for p in self.clouds.supabase.projects() if p.name == name]
        if not found:
            self.problems.append(f"there is no Supabase project {name}")
            return
        self.project = found[0]
        password = Credentials(self.clouds.settings, self.clouds.environ).password()
        known = password or Secret("")
        self.where = reach.staging_database(self.clouds, self.project, known)
        self.database = _database(self.where) if password else "its password is not known here"
        if self.database != "accepts connections":
            self.problems.append(f"database: {self.database}")


def status(settings: Settings) -> Status:
    """Ask both clouds and staging itself, side by side."""
    look = _Look(open_clouds(settings))
    steps = Steps()
    steps.add("ask Fly", look.fly)
    steps.add("ask Supabase", look.supabase)
    steps.run()
    return Status(
        target=settings.target.name,
        app=settings.staging.app,
        url=reach.application_url(look.clouds, look.app) if look.app else None,
        health=look.health,
        machines=look.machines,
        project=look.project,
        database_host=look.where.host if look.where else None,
        database_port=look.where.port if look.where else None,
        database=look.database,
        problems=tuple(look.problems),
    )


def _awake(url: str, path: str) -> str | None:
    """None if it answers 2xx; a machine that is being started is given a moment for it."""
    seen: str | None = None

    def look() -> str | None:
        nonlocal seen
        seen = healthy(url, path)
        return seen if seen and seen.startswith(STARTING) else None

    with suppress(StagingError):
        until(look, what=f"An answer of {url}{path}", limit=WAKING, first_pause=0.5)
    return seen


def _database(where: postgres.Address) -> str:
    try:
        with postgres.connect(where, read_only=True) as connection:
            postgres.rows(connection, "select 1")
    except ServiceFailed as error:
        return error.detail or error.problem
    return "accepts connections"
