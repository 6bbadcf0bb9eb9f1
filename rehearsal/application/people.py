"""People and their organisations: made at the first call of a token's bearer."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from starlette.requests import Request

from rehearsal.application.configuration import Configuration
from rehearsal.application.database import Database
from rehearsal.application.envelope import Refusal
from rehearsal.application.tokens import Claims, Tokens

PRIVATE_MAIL = frozenset(
    {"gmail.com", "googlemail.com", "outlook.com", "hotmail.com", "icloud.com"}
)
USER = """id, email, first_name, last_name, full_name, organisation_id, created_at, updated_at"""
ORGANISATION = "id, name, created_at, updated_at"


@dataclass(frozen=True, slots=True)
class Bee:
    """What every handler works with."""

    configuration: Configuration
    database: Database
    tokens: Tokens
    profiles: "Profiles"


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Who asks, and for which organisation."""

    id: UUID
    email: str
    organisation: UUID
    admin: bool


def bee(request: Request) -> Bee:
    """The application's parts."""
    found: Bee = request.app.state.bee
    return found


async def claims(request: Request) -> Claims:
    """The bearer's claims, or 401."""
    return await bee(request).tokens.bearer(request.headers.get("authorization"))


async def person(request: Request) -> Person:
    """The bearer as a user of ours, made if this is the first that we hear of him."""
    who = await claims(request)
    database = bee(request).database
    found = await _known(database, who.user)
    if found is None:
        await register(database, who.user, who.email, "")
        found = await _known(database, who.user)
    if found is None or found["organisation_id"] is None:
        raise Refusal(500, "The user could not be made")
    return Person(
        id=who.user,
        email=found["email"],
        organisation=found["organisation_id"],
        admin=found["system_role"] == "system_admin",
    )


async def register(database: Database, user: UUID, email: str, organisation: str) -> None:
    """Have the user and his organisation; people of one business e-mail domain share one."""
    domain = email.rpartition("@")[2].lower()
    shared = None if domain in PRIVATE_MAIL or not domain else domain
    name = organisation or (domain.capitalize() if shared else email) or "Organisation"
    async with database.connection() as connection, connection.transaction():
        await connection.execute("select pg_advisory_xact_lock(hashtext(%s))", (domain or email,))
        made = await connection.execute(
            """insert into public.users (id, email) values (%s, %s)
               on conflict (id) do nothing returning id""",
            (user, email),
        )
        if await made.fetchone() is None:
            return
        joined = await connection.execute(
            """insert into public.organisations (name, email_domain, plan_id)
               values (%s, %s, (select id from public.plans where name = 'free'))
               on conflict (email_domain) do update set updated_at = now() returning id""",
            (name[:200], shared),
        )
        row = await joined.fetchone()
        if row is None:
            raise Refusal(500, "The organisation could not be made")
        await connection.execute(
            "update public.users set organisation_id = %s where id = %s", (row["id"], user)
        )
        await connection.execute(
            """insert into public.organisation_members (organisation_id, user_id)
               values (%s, %s) on conflict do nothing""",
            (row["id"], user),
        )


class Profiles:
    """Users with their organisations, as the profile shows them."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def read(self, user: UUID) -> dict[str, Any]:
        """One user's."""
        row = await self._database.one(f"select {USER} from public.users where id = %s", user)  # noqa: S608 - constants
        if row is None:
            raise Refusal(404, "User not found")
        organisation = await self._database.one(
            f"select {ORGANISATION} from public.organisations where id = %s",  # noqa: S608 - constants
            row["organisation_id"],
        )
        return {"auth_methods": ["email"], "organisation": organisation, "user": row}

    async def change(self, user: UUID, changed: dict[str, Any]) -> dict[str, Any]:
        """Give him other names."""
        if changed:
            names = ", ".join(f"{key} = %s" for key in changed)
            query = f"update public.users set {names} where id = %s"  # noqa: S608 - names of ours
            await self._database.run(query, *changed.values(), user)
        return await self.read(user)


async def _known(database: Database, user: UUID) -> dict[str, Any] | None:
    return await database.one(
        "select email, organisation_id, system_role from public.users where id = %s", user
    )
