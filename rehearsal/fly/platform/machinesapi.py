"""The part of the API that changes machines; a held lease refuses whoever lacks its nonce."""

from __future__ import annotations

import signal
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from aiohttp import web

    from rehearsal.fly.platform.records import App, Machine
    from rehearsal.fly.world import FlyWorld


class MachinesApi:
    """Handlers below /fly/apps/{app}/machines."""

    def __init__(self, world: FlyWorld, *, app: Callable[[web.Request], App]) -> None:
        self._world = world
        self._app = app

    def table(self) -> list[tuple[str, str, Callable[[web.Request], Awaitable[object]]]]:
        """Return method, path and handler of each route."""
        machines = "/fly/apps/{app}/machines"
        one = machines + "/{machine}"
        return [
            ("GET", machines, self._list),
            ("POST", machines, self._launch),
            ("GET", one, self._show),
            ("POST", one, self._update),
            ("DELETE", one, self._destroy),
            ("POST", one + "/lease", self._lease),
            ("DELETE", one + "/lease", self._give_back),
            ("POST", one + "/signal", self._signal),
            ("POST", one + "/shell", self._shell),
            ("GET", one + "/shell/{key}", self._shell_end),
            ("POST", one + "/{action}", self._act),
        ]

    async def _list(self, request: web.Request) -> object:
        return [self._view(machine) for machine in self._app(request).machines.values()]

    async def _show(self, request: web.Request) -> object:
        app = self._app(request)
        return self._view(self._world.fleet.host(app, request.match_info["machine"]).machine)

    async def _launch(self, request: web.Request) -> object:
        given = await request.json()
        machine = await self._world.launch(
            self._app(request),
            config=given["config"],
            region=given["region"],
            cordoned=bool(given.get("cordoned")),
            name=str(given.get("name", "")),
        )
        return self._view(machine)

    async def _update(self, request: web.Request) -> object:
        given, machine = await request.json(), self._leased(request)
        updated = await self._world.fleet.update(
            self._app(request), machine, config=given["config"]
        )
        return self._view(updated)

    async def _destroy(self, request: web.Request) -> object:
        await self._world.fleet.destroy(self._app(request), self._leased(request))
        return {}

    async def _lease(self, request: web.Request) -> object:
        given, machine = await request.json(), self._known(request)
        nonce = self._world.leases.take(machine, seconds=given["seconds"], nonce=given.get("nonce"))
        return {"nonce": nonce}

    async def _give_back(self, request: web.Request) -> object:
        nonce = request.headers.get("Fly-Machine-Lease-Nonce", "")
        self._world.leases.give_back(request.match_info["machine"], nonce=nonce)
        return {}

    async def _signal(self, request: web.Request) -> object:
        given, machine = await request.json(), self._leased(request)
        number = signal.Signals(given["signal"])
        await self._world.fleet.signal(self._app(request), machine, number=number)
        return {}

    async def _shell(self, request: web.Request) -> object:
        given = await request.json()
        host = self._world.fleet.host(self._app(request), self._known(request))
        port, key = host.shell(given["command"])
        return {"port": port, "key": key}

    async def _shell_end(self, request: web.Request) -> object:
        host = self._world.fleet.host(self._app(request), self._known(request))
        ended = await host.shell_end(request.match_info["key"])
        return {"code": ended.code, "stderr": ended.stderr.decode(errors="replace")}

    async def _act(self, request: web.Request) -> object:
        app, machine = self._app(request), self._leased(request)
        action, fleet = request.match_info["action"], self._world.fleet
        if action in {"cordon", "uncordon"}:
            fleet.host(app, machine).machine.cordoned = action == "cordon"
        if action in {"stop", "restart"}:
            await fleet.stop(app, machine)
        if action in {"start", "restart"}:
            await fleet.start(app, machine)
        return self._view(fleet.host(app, machine).machine)

    def _known(self, request: web.Request) -> str:
        return self._world.fleet.host(self._app(request), request.match_info["machine"]).id

    def _leased(self, request: web.Request) -> str:
        machine = self._known(request)
        nonce = request.headers.get("Fly-Machine-Lease-Nonce")
        self._world.leases.require(machine, nonce=nonce)
        return machine

    def _view(self, machine: Machine) -> dict[str, Any]:
        app = next(a for a in self._world.apps.all() if machine.id in a.machines)
        accepting = any(h.accepting for h in self._world.fleet.hosts(app) if h.id == machine.id)
        # `rehearsal` is for the deploy's own waits and is not printed by any command.
        return machine.view() | {"rehearsal": {"accepting": accepting}}
