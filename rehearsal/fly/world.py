"""The Fly half of the world, as the supervisor holds it."""

import asyncio
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import aiohttp
from aiohttp import web

from rehearsal.fly import flytoml, machineconfig
from rehearsal.fly.platform.api import Api
from rehearsal.fly.platform.apps import Apps
from rehearsal.fly.platform.certificates import Certificates
from rehearsal.fly.platform.fleet import Fleet
from rehearsal.fly.platform.host import Means
from rehearsal.fly.platform.leases import Leases
from rehearsal.fly.platform.prometheus import Prometheus
from rehearsal.fly.platform.proxy import Proxy
from rehearsal.fly.platform.records import App, Machine, load

IMAGES = Path(__file__).resolve().parent.parent / "images.toml"
SERVES_WITHIN = 60.0


class FlyWorld:
    """Apps, machines and their addresses; `start` brings back what `stop` left."""

    def __init__(
        self,
        home: Path,
        *,
        machine_environment: Mapping[str, str],
        command: Sequence[str],
        images: Path = IMAGES,
    ) -> None:
        self._home = home
        self._environment = dict(machine_environment)
        self._command = tuple(command)
        self._state = load(home / "state" / "fly.json")
        self.apps = Apps(self._state)
        self.certificates = Certificates(self._state)
        self.fleet = Fleet(self._state, images=images)
        self.leases = Leases()
        self._proxies: dict[str, Proxy] = {}
        self._means: Means | None = None

    @property
    def token(self) -> str:
        """The API token that flyctl must send."""
        return self._state.token

    def routes(self) -> list[web.RouteDef]:
        """Return what the stand-in flyctl calls, all below /fly."""
        return [*Api(self).routes(), *Prometheus(self).routes()]

    async def start(self) -> None:
        """Bring back saved apps: their addresses first, then machines that were started."""
        unlimited = aiohttp.TCPConnector(limit=0, keepalive_timeout=3)
        session = aiohttp.ClientSession(
            connector=unlimited,
            auto_decompress=False,
            cookie_jar=aiohttp.DummyCookieJar(),
            skip_auto_headers=("User-Agent", "Accept", "Accept-Encoding", "Content-Type"),
        )
        self._means = Means(
            logs=self._home / "logs",
            command=self._command,
            environment=self._environment,
            session=session,
            changed=self._state.save,
        )
        for app in self.apps.all():
            await self._open(app)
            await self.fleet.bring_back(app, means=self.means)
        self._state.save()

    async def stop(self) -> None:
        """End every machine and listener."""
        await asyncio.gather(*(proxy.stop() for proxy in self._proxies.values()))
        self._proxies.clear()
        await self.fleet.end()
        self._state.save()
        if self._means is not None:
            await self._means.session.close()
            self._means = None

    async def create_app(self, name: str, *, org: str) -> App:
        """Make an app and open its address."""
        app = self.apps.create(name, org=org)
        await self._open(app)
        return app

    async def destroy_app(self, name: str) -> None:
        """End an app with its machines and its address."""
        app = self.apps.get(name)
        await asyncio.gather(*(self.fleet.destroy(app, machine) for machine in list(app.machines)))
        proxy = self._proxies.pop(name, None)
        if proxy is not None:
            await proxy.stop()
        self.apps.forget(app)

    async def launch(
        self,
        app: App,
        *,
        config: dict[str, Any],
        region: str,
        cordoned: bool = False,
        name: str = "",
    ) -> Machine:
        """Make a machine of an app and start it."""
        return await self.fleet.launch(
            app, config=config, region=region, means=self.means, cordoned=cordoned, name=name
        )

    async def set_secrets(self, app: str, secrets: Mapping[str, str]) -> None:
        """Stage secrets of an app."""
        self.apps.set_secrets(self.apps.get(app), given=secrets, unset=())

    async def deploy(self, app: str, *, config: Mapping[str, Any], image: str) -> None:
        """Release an app without flyctl, for production's birth; returns when it serves."""
        record, effective = self.apps.get(app), flytoml.normal(config)
        for kind in ("v6", "shared_v4"):
            self.apps.add_address(record, kind=kind)
        release = self.apps.release(record, image=image, config=effective, strategy="rolling")
        for group in flytoml.groups(effective):
            made = machineconfig.machine_config(
                effective,
                group=group,
                image=image,
                release=release,
                guest=machineconfig.guest_of(effective, group=group),
            )
            await self.launch(record, config=made, region=effective.get("primary_region", "syd"))
        limit = time.monotonic() + SERVES_WITHIN
        while not any(host.routable for host in self.fleet.hosts(record)):
            if time.monotonic() > limit:
                self.apps.finish(record, release["id"], status="failed")
                raise TimeoutError(f"{app} does not serve {image} within {SERVES_WITHIN:.0f} s")
            await asyncio.sleep(0.02)
        self.apps.finish(record, release["id"], status="complete")

    def address(self, app: App) -> str:
        """Return the app's address."""
        return f"http://127.0.0.1:{app.port}"

    def summary(self) -> list[dict[str, Any]]:
        """Return apps with their machines, for the rehearsal's status."""
        return [
            {
                "app": app.name,
                "org": app.org,
                "address": self.address(app),
                "machines": [
                    {"id": m.id, "state": m.state, "image": m.config["image"], "pid": m.pid}
                    for m in app.machines.values()
                ],
            }
            for app in self.apps.all()
        ]

    @property
    def means(self) -> Means:
        """What machines are given; there only between start and stop."""
        if self._means is None:
            raise RuntimeError("the Fly half of the world is not started")
        return self._means

    async def _open(self, app: App) -> None:
        proxy = Proxy(
            targets=lambda: [host for host in self.fleet.hosts(app) if host.routable],
            session=self.means.session,
        )
        app.port = await proxy.start(app.port)
        self._proxies[app.name] = proxy
        self._state.save()
