"""What it takes to use staging: the two things whose purpose is to show a secret, and more."""

import json
import os
from dataclasses import asdict

from staging.clouds.metrics import Metrics
from staging.errors import ConfigurationError, NotFound, NotSo
from staging.inventory import App, Project
from staging.operations import reach
from staging.operations.credentials import Credentials
from staging.operations.opening import Clouds, open_clouds
from staging.operations.steps import together
from staging.operations.subjects import of_machines, sizes
from staging.secret import Secret
from staging.settings import Settings, subject


def database_url(settings: Settings) -> Secret:
    """Staging's connection string, as it is reached from here."""
    clouds = open_clouds(settings)
    return reach.staging_database(clouds, stagings_project(clouds), database_password(clouds)).url()


def token(settings: Settings) -> Secret:
    """A fresh bearer token of the smoke user."""
    clouds = open_clouds(settings)
    return signed_in(clouds, None)


def signed_in(clouds: Clouds, project: Project | None) -> Secret:
    """The same where the clouds are open, and the project perhaps known."""
    if given := clouds.environ.secret("STAGING_ACCESS_TOKEN"):
        return given
    email, password = _user(clouds)
    found = reach.auth(clouds, project or stagings_project(clouds)).sign_in(email, password)
    if found is None:
        remedy = "Run `invoke provision`: it makes the user again."
        raise NotSo(f"Supabase Auth does not let {email} in.", remedy=remedy)
    return found


def session(settings: Settings, *, watching: bool = False) -> dict[str, Secret | str]:
    """Every variable that the smoke and load sessions read, from the target.

    `watching`: with what it takes to ask the platform for staging's metrics.
    """
    clouds = open_clouds(settings)
    found: dict[str, Secret | str] = {}

    def fly() -> None:
        app = clouds.fly.app(settings.staging.app)
        found["STAGING_BASE_URL"] = reach.application_url(clouds, app)
        if watching:
            found.update(_metrics(clouds, app))

    def machines() -> None:
        running = clouds.fly.machines(settings.staging.app)
        found[subject.NAME] = json.dumps(asdict(of_machines(settings, running)))
        found["STAGING_MACHINES"] = sizes(running)

    def supabase() -> None:
        project, (email, password) = stagings_project(clouds), _user(clouds)
        other = Credentials(settings, clouds.environ).other_user(database_password(clouds))
        auth = reach.auth(clouds, project)
        found["SUPABASE_URL"] = auth.url
        found["SUPABASE_PUBLISHABLE_KEY"] = auth.publishable
        found["SMOKE_EMAIL"], found["SMOKE_PASSWORD"] = email, password
        found["SMOKE_OTHER_EMAIL"], found["SMOKE_OTHER_PASSWORD"] = other
        where = reach.staging_database(clouds, project, database_password(clouds))
        found["STAGING_DATABASE_URL"] = where.url()

    together(ask_Fly=fly, read_machines=machines, ask_Supabase=supabase)
    domain = clouds.environ.get("SMOKE_CRAWL_DOMAIN") or settings.crawl_domain
    return found | ({"SMOKE_CRAWL_DOMAIN": domain} if domain else {})


def production(settings: Settings) -> dict[str, Secret | str]:
    """Where production answers: all that who reads it gently is told."""
    if os.environ.get("PRODUCTION_BASE_URL"):
        return {}
    clouds = open_clouds(settings)
    return {"PRODUCTION_BASE_URL": clouds.fly.app(settings.production.app).url}


def _metrics(clouds: Clouds, app: App) -> dict[str, Secret | str]:
    """Where the platform tells of an app, and the token that may ask; nothing without one."""
    token = clouds.environ.secret("FLY_ACCESS_TOKEN") or clouds.environ.secret("FLY_API_TOKEN")
    if token is None:
        return {}
    metrics = Metrics(base=clouds.environ.get("FLY_API_BASE_URL"), token=token)
    address = {"query": metrics.address(app.organisation), "app": app.name}
    return {"STAGING_METRICS": json.dumps(address), "STAGING_METRICS_TOKEN": metrics.authorization}


def stagings_project(clouds: Clouds) -> Project:
    """Staging's Supabase project, or NotFound."""
    name = clouds.settings.staging.project
    for project in clouds.supabase.projects():
        if project.name == name:
            return project
    remedy = "Run `invoke provision`."
    raise NotFound(f"There is no Supabase project {name}.", remedy=remedy)


def database_password(clouds: Clouds) -> Secret:
    """The password of staging's database, or where it is to be found."""
    found = Credentials(clouds.settings, clouds.environ).password()
    if found is None:
        raise ConfigurationError(
            "The password of staging's database is not known here.",
            detail="It is kept in .staging/ of the checkout that made the environment.",
            remedy="Export STAGING_DB_PASSWORD, or run `invoke provision`: it sets another.",
        )
    return found


def _user(clouds: Clouds) -> tuple[str, Secret]:
    return Credentials(clouds.settings, clouds.environ).smoke_user(database_password(clouds))
