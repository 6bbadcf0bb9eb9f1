"""The Management API of edge functions' secrets: only digests are kept, nothing runs with them."""

import hashlib
from typing import TYPE_CHECKING

from aiohttp import web

from rehearsal.supabase.guard import Guard, answered
from rehearsal.supabase.records import Project, now

if TYPE_CHECKING:
    from rehearsal.supabase.world import SupabaseWorld


class EdgeSecrets:
    """The routes over a world."""

    def __init__(self, world: "SupabaseWorld") -> None:
        self._world = world

    def routes(self, guard: Guard) -> list[web.RouteDef]:
        """List, set and unset."""
        path = "/v1/projects/{ref}/secrets"
        return [
            web.get(path, guard.project(self._list)),
            web.post(path, guard.project(self._set)),
            web.delete(path, guard.project(self._unset)),
        ]

    async def _list(self, _: web.Request, project: Project) -> web.StreamResponse:
        return answered([{"name": name, **each} for name, each in sorted(project.secrets.items())])

    async def _set(self, request: web.Request, project: Project) -> web.StreamResponse:
        for each in await request.json():
            digest = hashlib.sha256(each["value"].encode()).hexdigest()
            project.secrets[each["name"]] = {"value": digest, "updated_at": now()}
        self._world.state.save()
        return web.Response(status=201)

    async def _unset(self, request: web.Request, project: Project) -> web.StreamResponse:
        for name in await request.json():
            project.secrets.pop(name, None)
        self._world.state.save()
        return answered({})
