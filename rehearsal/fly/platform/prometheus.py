"""What the applications tell of themselves, as Fly's Prometheus answers for an organisation.

Only one selector is understood, a name and labels that equal or match something, which is all
that is asked.
Fly scrapes every 15 seconds what [metrics] of a fly.toml names; here it is read when asked for.
"""

from __future__ import annotations

import re
import time
from typing import TYPE_CHECKING, Any

import aiohttp
from aiohttp import web

from rehearsal.fly.platform.instance import instance

if TYPE_CHECKING:
    from rehearsal.fly.platform.records import App, Machine
    from rehearsal.fly.world import FlyWorld

QUERY = re.compile(r"(?P<name>\w*)(?:\{(?P<labels>[^}]*)\})?")
MATCHER = re.compile(r'(\w+)(=~|=)"([^"]*)"')
LABEL = re.compile(r'(\w+)="([^"]*)"')
SAMPLE = re.compile(r"(?P<name>\w+)(?:\{(?P<labels>[^}]*)\})? (?P<value>\S+)")
PATIENCE = aiohttp.ClientTimeout(total=3)


class Prometheus:
    """The query interface over a world."""

    def __init__(self, world: FlyWorld) -> None:
        self._world = world

    def routes(self) -> list[web.RouteDef]:
        """The one route that there is."""
        return [web.get("/prometheus/{org}/api/v1/query", self._query)]

    async def _query(self, request: web.Request) -> web.Response:
        given = request.headers.get("Authorization", "").removeprefix("Bearer ")
        if given != self._world.token:
            return web.Response(status=401, text="unauthorized")
        query = QUERY.fullmatch(request.query.get("query", ""))
        if query is None:
            error = {"status": "error", "errorType": "bad_data", "error": "cannot parse the query"}
            return web.json_response(error, status=422)
        wanted = {
            name: text if sign == "=~" else re.escape(text)
            for name, sign, text in MATCHER.findall(query["labels"] or "")
        }
        if query["name"]:
            wanted["__name__"] = query["name"]
        found = [
            sample
            for app in self._world.apps.all()
            if app.org == request.match_info["org"]
            for machine in app.machines.values()
            for sample in await self._scraped(app, machine)
            if all(re.fullmatch(form, sample["metric"].get(n, "")) for n, form in wanted.items())
        ]
        data = {"resultType": "vector", "result": found}
        return web.json_response({"status": "success", "data": data})

    async def _scraped(self, app: App, machine: Machine) -> list[dict[str, Any]]:
        if machine.state != "started":
            return []
        lines = [*instance(machine), *await self._told(machine)]
        own = {"app": app.name, "instance": machine.id, "region": machine.region}
        now = round(time.time(), 3)
        return [
            {
                "metric": {**dict(LABEL.findall(m["labels"] or "")), **own, "__name__": m["name"]},
                "value": [now, m["value"]],
            }
            for m in map(SAMPLE.fullmatch, lines)
            if m
        ]

    async def _told(self, machine: Machine) -> list[str]:
        """What the application tells of itself."""
        metrics = machine.config.get("metrics")
        if not metrics:
            return []
        url = f"http://127.0.0.1:{machine.metrics_port}{metrics.get('path', '/metrics')}"
        try:
            async with (
                aiohttp.ClientSession(timeout=PATIENCE) as session,
                session.get(url) as answer,
            ):
                return (await answer.text()).splitlines()
        except (aiohttp.ClientError, TimeoutError):
            return []
