"""Read both environments side by side for what keeps them apart; nothing is changed here."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, TypeVar

from staging.clouds import postgres, tokens, traces
from staging.clouds.permission import tenant
from staging.clouds.postgres import Address
from staging.errors import ConfigurationError, NotSo, ServiceFailed
from staging.inventory import App, Machine, Project, Services, StoredSecret
from staging.operations import access, reach
from staging.operations.opening import Clouds
from staging.operations.steps import Steps
from staging.rules.crossing import Keys
from staging.rules.isolation import Unknown
from staging.secret import Secret

T = TypeVar("T")
NOT_READ = Unknown("it was not read")


@dataclass(frozen=True, slots=True, kw_only=True)
class Database:
    """What a database says of itself. `replica`: what is written arrives there later."""

    server: int | None
    replica: bool
    code: Mapping[str, str]
    webhooks: Mapping[str, str]


@dataclass(slots=True, kw_only=True)
class Environment:
    """One environment, as far as it could be read."""

    app: App | Unknown = NOT_READ
    config: Mapping[str, Any] | Unknown = NOT_READ
    machines: Sequence[Machine] | Unknown = NOT_READ
    secrets: Sequence[StoredSecret] | Unknown = NOT_READ
    project: Project | Unknown = NOT_READ
    services: Services | Unknown = NOT_READ
    where: Address | Unknown = NOT_READ
    database: Database | Unknown = NOT_READ
    url: str | Unknown = NOT_READ
    keys: frozenset[str] | Unknown = NOT_READ
    token: Secret | Unknown = NOT_READ

    def signing(self) -> Keys | Unknown:
        """What its Auth signs with."""
        if isinstance(self.keys, Unknown) or isinstance(self.url, Unknown):
            return next(e for e in (self.keys, self.url) if isinstance(e, Unknown))
        said = None if isinstance(self.token, Unknown) else tokens.issuer(self.token)
        return Keys(issuer=said or f"{self.url}/auth/v1", ids=self.keys)


class BothSides:
    """Production and staging; what cannot be read is Unknown, with the reason."""

    def __init__(self, clouds: Clouds) -> None:
        self.clouds = clouds
        self.production, self.staging = Environment(), Environment()

    def add_to(self, steps: Steps) -> None:
        """Add the steps that read, each as soon as it can."""
        settings, projects = self.clouds.settings, "find the projects"
        steps.add(projects, self._projects)
        for side, app, name in (
            (self.production, settings.production.app, "production"),
            (self.staging, settings.staging.app, "staging"),
        ):
            fly = self.clouds.fly
            looks: Mapping[str, Callable[[str], object]] = {
                "app": fly.app,
                "config": fly.config,
                "machines": fly.machines,
                "secrets": fly.secrets,
            }
            for field, look in looks.items():
                action = partial(_learn, side, field, partial(look, app))
                steps.add(f"read {name}'s {field}", action)
            for field, read in self._of_projects(side).items():
                action = partial(_learn, side, field, read)
                steps.add(f"read {name}'s {field}", action, after=(projects,))

    def _of_projects(self, side: Environment) -> Mapping[str, Callable[[], object]]:
        return {
            "services": lambda: self.clouds.supabase.services().read(known(side.project)),
            "database": lambda: self._database(side),
            "keys": lambda: tokens.public_keys(self._url(side)),
            "token": lambda: self._token(side),
        }

    def _projects(self) -> None:
        found = learnt(self.clouds.supabase.projects)
        settings = self.clouds.settings
        production, staging = settings.production.project, settings.staging.project
        self.production.project = _only(found, lambda p: production in (p.name, p.ref), production)
        self.staging.project = _only(found, lambda p: p.name == staging, staging)

    def _database(self, side: Environment) -> Database:
        if side is self.production:
            side.where = reach.production_database(self.clouds)
        else:
            password = access.database_password(self.clouds)
            side.where = reach.staging_database(self.clouds, known(side.project), password)
        with postgres.connect(side.where, read_only=True) as connection:
            return Database(
                server=postgres.identifier(connection),
                replica=traces.replica(connection),
                code=traces.code(connection),
                webhooks=traces.webhooks(connection),
            )

    def _url(self, side: Environment) -> str:
        find = reach.found_url if side is self.production else reach.project_url
        side.url = found = find(self.clouds, known(side.project))
        return found

    def _token(self, side: Environment) -> Secret:
        if side is self.staging:
            return access.signed_in(self.clouds, known(side.project))
        why = "It would be tried at staging's application."
        return self.clouds.environ.required("PRODUCTION_ACCESS_TOKEN", why=why)


def learnt(call: Callable[[], T]) -> T | Unknown:
    """What a call gives, or why it gives nothing."""
    try:
        return call()
    except (ServiceFailed, ConfigurationError, NotSo) as error:
        return Unknown(" ".join(filter(None, (error.problem, error.detail))))


def known(found: T | Unknown) -> T:
    """What was read, or ServiceFailed with the reason why not."""
    if isinstance(found, Unknown):
        raise ServiceFailed(found.why)
    return found


def place(where: Address) -> str:
    """Where a database is; behind a pooler with the project that it is asked for."""
    behind = f"/{tenant(where)}" if tenant(where) else ""
    return f"{where.host}:{where.port}{behind}"


def _learn(side: Environment, field: str, call: Callable[[], object]) -> None:
    setattr(side, field, learnt(call))


def _only(
    found: Sequence[Project] | Unknown, is_it: Callable[[Project], bool], name: str
) -> Project | Unknown:
    if isinstance(found, Unknown):
        return found
    those = [each for each in found if is_it(each)]
    if len(those) == 1:
        return those[0]
    return Unknown(f"There are {len(those) or 'no'} Supabase projects {name}.")
