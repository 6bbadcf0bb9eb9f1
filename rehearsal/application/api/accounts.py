"""Sign-in, the profile, and organisations."""

import time
from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from rehearsal.application.envelope import Refusal, body, success
from rehearsal.application.people import bee, claims, person, register

NAMES = ("first_name", "last_name", "full_name")
REFRESH_WITHIN = 300  # seconds


async def registered(request: Request) -> Response:
    """Make the user whom Supabase Auth has made."""
    who, given = await claims(request), await body(request)
    try:
        user = UUID(str(given.get("user_id", "")))
    except ValueError:
        raise Refusal(400, "user_id must be a UUID") from None
    if user != who.user:
        raise Refusal(403, "user_id is not the bearer's")
    database = bee(request).database
    organisation = str(given.get("org_name") or "")
    await register(database, user, who.email or str(given.get("email", "")), organisation)
    found = await bee(request).profiles.read(user)
    told = {"user": found["user"], "organisation": found["organisation"]}
    return success(request, told, "User registered successfully", status=201)


async def session(request: Request) -> Response:
    """Whether a token is good, and for how long."""
    given = await body(request)
    try:
        who = await bee(request).tokens.check(str(given.get("token", "")))
    except Refusal:
        told: dict[str, object] = {"is_valid": False, "refresh_needed": True}
        return success(request, told, "Session invalid")
    soon = who.expires - time.time() < REFRESH_WITHIN
    told = {"is_valid": True, "expires_at": who.expires, "refresh_needed": soon}
    told |= {"user_id": who.user, "email": who.email}
    return success(request, told, "Session validated")


async def show_profile(request: Request) -> Response:
    """The bearer, with his organisation."""
    who = await person(request)
    found = await bee(request).profiles.read(who.id)
    return success(request, found, "Profile retrieved successfully")


async def change_profile(request: Request) -> Response:
    """Change names."""
    who, given = await person(request), await body(request)
    changed = {k: given[k] for k in NAMES if k in given}
    if wrong := [k for k, v in changed.items() if v is not None and not isinstance(v, str)]:
        raise Refusal(400, f"{wrong[0]} must be text")
    found = await bee(request).profiles.change(who.id, changed)
    return success(request, found, "Profile updated successfully")


async def organisations(request: Request) -> Response:
    """The organisations that the bearer belongs to."""
    who = await person(request)
    found = await bee(request).database.all(
        """select o.id, o.name, o.created_at from public.organisations o
           join public.organisation_members m on m.organisation_id = o.id
           where m.user_id = %s order by o.created_at, o.id""",
        who.id,
    )
    told = {"active_organisation_id": who.organisation, "organisations": found}
    return success(request, told, "Organisations retrieved successfully")


async def create_organisation(request: Request) -> Response:
    """Make an organisation, which becomes the active one."""
    who, given = await person(request), await body(request)
    name = str(given.get("name") or "").strip()
    if not 1 <= len(name) <= 200:
        raise Refusal(400, "Organisation name is required")
    async with bee(request).database.connection() as connection, connection.transaction():
        made = await connection.execute(
            """insert into public.organisations (name, plan_id)
               values (%s, (select id from public.plans where name = 'free'))
               returning id, name, created_at, updated_at""",
            (name,),
        )
        row = await made.fetchone()
        if row is None:
            raise Refusal(500, "The organisation could not be made")
        member = "insert into public.organisation_members values (%s, %s)"
        await connection.execute(member, (row["id"], who.id))
        active = "update public.users set organisation_id = %s where id = %s"
        await connection.execute(active, (row["id"], who.id))
    told = {"organisation": row}
    return success(request, told, "Organisation created successfully", status=201)


async def switch(request: Request) -> Response:
    """Make another of one's organisations the active one."""
    who, given = await person(request), await body(request)
    try:
        wanted = UUID(str(given.get("organisation_id", "")))
    except ValueError:
        raise Refusal(400, "organisation_id must be a UUID") from None
    database = bee(request).database
    query = """update public.users set organisation_id = %s where id = %s and exists (
               select from public.organisation_members
               where organisation_id = %s and user_id = %s)"""
    if not await database.run(query, wanted, who.id, wanted, who.id):
        raise Refusal(403, "Not a member of this organisation")
    return success(request, {"active_organisation_id": wanted}, "Organisation switched")


async def invite(request: Request) -> Response:
    """Ask somebody to join the active organisation."""
    who, given = await person(request), await body(request)
    email, role = str(given.get("email") or ""), str(given.get("role") or "member")
    if "@" not in email or role not in {"admin", "member"}:
        raise Refusal(400, "A valid email and role are required")
    found = await bee(request).database.one(
        """insert into public.organisation_invites (organisation_id, email, role, invited_by)
           values (%s, %s, %s, %s) returning id, email, role, created_at, expires_at""",
        who.organisation,
        email,
        role,
        who.id,
    )
    return success(request, {"invite": found}, "Invite created successfully", status=201)


ROUTES = [
    Route("/v1/auth/register", registered, methods=["POST"]),
    Route("/v1/auth/session", session, methods=["POST"]),
    Route("/v1/auth/profile", show_profile, methods=["GET"]),
    Route("/v1/auth/profile", change_profile, methods=["PATCH"]),
    Route("/v1/organisations", organisations, methods=["GET"]),
    Route("/v1/organisations", create_organisation, methods=["POST"]),
    Route("/v1/organisations/switch", switch, methods=["POST"]),
    Route("/v1/organisations/invites", invite, methods=["POST"]),
]
