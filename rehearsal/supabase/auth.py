"""Supabase Auth of every project, below /{ref}/auth/v1; users live in the project's database."""

import secrets
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid4

import jwt
from aiohttp import web

from rehearsal.supabase import keys
from rehearsal.supabase.records import Project

if TYPE_CHECKING:
    from rehearsal.supabase.world import SupabaseWorld

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
ProjectHandler = Callable[[web.Request, Project], Awaitable[web.StreamResponse]]
SHORTEST_PASSWORD = 6
COLUMNS = "id, email, encrypted_password, created_at, updated_at, email_confirmed_at"


class Auth:
    """Auth's routes over a world."""

    def __init__(self, world: "SupabaseWorld") -> None:
        self._world = world

    def routes(self) -> list[web.RouteDef]:
        """Every route; all but the public keys and health need one of the project's API keys."""
        auth = "/{ref:[a-z]{20}}/auth/v1"
        return [
            web.get(f"{auth}/.well-known/jwks.json", self._open(self._jwks)),
            web.get(f"{auth}/health", self._open(self._health)),
            web.get(f"{auth}/settings", self._keyed(self._settings)),
            web.post(f"{auth}/token", self._keyed(self._token)),
            web.post(f"{auth}/signup", self._keyed(self._signup)),
            web.get(f"{auth}/user", self._keyed(self._user)),
            web.get(f"{auth}/admin/users", self._admin(self._users)),
            web.post(f"{auth}/admin/users", self._admin(self._create)),
            web.put(f"{auth}/admin/users/{{id}}", self._admin(self._update)),
            web.delete(f"{auth}/admin/users/{{id}}", self._admin(self._delete)),
        ]

    def _open(self, handler: ProjectHandler) -> Handler:
        async def found(request: web.Request) -> web.StreamResponse:
            project = self._world.state.projects.get(request.match_info["ref"])
            if project is None or not project.version:
                return web.json_response({"message": "Project not found"}, status=404)
            return await handler(request, project)

        return found

    def _keyed(self, handler: ProjectHandler) -> Handler:
        async def keyed(request: web.Request, project: Project) -> web.StreamResponse:
            if request.headers.get("apikey") not in project.keys.values():
                return web.json_response({"message": "Invalid API key"}, status=401)
            return await handler(request, project)

        return self._open(keyed)

    def _admin(self, handler: ProjectHandler) -> Handler:
        async def privileged(request: web.Request, project: Project) -> web.StreamResponse:
            strong = {project.keys["service_role"], project.keys["secret"]}
            bearer = request.headers.get("Authorization", "").removeprefix("Bearer ")
            if request.headers["apikey"] not in strong or (bearer and bearer not in strong):
                return _failed(403, "not_admin", "User not allowed")
            return await handler(request, project)

        return self._keyed(privileged)

    async def _jwks(self, _: web.Request, project: Project) -> web.StreamResponse:
        return web.json_response(keys.jwks(project.signing_key))

    async def _health(self, _: web.Request, project: Project) -> web.StreamResponse:
        del project
        return web.json_response({"name": "GoTrue", "version": "v2.180.0", "description": "Auth"})

    async def _settings(self, _: web.Request, project: Project) -> web.StreamResponse:
        del project
        return web.json_response(
            {"external": {"email": True}, "disable_signup": False, "mailer_autoconfirm": True}
        )

    async def _token(self, request: web.Request, project: Project) -> web.StreamResponse:
        given = await _body(request)
        if request.query.get("grant_type") == "refresh_token":
            return await self._refreshed(project, str(given.get("refresh_token", "")))
        row = await self._one(project, "email = %s", str(given.get("email", "")).lower())
        if row is None or not keys.matches(str(given.get("password", "")), row[2]):
            return _failed(400, "invalid_credentials", "Invalid login credentials")
        return await self._signed_in(project, row)

    async def _refreshed(self, project: Project, token: str) -> web.StreamResponse:
        query = "update auth.refresh_tokens set revoked = true where token = %s and not revoked"
        async with self._world.connection(project) as connection:
            found = await connection.execute(query + " returning user_id", (token,))
            user = await found.fetchone()
        row = await self._one(project, "id = %s", user[0]) if user else None
        if row is None:
            return _failed(400, "refresh_token_not_found", "Invalid Refresh Token")
        return await self._signed_in(project, row)

    async def _signup(self, request: web.Request, project: Project) -> web.StreamResponse:
        given = await _body(request)
        made = await self._make(project, given)
        if isinstance(made, web.Response):
            if made.status == 422 and b"email_exists" in (made.body or b""):  # type: ignore[operator]
                return _failed(422, "user_already_exists", "User already registered")
            return made
        row = await self._one(project, "id = %s", made)
        return await self._signed_in(project, row) if row else _failed(500, "unexpected", "gone")

    async def _user(self, request: web.Request, project: Project) -> web.StreamResponse:
        bearer = request.headers.get("Authorization", "").removeprefix("Bearer ")
        try:
            public = jwt.PyJWK(keys.jwks(project.signing_key)["keys"][0])
            claims = jwt.decode(
                bearer, public, audience="authenticated", issuer=self._issuer(project)
            )
        except jwt.InvalidTokenError as error:
            return _failed(403, "bad_jwt", f"invalid JWT: {error}")
        row = await self._one(project, "id = %s", UUID(claims["sub"]))
        return web.json_response(_view(row)) if row else _failed(404, "user_not_found", "No user")

    async def _users(self, request: web.Request, project: Project) -> web.StreamResponse:
        page, size = int(request.query.get("page", 1)), int(request.query.get("per_page", 50))
        query = f"select {COLUMNS} from auth.users order by created_at, id limit %s offset %s"  # noqa: S608 - constants
        async with self._world.connection(project) as connection:
            found = await connection.execute(query.encode(), (size, (page - 1) * size))
            rows = await found.fetchall()
        return web.json_response({"users": [_view(row) for row in rows], "aud": "authenticated"})

    async def _create(self, request: web.Request, project: Project) -> web.StreamResponse:
        made = await self._make(project, await _body(request))
        if isinstance(made, web.Response):
            return made
        row = await self._one(project, "id = %s", made)
        return web.json_response(_view(row) if row else {})

    async def _update(self, request: web.Request, project: Project) -> web.StreamResponse:
        given, user = await _body(request), request.match_info["id"]
        query = "update auth.users set encrypted_password = %s, updated_at = now() where id = %s"
        if password := given.get("password"):
            async with self._world.connection(project) as connection:
                await connection.execute(query, (keys.hashed(str(password)), user))
        row = await self._one(project, "id = %s", user)
        return web.json_response(_view(row)) if row else _failed(404, "user_not_found", "No user")

    async def _delete(self, request: web.Request, project: Project) -> web.StreamResponse:
        async with self._world.connection(project) as connection:
            await connection.execute(
                "delete from auth.users where id = %s", (request.match_info["id"],)
            )
        return web.json_response({})

    async def _make(self, project: Project, given: dict[str, Any]) -> UUID | web.Response:
        email, password = str(given.get("email", "")).lower(), str(given.get("password", ""))
        if "@" not in email:
            return _failed(400, "validation_failed", "Unable to validate email address")
        if len(password) < SHORTEST_PASSWORD:
            return _failed(422, "weak_password", "Password should be at least 6 characters.")
        if await self._one(project, "email = %s", email):
            text = "A user with this email address has already been registered"
            return _failed(422, "email_exists", text)
        query = """insert into auth.users (id, email, encrypted_password, email_confirmed_at)
                   values (%s, %s, %s, now())"""
        user = uuid4()
        async with self._world.connection(project) as connection:
            await connection.execute(query, (user, email, keys.hashed(password)))
        return user

    async def _signed_in(self, project: Project, row: tuple[Any, ...]) -> web.StreamResponse:
        life = int(project.services.get("auth", {}).get("jwt_exp", keys.LIFETIME))
        token, ends = keys.token(
            project.signing_key,
            issuer=self._issuer(project),
            user=str(row[0]),
            email=row[1],
            life=life,
        )
        refresh = secrets.token_urlsafe(12)
        query = "insert into auth.refresh_tokens (token, user_id) values (%s, %s)"
        async with self._world.connection(project) as connection:
            await connection.execute(query, (refresh, row[0]))
        answer = {"access_token": token, "token_type": "bearer", "expires_in": life}
        return web.json_response(
            {**answer, "expires_at": ends, "refresh_token": refresh, "user": _view(row)}
        )

    async def _one(self, project: Project, where: str, value: object) -> tuple[Any, ...] | None:
        query = f"select {COLUMNS} from auth.users where {where}"  # noqa: S608 - constants of ours
        async with self._world.connection(project) as connection:
            found = await connection.execute(query.encode(), (value,))
            return await found.fetchone()

    def _issuer(self, project: Project) -> str:
        return f"{self._world.base}/{project.ref}/auth/v1"


async def _body(request: web.Request) -> dict[str, Any]:
    try:
        given = await request.json()
    except ValueError:
        return {}
    return given if isinstance(given, dict) else {}


def _view(row: tuple[Any, ...]) -> dict[str, Any]:
    def told(moment: datetime | None) -> str | None:
        return moment.isoformat().replace("+00:00", "Z") if moment else None

    return {
        "id": str(row[0]),
        "aud": "authenticated",
        "role": "authenticated",
        "email": row[1],
        "email_confirmed_at": told(row[5]),
        "app_metadata": {"provider": "email", "providers": ["email"]},
        "user_metadata": {},
        "created_at": told(row[3]),
        "updated_at": told(row[4]),
    }


def _failed(status: int, code: str, message: str) -> web.Response:
    return web.json_response({"code": status, "error_code": code, "msg": message}, status=status)
