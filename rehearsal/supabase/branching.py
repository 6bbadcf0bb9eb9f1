"""The Management API of branches: each is a project of its own, with a server of its own."""

import secrets
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from aiohttp import web

from rehearsal.supabase.guard import Guard, Handler, answered, said
from rehearsal.supabase.records import Project, now

if TYPE_CHECKING:
    from rehearsal.supabase.world import SupabaseWorld


class Branching:
    """The routes over a world."""

    def __init__(self, world: "SupabaseWorld") -> None:
        self._world = world

    def routes(self, guard: Guard) -> list[web.RouteDef]:
        """A project's branches by name, and each branch by its id or ref."""
        of_project, one = "/v1/projects/{ref}/branches", "/v1/branches/{id}"
        return [
            web.get(of_project, guard.project(self._list)),
            web.post(of_project, guard.project(self._create)),
            web.get(f"{of_project}/{{name}}", guard.project(self._find)),
            web.get(one, guard.token(self._with(self._detail))),
            web.delete(one, guard.token(self._with(self._delete))),
        ]

    def _with(self, handler: Any) -> Handler:  # noqa: ANN401 - a handler of a branch
        async def found(request: web.Request) -> web.StreamResponse:
            wanted = request.match_info["id"]
            for each in self._world.state.projects.values():
                if each.branch and wanted in {each.branch["id"], each.ref}:
                    answer: web.StreamResponse = await handler(each)
                    return answer
            return said(404, "Branch not found")

        return found

    def _of(self, parent: Project) -> list[Project]:
        every = self._world.state.projects.values()
        return [each for each in every if each.parent == parent.ref]

    async def _list(self, _: web.Request, project: Project) -> web.StreamResponse:
        return answered([_view(each) for each in self._of(project)])

    async def _find(self, request: web.Request, project: Project) -> web.StreamResponse:
        for each in self._of(project):
            if each.branch["name"] == request.match_info["name"]:
                return answered(_view(each))
        return said(404, "Branch not found")

    async def _create(self, request: web.Request, project: Project) -> web.StreamResponse:
        given = await request.json()
        name = given["branch_name"]
        if any(each.branch["name"] == name for each in self._of(project)):
            return said(400, f'Branch "{name}" already exists')
        password = secrets.token_urlsafe(18)
        made = await self._world.create_project(
            f"{project.name}-{name}",
            org=project.organisation,
            region=given.get("region") or project.region,
            size=given.get("desired_instance_size") or "micro",
            password=password,
        )
        made.parent = project.ref
        made.branch = {
            "id": str(uuid4()),
            "name": name,
            "git_branch": given.get("git_branch"),
            "persistent": bool(given.get("persistent")),
            "with_data": bool(given.get("with_data")),
            "password": password,
            "updated_at": now(),
        }
        return answered(_view(made), status=201)

    async def _detail(self, project: Project) -> web.StreamResponse:
        found = {
            "ref": project.ref,
            "postgres_version": project.version or "16",
            "postgres_engine": (project.version or "16").split(".")[0],
            "release_channel": "ga",
            "status": project.status,
            "db_host": "127.0.0.1",
            "db_port": project.port,
            "db_user": "postgres",
            "db_pass": project.branch["password"],
            "jwt_secret": "a-secret-of-the-rehearsal-that-signs-nothing",
        }
        return answered(found)

    async def _delete(self, project: Project) -> web.StreamResponse:
        if project.status in {"UNKNOWN", "COMING_UP"}:
            return said(400, "Project not ready for deletion.")
        await self._world.delete_project(project)
        return answered({"message": "ok"})


def _view(project: Project) -> dict[str, Any]:
    kept = {k: v for k, v in project.branch.items() if k != "password" and v is not None}
    healthy = project.status == "ACTIVE_HEALTHY"
    return {
        **kept,
        "project_ref": project.ref,
        "parent_project_ref": project.parent,
        "is_default": False,
        "status": "FUNCTIONS_DEPLOYED" if healthy else "CREATING_PROJECT",
        "preview_project_status": project.status if project.status != "UNKNOWN" else "COMING_UP",
        "created_at": project.created_at,
    }
