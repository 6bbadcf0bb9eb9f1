"""Supabase's Management API, as far as the program and the tool call it."""

import json
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from aiohttp import web

from rehearsal.supabase import keys
from rehearsal.supabase.records import FREE, FREE_PROJECTS, ORGANISATIONS, Project

if TYPE_CHECKING:
    from rehearsal.supabase.world import SupabaseWorld

ANSWERS: dict[str, Any] = json.loads(Path(__file__).with_name("answers.json").read_text("utf-8"))
"""What is the same for every project, by the path below /v1/projects/{ref}/."""

REGIONS = frozenset(json.loads(Path(__file__).with_name("regions.json").read_text("utf-8")))
FOREIGN = "Your account does not have the necessary privileges to access this endpoint."
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
ProjectHandler = Callable[[web.Request, Project], Awaitable[web.StreamResponse]]


class Management:
    """The API's routes over a world."""

    def __init__(self, world: "SupabaseWorld") -> None:
        self._world = world

    def routes(self) -> list[web.RouteDef]:
        """Every route; each needs the token, those of a project one that exists."""
        project = "/v1/projects/{ref}"
        return [
            web.get("/v1/organizations", self._guarded(self._organisations)),
            web.get("/v1/projects", self._guarded(self._projects)),
            web.post("/v1/projects", self._guarded(self._create)),
            web.get(project, self._of(self._project)),
            web.delete(project, self._of(self._delete)),
            web.get(f"{project}/api-keys", self._of(self._keys)),
            web.get(f"{project}/config/database/pooler", self._of(self._pooler)),
            web.patch(f"{project}/database/password", self._of(self._password)),
            web.post(f"{project}/cli/login-role", self._of(self._login_role)),
            web.get(f"{project}/health", self._of(self._health)),
            web.get(f"{project}/secrets", self._of(self._secrets)),
            web.get("/v2/projects/{ref}/config", self._of(self._config)),
            web.get(f"{project}/{{rest:.+}}", self._of(self._same_for_all)),
        ]

    def _guarded(self, handler: Handler) -> Handler:
        async def guarded(request: web.Request) -> web.StreamResponse:
            if request.headers.get("Authorization") != f"Bearer {self._world.state.token}":
                return _said(401, "Unauthorized")
            return await handler(request)

        return guarded

    def _of(self, handler: ProjectHandler) -> Handler:
        async def found(request: web.Request) -> web.StreamResponse:
            project = self._world.state.projects.get(request.match_info["ref"])
            if project is None:
                status = 404 if request.method == "DELETE" else 403
                return _said(status, "Project not found" if status == 404 else FOREIGN)
            return await handler(request, project)

        return self._guarded(found)

    async def _organisations(self, _: web.Request) -> web.StreamResponse:
        listed = [{"id": slug, "slug": slug, "name": name} for slug, name in ORGANISATIONS.items()]
        return web.json_response(listed)

    async def _projects(self, _: web.Request) -> web.StreamResponse:
        return web.json_response([p.view() for p in self._world.state.projects.values()])

    async def _create(self, request: web.Request) -> web.StreamResponse:
        given = await request.json()
        slug = given.get("organization_slug") or given.get("organization_id") or ""
        if wrong := self._refused(given, slug):
            return _said(400, wrong)
        project = await self._world.create_project(
            given["name"],
            org=slug,
            region=given["region"],
            size=given.get("desired_instance_size", "micro"),
            password=given["db_pass"],
        )
        return web.json_response(project.view(), status=201)

    def _refused(self, given: dict[str, Any], slug: str) -> str:
        missing = [key for key in ("name", "region", "db_pass") if not given.get(key)]
        if missing:
            return f"{missing[0]}: Required"
        if slug not in ORGANISATIONS:
            return "Organization not found"
        if given["region"] not in REGIONS:
            return "region: Invalid enum value"
        if given.get("desired_instance_size") == "nano":
            return "desired_instance_size: Invalid enum value"
        mine = [p for p in self._world.state.projects.values() if p.organisation == slug]
        if slug == FREE and len(mine) >= FREE_PROJECTS:
            return (
                "The following organization members have reached their maximum limits for the "
                "number of active free projects within organizations where they are an "
                "administrator or owner: Sample Dev (2 project limit)."
            )
        return ""

    async def _project(self, _: web.Request, project: Project) -> web.StreamResponse:
        return web.json_response(project.view())

    async def _delete(self, _: web.Request, project: Project) -> web.StreamResponse:
        if project.status in {"UNKNOWN", "COMING_UP"}:
            return _said(400, "Project not ready for deletion.")
        await self._world.delete_project(project)
        number = int.from_bytes(project.ref[:3].encode())
        gone = {"id": number, "ref": project.ref, "name": project.name}
        return web.json_response({**gone, "slug": project.organisation})

    async def _keys(self, request: web.Request, project: Project) -> web.StreamResponse:
        if project.status in {"UNKNOWN", "COMING_UP"}:
            return web.json_response([])  # they come after the project
        reveal = request.query.get("reveal") == "true"
        return web.json_response(
            keys.listed(project.keys, created_at=project.created_at, reveal=reveal)
        )

    async def _pooler(self, _: web.Request, project: Project) -> web.StreamResponse:
        user = f"postgres.{project.ref}"
        text = f"postgresql://{user}:[YOUR-PASSWORD]@127.0.0.1:{project.port}/postgres"
        return web.json_response(
            [
                {
                    "identifier": project.ref,
                    "database_type": "PRIMARY",
                    "db_user": user,
                    "db_host": "127.0.0.1",
                    "db_port": project.port,
                    "db_name": "postgres",
                    "connection_string": text,
                    "connectionString": text,
                    "pool_mode": "transaction",
                    "default_pool_size": None,
                    "max_client_conn": None,
                    "is_using_scram_auth": True,
                }
            ]
        )

    async def _password(self, request: web.Request, project: Project) -> web.StreamResponse:
        given = await request.json()
        await self._world.set_password(project, "postgres", given["password"])
        return web.json_response({"message": "Successfully updated password"})

    async def _login_role(self, request: web.Request, project: Project) -> web.StreamResponse:
        given = await request.json() if request.can_read_body else {}
        role = "cli_login_postgres"
        password = await self._world.login_role(
            project, role, read_only=bool(given.get("read_only"))
        )
        return web.json_response(
            {"role": role, "password": password, "ttl_seconds": 300}, status=201
        )

    async def _health(self, request: web.Request, project: Project) -> web.StreamResponse:
        services = request.query.getall("services", ["db", "auth"])
        well = project.status == "ACTIVE_HEALTHY"
        return web.json_response(
            [{"name": name, "healthy": well, "status": project.status} for name in services]
        )

    async def _secrets(self, _: web.Request, project: Project) -> web.StreamResponse:
        return web.json_response([{"name": k, "value": v} for k, v in project.secrets.items()])

    async def _config(self, _: web.Request, project: Project) -> web.StreamResponse:
        data = {**ANSWERS["v2/config"]["data"], "id": project.ref}
        return web.json_response({"data": data})

    async def _same_for_all(self, request: web.Request, _: Project) -> web.StreamResponse:
        found = ANSWERS.get(request.match_info["rest"])
        return _said(404, "Not Found") if found is None else web.json_response(found)


def _said(status: int, message: str) -> web.StreamResponse:
    return web.json_response({"message": message}, status=status)
