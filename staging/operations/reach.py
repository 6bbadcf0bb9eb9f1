"""Where a project's database and Auth are, and how this machine reaches them."""

import socket
from contextlib import suppress

from staging.clouds import permission, postgres
from staging.clouds.auth import Auth
from staging.clouds.postgres import Address, Server
from staging.errors import ConfigurationError, Refused, ServiceFailed
from staging.inventory import App, Project
from staging.operations.opening import Clouds
from staging.secret import Secret

USER = "postgres"


def production_database(clouds: Clouds) -> Address:
    """Production's database, by the role that can only read."""
    why = "Production's schema is read with it, by a role that can only read."
    url = clouds.environ.required("PRODUCTION_DATABASE_URL", why=why)
    return postgres.parsed(url, source="PRODUCTION_DATABASE_URL")


def application_database(clouds: Clouds, project: Project, password: Secret) -> Address:
    """Staging's database as its application reaches it: directly, Fly has IPv6."""
    if url := clouds.environ.secret("STAGING_DATABASE_URL"):
        _refuse_for_a_preview(clouds, "STAGING_DATABASE_URL")
        return postgres.parsed(url, source="STAGING_DATABASE_URL")
    return postgres.address(project.host, user=USER, password=password)


def staging_database(clouds: Clouds, project: Project, password: Secret) -> Address:
    """Staging's database from here: directly, or by the pooler where there is no IPv6."""
    direct = application_database(clouds, project, password)
    refuse_production(clouds, direct)
    refuse_productions_server(clouds, direct)
    if clouds.environ.secret("STAGING_DATABASE_URL") or _routed(direct.host):
        return direct
    pooler = clouds.supabase.pooler(project)
    if not pooler:
        return direct
    return Address(host=pooler, port=5432, user=f"{USER}.{project.ref}", password=password)


def refuse_production(clouds: Clouds, staging: Address) -> None:
    """Stop before a connection is made if staging's database is production's by its address."""
    url = clouds.environ.secret("PRODUCTION_DATABASE_URL")
    production = postgres.parsed(url, source="PRODUCTION_DATABASE_URL") if url else None
    permission.refuse_address(staging, production)


def refuse_productions_server(clouds: Clouds, staging: Address) -> None:
    """Stop before a write where an address of somebody's own leads to production by another name.

    What cannot be reached, or asked, is not written to either, or has its address to go by.
    """
    given = clouds.environ.secret("STAGING_DATABASE_URL")
    if not given or staging in clouds.apart or not clouds.environ.secret("PRODUCTION_DATABASE_URL"):
        return
    with suppress(ServiceFailed):
        servers = [_server(where) for where in (staging, production_database(clouds))]
        permission.refuse_server(*servers)
        clouds.apart.add(staging)


def _server(where: Address) -> Server:
    with postgres.connect(where, read_only=True) as connection:
        return postgres.server(connection)


def _refuse_for_a_preview(clouds: Clouds, variable: str) -> None:
    """One variable names one place, which is staging's, whichever environment is asked for."""
    if name := clouds.settings.environment:
        raise ConfigurationError(
            f"{variable} is set, which names staging's, not that of {name}.",
            remedy=f"Unset {variable}: {name}'s own is found without it.",
        )


def _routed(host: str) -> bool:
    """Whether this machine has a way there: an IPv4 address, or IPv6 that leads somewhere."""
    addresses = postgres.resolved(host)
    if any(":" not in address for address in addresses):
        return True
    for address in addresses:
        with socket.socket(socket.AF_INET6, socket.SOCK_DGRAM) as probe:
            try:
                probe.connect((address, 5432))  # sends nothing: asks the routing table
            except OSError:
                continue
            return True
    return False


def project_url(clouds: Clouds, project: Project) -> str:
    """Where the project's own interface (Auth among it) answers.

    SUPABASE_URL if set; else SUPABASE_PROJECT_URL with the ref for `{ref}`; else what Supabase
    makes of every project: its database's host without `db.`.
    """
    if exact := clouds.environ.get("SUPABASE_URL"):
        _refuse_for_a_preview(clouds, "SUPABASE_URL")
        return _not_productions(clouds, exact.rstrip("/"), project)
    return found_url(clouds, project)


def found_url(clouds: Clouds, project: Project) -> str:
    """The same of any project, production's too, whatever SUPABASE_URL says of staging's."""
    if template := clouds.environ.get("SUPABASE_PROJECT_URL"):
        return template.replace("{ref}", project.ref).rstrip("/")
    if project.host.startswith("db."):
        return "https://" + project.host.removeprefix("db.").partition(":")[0]
    raise ConfigurationError(
        f"It is not known where Supabase project {project.name} answers.",
        detail=f"Its database's host is {project.host or 'not given'}.",
        remedy="Export SUPABASE_URL.",
    )


def _not_productions(clouds: Clouds, url: str, staging: Project) -> str:
    others = {p.ref for p in clouds.supabase.projects() if p.ref != staging.ref}
    if named := next((ref for ref in others if ref in url), None):
        raise Refused(
            "SUPABASE_URL is another project's.",
            detail=f"It names {named}; staging's project is {staging.ref}.",
            remedy="Unset SUPABASE_URL: staging's own is found without it.",
        )
    return url


def auth(clouds: Clouds, project: Project) -> Auth:
    """The project's Auth, with its keys."""
    keys = clouds.supabase.keys(project.ref)
    url = project_url(clouds, project)
    return Auth(url=url, publishable=keys["publishable"], service=keys["service"])


def application_url(clouds: Clouds, app: App) -> str:
    """Where the application answers: as staging.toml says, else at Fly's hostname."""
    return clouds.settings.staging.url or app.url


def url_of(clouds: Clouds, app: App) -> str:
    """The same of any app, production's too."""
    ours = app.name == clouds.settings.staging.app
    return application_url(clouds, app) if ours else app.url
