"""What stands before the Management API's handlers: the token, and the project that is meant."""

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, TypeAlias

from aiohttp import web

from rehearsal.supabase.line import compact
from rehearsal.supabase.records import Project

if TYPE_CHECKING:
    from rehearsal.supabase.world import SupabaseWorld

FOREIGN = "Your account does not have the necessary privileges to access this endpoint."
Handler: TypeAlias = Callable[[web.Request], Awaitable[web.StreamResponse]]
ProjectHandler: TypeAlias = Callable[[web.Request, Project], Awaitable[web.StreamResponse]]


class Guard:
    """Wraps handlers, so that each is called with what it may see only."""

    def __init__(self, world: "SupabaseWorld") -> None:
        self._world = world

    def token(self, handler: Handler) -> Handler:
        """Only with the token; a body without what is needed is the caller's mistake."""

        async def guarded(request: web.Request) -> web.StreamResponse:
            if request.headers.get("Authorization") != f"Bearer {self._world.state.token}":
                return said(401, "Unauthorized")
            try:
                return await handler(request)
            except (ValueError, KeyError) as error:
                return said(400, f"Bad request: {error}")

        return guarded

    def project(self, handler: ProjectHandler) -> Handler:
        """Only for a project of one's own."""

        async def found(request: web.Request) -> web.StreamResponse:
            project = self._world.state.projects.get(request.match_info["ref"])
            if project is None:
                status = 404 if request.method == "DELETE" else 403
                return said(status, "Project not found" if status == 404 else FOREIGN)
            return await handler(request, project)

        return self.token(found)


def answered(found: object, *, status: int = 200) -> web.Response:
    """JSON as Supabase writes it; the program prints it as it came in its errors."""
    return web.json_response(text=compact(found), status=status)


def said(status: int, message: str) -> web.Response:
    """A failure as the Management API tells it."""
    return answered({"message": message}, status=status)
