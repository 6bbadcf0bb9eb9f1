"""Staging's database, proved not to be production's, for what fills and empties it."""

from collections.abc import Callable

from staging.clouds import permission, postgres
from staging.clouds.postgres import Address
from staging.errors import Refused
from staging.operations import access, reach
from staging.operations.opening import Clouds
from staging.operations.wanted import the_project
from staging.settings import Settings


def database(clouds: Clouds) -> Address:
    """Where it is; refused if its address or its server is production's."""
    project, password = the_project(clouds), access.database_password(clouds)
    where = reach.staging_database(clouds, project, password)
    if clouds.environ.secret("PRODUCTION_DATABASE_URL"):
        prove_apart(where, reach.production_database(clouds))
    return where


def prove_apart(staging: Address, production: Address) -> None:
    """Refuse if both addresses lead to one server."""
    permission.refuse_address(staging, production)
    with (
        postgres.connect(production, read_only=True) as theirs,
        postgres.connect(staging, read_only=True) as ours,
    ):
        permission.refuse_server(postgres.server(ours), postgres.server(theirs))


def confirmed(
    settings: Settings, given: str, *, ask: Callable[[str], str], what: str, command: str
) -> None:
    """Go on only if the environment's name was given: now, or on the command line."""
    names = [name for name in (settings.environment, settings.staging.app) if name]
    typed = given or ask(f"{what}\nType {names[0]} to go on: ")
    if typed not in names:
        flag = f" --environment {settings.environment}" if settings.environment else ""
        raise Refused(
            "No row was taken away: the name typed is not the environment's.",
            detail=f"{what} Typed {typed!r}; the environment's name is {names[0]!r}.",
            remedy=f"Run `invoke {command}{flag} --confirm {names[0]}`.",
        )
