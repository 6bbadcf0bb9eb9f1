"""A project's add-ons, its compute size among them, by the Management API."""

from typing import TYPE_CHECKING, Any

from aiohttp import web

from rehearsal.supabase.guard import Guard, answered, said
from rehearsal.supabase.records import Project
from rehearsal.supabase.services import ANSWERS

if TYPE_CHECKING:
    from rehearsal.supabase.world import SupabaseWorld

COMPUTE = "compute_instance"
AVAILABLE: list[dict[str, Any]] = ANSWERS["billing/addons"]["available_addons"]


class Addons:
    """The routes over a world."""

    def __init__(self, world: "SupabaseWorld") -> None:
        self._world = world

    def routes(self, guard: Guard) -> list[web.RouteDef]:
        """List, choose and give up."""
        path = "/v1/projects/{ref}/billing/addons"
        return [
            web.get(path, guard.project(self._list)),
            web.patch(path, guard.project(self._apply)),
            web.delete(f"{path}/{{variant}}", guard.project(self._remove)),
        ]

    async def _list(self, _: web.Request, project: Project) -> web.StreamResponse:
        chosen = {COMPUTE: f"ci_{project.size}", **project.services.get("addons", {})}
        selected = [
            {"type": kind, "variant": variant}
            for kind, name in chosen.items()
            if (variant := _variant(kind, name))
        ]
        return answered({"selected_addons": selected, "available_addons": AVAILABLE})

    async def _apply(self, request: web.Request, project: Project) -> web.StreamResponse:
        given = await request.json()
        kind, name = given["addon_type"], given["addon_variant"]
        if not _variant(kind, name):
            return said(400, "addon_variant: Invalid input")
        if kind == COMPUTE:
            project.size = name.removeprefix("ci_")
        else:
            project.services["addons"] = {**project.services.get("addons", {}), kind: name}
        self._world.state.save()
        return web.Response(status=200)

    async def _remove(self, request: web.Request, project: Project) -> web.StreamResponse:
        name, chosen = request.match_info["variant"], project.services.get("addons", {})
        if name not in chosen.values():
            return said(404, "Not Found")
        project.services["addons"] = {k: v for k, v in chosen.items() if v != name}
        self._world.state.save()
        return web.Response(status=200)


def _variant(kind: str, name: str) -> dict[str, Any] | None:
    found = [each for addon in AVAILABLE if addon["type"] == kind for each in addon["variants"]]
    return next((each for each in found if each["id"] == name), None)
