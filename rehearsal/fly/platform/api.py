"""The API below /fly that the stand-in flyctl calls; errors are `{"error": text}`."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any

from aiohttp import web

from rehearsal.fly import catalogue
from rehearsal.fly.platform import builds
from rehearsal.fly.platform.errors import PlatformError
from rehearsal.fly.platform.machinesapi import MachinesApi

if TYPE_CHECKING:
    from rehearsal.fly.platform.records import App
    from rehearsal.fly.world import FlyWorld

Handler = Callable[[web.Request], Awaitable[object]]
LOG_LINES = 100


class Api:
    """Routes for apps; each asks for a token that may see the app."""

    def __init__(self, world: FlyWorld) -> None:
        self._world = world
        self._machines = MachinesApi(world, app=self._app)

    def routes(self) -> list[web.RouteDef]:
        """Return all routes."""
        table: list[tuple[str, str, Handler]] = [
            ("GET", "/fly/me", self._me),
            ("GET", "/fly/images", self._image),
            ("GET", "/fly/apps", self._list),
            ("POST", "/fly/apps", self._create),
            ("GET", "/fly/apps/{app}", self._show),
            ("DELETE", "/fly/apps/{app}", self._destroy),
            ("GET", "/fly/apps/{app}/secrets", self._secrets),
            ("POST", "/fly/apps/{app}/secrets", self._set_secrets),
            ("GET", "/fly/apps/{app}/releases", self._releases),
            ("POST", "/fly/apps/{app}/images", self._build),
            ("POST", "/fly/apps/{app}/releases", self._release),
            ("PATCH", "/fly/apps/{app}/releases/{release}", self._finish),
            ("GET", "/fly/apps/{app}/ips", self._ips),
            ("POST", "/fly/apps/{app}/ips", self._add_ip),
            ("GET", "/fly/apps/{app}/certificates", self._certificates),
            ("POST", "/fly/apps/{app}/certificates", self._add_certificate),
            ("DELETE", "/fly/apps/{app}/certificates/{hostname}", self._remove_certificate),
            ("POST", "/fly/apps/{app}/tokens", self._token),
            ("GET", "/fly/apps/{app}/logs", self._logs),
            *self._machines.table(),
        ]
        return [web.route(method, path, self._guarded(handler)) for method, path, handler in table]

    def _guarded(self, handler: Handler) -> Callable[[web.Request], Awaitable[web.Response]]:
        async def answer(request: web.Request) -> web.Response:
            try:
                self._allowed(request)
                return web.json_response(await handler(request))
            except PlatformError as error:
                return web.json_response({"error": error.text}, status=error.status)

        return answer

    def _allowed(self, request: web.Request) -> None:
        token = request.headers.get("Authorization", "").removeprefix("Bearer ")
        scope = self._world.apps.scope(token)
        named = request.match_info.get("app")
        if scope is None:
            return
        if named is None and request.path == "/fly/apps":
            raise PlatformError(401, "unauthorized")
        if named is not None and named != scope:
            raise PlatformError(404, "app not found")

    def _app(self, request: web.Request) -> App:
        return self._world.apps.get(request.match_info["app"])

    async def _me(self, _: web.Request) -> object:
        return {"email": catalogue.EMAIL, "organisations": catalogue.ORGANISATIONS}

    async def _image(self, request: web.Request) -> object:
        return self._world.fleet.image(request.query["ref"]).ref

    async def _build(self, request: web.Request) -> object:
        given, app = await request.json(), self._app(request)
        fleet = self._world.fleet
        return fleet.builds.add(
            fleet.image(given["base"]),
            repository=app.name,
            content=builds.content(given),
            size=int(given["size"]),
            label=str(given.get("label", "")),
        )

    async def _list(self, _: web.Request) -> object:
        return [self._view(app) for app in self._world.apps.all()]

    async def _create(self, request: web.Request) -> object:
        given = await request.json()
        return self._view(await self._world.create_app(given["name"], org=given["org"]))

    async def _show(self, request: web.Request) -> object:
        app = self._app(request)
        return self._view(app) | {"config": app.config}

    async def _destroy(self, request: web.Request) -> object:
        await self._world.destroy_app(request.match_info["app"])
        return {}

    async def _secrets(self, request: web.Request) -> object:
        return self._world.apps.secrets(self._app(request))

    async def _set_secrets(self, request: web.Request) -> object:
        given = await request.json()
        app = self._app(request)
        self._world.apps.set_secrets(app, given=given.get("set", {}), unset=given.get("unset", []))
        return {}

    async def _releases(self, request: web.Request) -> object:
        return self._app(request).releases

    async def _release(self, request: web.Request) -> object:
        given = await request.json()
        app = self._app(request)
        return self._world.apps.release(
            app, image=given["image"], config=given.get("config"), strategy=given["strategy"]
        )

    async def _finish(self, request: web.Request) -> object:
        given, release = await request.json(), request.match_info["release"]
        self._world.apps.finish(self._app(request), release, status=given["status"])
        return {}

    async def _ips(self, request: web.Request) -> object:
        app = self._app(request)
        return {"addresses": app.ips, "shared": app.shared_ip}

    async def _add_ip(self, request: web.Request) -> object:
        given = await request.json()
        return self._world.apps.add_address(self._app(request), kind=given["kind"])

    async def _certificates(self, request: web.Request) -> object:
        return self._app(request).certificates

    async def _add_certificate(self, request: web.Request) -> object:
        given = await request.json()
        return self._world.certificates.add(self._app(request), hostname=given["hostname"])

    async def _remove_certificate(self, request: web.Request) -> object:
        hostname = request.match_info["hostname"]
        self._world.certificates.remove(self._app(request), hostname=hostname)
        return {}

    async def _token(self, request: web.Request) -> object:
        given = await request.json()
        seconds = float(given["seconds"])
        return {"token": self._world.apps.token(self._app(request), seconds=seconds)}

    async def _logs(self, request: web.Request) -> object:
        wanted, lines = request.query.get("machine"), []
        for host in self._world.fleet.hosts(self._app(request)):
            if wanted in {None, host.id} and host.log.exists():
                last = host.log.read_text(errors="replace").splitlines()[-LOG_LINES:]
                region = host.machine.region
                lines += [{"instance": host.id, "region": region, "message": m} for m in last]
        return lines

    def _view(self, app: App) -> dict[str, Any]:
        return {
            "name": app.name,
            "org": app.org,
            "number": app.number,
            "port": app.port,
            "deployed": app.deployed,
            "version": max((r["version"] for r in app.releases), default=0),
        }
