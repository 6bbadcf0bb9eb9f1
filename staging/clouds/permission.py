"""The one place that decides whether a call may change something: by names, address and server.

What is not named as staging's is refused, and what is production's is refused under any name.
"""

from collections.abc import Collection
from dataclasses import dataclass

from staging.clouds.postgres import Address, Server
from staging.errors import Refused


@dataclass(frozen=True, slots=True, kw_only=True)
class Permission:
    """The apps and projects that may be changed, and production's, by name or by ref.

    `promotes` are the verbs that may change production, and nothing else then: of `promote` alone.
    """

    apps: Collection[str] = ()
    projects: Collection[str] = ()
    production_app: str = ""
    production_project: str = ""
    promotes: Collection[str] = ()

    def app(self, name: str, *, verb: str) -> None:
        """Refuse to change this app unless it is staging's, or promoted to by this verb."""
        if verb in self.promotes and name == self.production_app:
            return
        told = f"{verb} would change the app {name}"
        _decide(told, (name,), self.apps, production=self.production_app)

    def project(self, name: str, *, ref: str = "", verb: str = "") -> None:
        """Refuse to change this project unless it is staging's, by its name and by its ref."""
        if verb in self.promotes and self.production_project in (name, ref):
            return
        told = f"This would change the Supabase project {name}"
        _decide(told, (name, ref), self.projects, production=self.production_project)


def refuse_address(staging: Address, production: Address | None) -> None:
    """Stop before a connection is made if staging's database is production's by its address."""
    if production is None or (production.host, production.port) != (staging.host, staging.port):
        return
    if tenant(staging) and tenant(staging) != tenant(production):
        return  # two projects behind one pooler
    raise Refused(
        "Staging's database is production's.",
        detail=f"Both are at {staging.host}:{staging.port}.",
        remedy="Unset STAGING_DATABASE_URL, or correct PRODUCTION_DATABASE_URL.",
    )


def refuse_server(staging: Server, production: Server) -> None:
    """Stop before a write if both connections lead to one server, as far as the servers say."""
    if production.identifier is not None and staging.identifier == production.identifier:
        told = f"PostgreSQL system identifier {production.identifier}"
    elif staging.started == production.started:
        told = f"Both were started at {production.started} UTC"
    else:
        return
    raise Refused(
        "Staging's database is production's: the two servers are one.",
        detail=f"{told}, databases {staging.database} and {production.database}",
        remedy="Correct PRODUCTION_DATABASE_URL or STAGING_DATABASE_URL.",
    )


def _decide(told: str, names: tuple[str, ...], allowed: Collection[str], production: str) -> None:
    if production and production.lower() in map(str.lower, names):
        raise Refused(
            f"{told}, which is production's.",
            detail=f"{production} is production's, whatever else is called so.",
            remedy="Correct [staging] and [production] in staging.toml.",
        )
    if names[0] not in allowed:
        raise Refused(
            f"{told}, which is not staging's.",
            detail=f"Only {', '.join(sorted(allowed)) or 'nothing'} may be changed.",
        )


def tenant(where: Address) -> str:
    """The project that a pooler is asked for, as in postgres.abcdefghijklmnopqrst."""
    return where.user.partition(".")[2]
