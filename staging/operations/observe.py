"""Ask both clouds, side by side, for all that a plan needs."""

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from staging import flyconfig
from staging.clouds import catalog, postgres
from staging.clouds.postgres import Address, PasswordRejected
from staging.errors import ConfigurationError, NotFound, Refused, ServiceFailed
from staging.inventory import App, Catalog, Certificate, Machine, Project, Services, StoredSecret
from staging.operations import reach
from staging.operations.credentials import Credentials
from staging.operations.opening import Clouds
from staging.operations.steps import Steps
from staging.rules.catalog import changes, untouched
from staging.rules.certificates import hostnames
from staging.rules.resources import Change
from staging.rules.services import GROUPS
from staging.secret import Secret


@dataclass(slots=True)
class Observation:
    """What is, filled in by steps that run side by side. None: not there, or not known yet."""

    clouds: Clouds
    production_app: App | None = None
    production_config: Mapping[str, Any] = field(default_factory=dict)
    production_machines: tuple[Machine, ...] = ()
    production_project: Project | None = None
    production_catalog: Catalog | None = None
    production_services: Services | None = None
    production_secrets: tuple[str, ...] = ()
    regions: frozenset[str] | None = None
    app: App | None = None
    machines: tuple[Machine, ...] = ()
    secrets: Mapping[str, StoredSecret] = field(default_factory=dict)
    addresses: tuple[str, ...] = ()
    certificates: tuple[Certificate, ...] = ()
    config: Mapping[str, Any] | None = None
    project: Project | None = None
    created: bool = False
    database: Address | None = None
    password_accepted: bool = False
    catalog: Catalog | None = None
    services: Services | None = None
    smoke_user: bool = False
    publishable: Secret | None = None

    def add_to(self, steps: Steps, *, after: tuple[str, ...] = (), again: bool = False) -> None:
        """Add the steps that observe; `again` leaves production out, which has been seen."""
        look = steps.add
        if not again:
            look("read production's app", self._production_app, after=after)
            look("read production's machines", self._production_machines, after=after)
            look("read production's catalogs", self._production_catalog, after=after)
        once_more = " again" if again else ""
        projects, app = f"find the projects{once_more}", f"find staging's app{once_more}"
        look(projects, self._projects, after=after)
        look(app, self._app, after=after)
        look(f"read Fly's regions{once_more}", self._regions, after=(app,))
        look(f"read staging's machines{once_more}", self._machines, after=(app,))
        look(f"read staging's secrets{once_more}", self._secrets, after=(app,))
        look(f"read staging's addresses{once_more}", self._addresses, after=(app,))
        look(f"read staging's configuration{once_more}", self._config, after=(app,))
        look(f"read staging's catalogs{once_more}", self._catalog, after=(projects,))
        look(f"sign in as the smoke user{once_more}", self._user, after=(projects,))
        look(f"read staging's services{once_more}", self.read_services, after=(projects,))
        if not again:
            look("read production's services", self._production_services, after=(projects,))

    def add_certificates_to(self, steps: Steps, *, again: bool = False) -> None:
        """Add the step that reads certificates beside the others, if staging is to have any."""
        if hostnames(self.clouds.settings.staging.url):
            once_more = " again" if again else ""
            name, app = f"read staging's certificates{once_more}", f"find staging's app{once_more}"
            steps.add(name, self._certificates, after=(app,))

    def add_catalog_to(self, steps: Steps, *, after: tuple[str, ...]) -> None:
        """Add the step that reads staging's catalogs, once its database lets us in."""
        steps.add("read its catalogs", self._catalog, after=after)

    def again(self) -> "Observation":
        """An observation of staging alone, production being as it was seen."""
        return Observation(
            self.clouds,
            production_app=self.production_app,
            production_config=self.production_config,
            production_machines=self.production_machines,
            production_catalog=self.production_catalog,
            production_services=self.production_services,
        )

    def differences(self) -> tuple[tuple[str, Change], ...] | None:
        """How staging's database differs, by resource; None where there is none to read."""
        if self.catalog is None or self.production_catalog is None:
            return None
        return changes(self.production_catalog, self.catalog)

    def blank(self) -> bool:
        """Whether nobody has made anything in staging's database yet."""
        return self.catalog is not None and untouched(self.catalog)

    def _production_app(self) -> None:
        fly, production = self.clouds.fly, self.clouds.settings.production
        self.production_app = fly.app(production.app)
        if production.config:
            self.production_config = flyconfig.read(production.config)
        else:
            self.production_config = fly.config(production.app)

    def _production_machines(self) -> None:
        name = self.clouds.settings.production.app
        self.production_machines = self.clouds.fly.machines(name)

    def _production_catalog(self) -> None:
        self.production_catalog = _read(reach.production_database(self.clouds))

    def read_production_secrets(self) -> None:
        """The names of production's secrets; nobody can read their values."""
        found = self.clouds.fly.secrets(self.clouds.settings.production.app)
        self.production_secrets = tuple(secret.name for secret in found)

    def _projects(self) -> None:
        settings, projects = self.clouds.settings, self.clouds.supabase.projects()
        name = settings.production.project
        self.production_project = _only([p for p in projects if name in (p.name, p.ref)], name)
        name = settings.staging.project
        self.project = _only([p for p in projects if p.name == name], name)
        if self.production_project is None:
            raise NotFound(
                f"There is no Supabase project {settings.production.project}.",
                detail=f"The token can see {', '.join(p.name for p in projects) or 'none'}.",
                remedy="Correct [production] project in staging.toml, or use another token.",
            )

    def _app(self) -> None:
        with suppress(NotFound):
            self.app = self.clouds.fly.app(self.clouds.settings.staging.app)

    def _regions(self) -> None:
        """Only a place where nothing runs yet can be a place that there is not."""
        if self.app is None:
            self.regions = self.clouds.fly.regions()

    def _machines(self) -> None:
        if self.app:
            self.machines = self.clouds.fly.machines(self.app.name)

    def _secrets(self) -> None:
        if self.app:
            found = self.clouds.fly.secrets(self.app.name)
            self.secrets = {secret.name: secret for secret in found}

    def _addresses(self) -> None:
        if self.app:
            self.addresses = self.clouds.fly.addresses(self.app.name)

    def _certificates(self) -> None:
        if self.app:
            self.certificates = self.clouds.fly.certificates(self.app.name)

    def _config(self) -> None:
        if self.app and self.app.version:
            with suppress(ServiceFailed):  # an app without machines has none to show
                self.config = self.clouds.fly.config(self.app.name)

    def _catalog(self) -> None:
        password = Credentials(self.clouds.settings, self.clouds.environ).password()
        if self.project is None or password is None or not _usable(self.project):
            return
        self.database = reach.staging_database(self.clouds, self.project, password)
        try:
            self.catalog = _read(self.database)
            self.password_accepted = True
        except PasswordRejected:
            self.catalog = None

    def _production_services(self) -> None:
        if self.production_project:
            self.production_services = _told(self.clouds, self.production_project)

    def read_services(self) -> None:
        """Staging's, once its project is up."""
        if self.project and _usable(self.project):
            self.services = _told(self.clouds, self.project)

    def _user(self) -> None:
        credentials = Credentials(self.clouds.settings, self.clouds.environ)
        password = credentials.password()
        if self.project is None or password is None or not _usable(self.project):
            return
        found = reach.auth(self.clouds, self.project)
        self.publishable = found.publishable
        users = (credentials.smoke_user(password), credentials.other_user(password))
        given = self.clouds.environ.secret("STAGING_ACCESS_TOKEN")
        with ThreadPoolExecutor(max_workers=len(users)) as pool:
            known = pool.map(lambda user: found.sign_in(*user), () if given else users)
            self.smoke_user = all(token is not None for token in known)


def _told(clouds: Clouds, project: Project) -> Services:
    """What a project's services are set to; a login that only the program knows cannot ask."""
    try:
        return clouds.supabase.services().read(project)
    except ConfigurationError as error:
        unreadable = dict.fromkeys(GROUPS, error.problem)
        return Services(groups={}, secrets=frozenset(), unreadable=unreadable)


def _read(where: Address) -> Catalog:
    with postgres.connect(where, read_only=True, limits=False) as connection:
        return catalog.read(connection)


def _usable(project: Project) -> bool:
    return project.status.startswith("ACTIVE")


def _only(found: list[Project], name: str) -> Project | None:
    if len(found) > 1:
        refs = ", ".join(project.ref for project in found)
        raise Refused(
            f"There are {len(found)} Supabase projects named {name}.",
            detail=f"Their refs: {refs}",
            remedy="Rename or delete those that are not meant.",
        )
    return found[0] if found else None
