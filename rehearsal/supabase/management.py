"""Supabase's Management API, as far as the program and the tool call it."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from aiohttp import web

from rehearsal.supabase import keys
from rehearsal.supabase.addons import Addons
from rehearsal.supabase.branching import Branching
from rehearsal.supabase.edgesecrets import EdgeSecrets
from rehearsal.supabase.guard import Guard, answered, said
from rehearsal.supabase.records import FREE, FREE_PROJECTS, ORGANISATIONS, Project
from rehearsal.supabase.services import ANSWERS, Services
from rehearsal.supabase.sqlapi import SqlApi

if TYPE_CHECKING:
    from rehearsal.supabase.world import SupabaseWorld

REGIONS = frozenset(json.loads(Path(__file__).with_name("regions.json").read_text("utf-8")))


class Management:
    """The API's routes over a world."""

    def __init__(self, world: "SupabaseWorld") -> None:
        self._world = world

    def routes(self) -> list[web.RouteDef]:
        """Every route; each needs the token, those of a project one that exists."""
        guard, project = Guard(self._world), "/v1/projects/{ref}"
        return [
            web.get("/v1/organizations", guard.token(self._organisations)),
            web.get("/v1/projects", guard.token(self._projects)),
            web.post("/v1/projects", guard.token(self._create)),
            web.get(project, guard.project(self._project)),
            web.delete(project, guard.project(self._delete)),
            web.get(f"{project}/api-keys", guard.project(self._keys)),
            web.get(f"{project}/config/database/pooler", guard.project(self._pooler)),
            web.get(f"{project}/health", guard.project(self._health)),
            *Branching(self._world).routes(guard),
            *EdgeSecrets(self._world).routes(guard),
            *SqlApi(self._world).routes(guard),
            *Services(self._world).routes(guard),
            *Addons(self._world).routes(guard),
            web.get(f"{project}/{{rest:.+}}", guard.project(self._same_for_all)),
        ]

    async def _organisations(self, _: web.Request) -> web.StreamResponse:
        listed = [{"id": slug, "slug": slug, "name": name} for slug, name in ORGANISATIONS.items()]
        return answered(listed)

    async def _projects(self, _: web.Request) -> web.StreamResponse:
        return answered([p.view() for p in self._world.state.projects.values() if not p.branch])

    async def _create(self, request: web.Request) -> web.StreamResponse:
        given = await request.json()
        slug = given.get("organization_slug") or given.get("organization_id") or ""
        if wrong := self._refused(given, slug):
            return said(400, wrong)
        project = await self._world.create_project(
            given["name"],
            org=slug,
            region=given["region"],
            size=given.get("desired_instance_size", "micro"),
            password=given["db_pass"],
        )
        return answered(project.view(), status=201)

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
        mine = [
            p
            for p in self._world.state.projects.values()
            if p.organisation == slug and not p.branch
        ]
        if slug == FREE and len(mine) >= FREE_PROJECTS:
            return (
                "The following organization members have reached their maximum limits for the "
                "number of active free projects within organizations where they are an "
                "administrator or owner: Sample Dev (2 project limit)."
            )
        return ""

    async def _project(self, _: web.Request, project: Project) -> web.StreamResponse:
        return answered(project.view())

    async def _delete(self, _: web.Request, project: Project) -> web.StreamResponse:
        if project.status in {"UNKNOWN", "COMING_UP"}:
            return said(400, "Project not ready for deletion.")
        for each in [p for p in self._world.state.projects.values() if p.parent == project.ref]:
            await self._world.delete_project(each)
        await self._world.delete_project(project)
        number = int.from_bytes(project.ref[:3].encode())
        gone = {"id": number, "ref": project.ref, "name": project.name}
        return answered({**gone, "slug": project.organisation})

    async def _keys(self, request: web.Request, project: Project) -> web.StreamResponse:
        if project.status in {"UNKNOWN", "COMING_UP"}:
            return answered([])  # they come after the project
        reveal = request.query.get("reveal") == "true"
        return answered(keys.listed(project.keys, created_at=project.created_at, reveal=reveal))

    async def _pooler(self, _: web.Request, project: Project) -> web.StreamResponse:
        user = f"postgres.{project.ref}"
        text = f"postgresql://{user}:[YOUR-PASSWORD]@127.0.0.1:{project.port}/postgres"
        return answered(
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

    async def _health(self, request: web.Request, project: Project) -> web.StreamResponse:
        services = request.query.getall("services", ["db", "auth"])
        well = project.status == "ACTIVE_HEALTHY"
        return answered(
            [{"name": name, "healthy": well, "status": project.status} for name in services]
        )

    async def _same_for_all(self, request: web.Request, project: Project) -> web.StreamResponse:
        found = ANSWERS.get(request.match_info["rest"])
        if found is None:
            return said(404, "Not Found")
        if request.match_info["rest"] == "database/backups":
            found = {**found, "region": project.region}
        return answered(found)
