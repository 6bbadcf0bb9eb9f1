"""The one process that holds the rehearsal: `python -m rehearsal.supervisor`."""

import asyncio
import contextlib
import fcntl
import os
import secrets
import shutil
import signal
import sys
from collections.abc import Coroutine
from dataclasses import dataclass, field
from pathlib import Path

from aiohttp import web

from rehearsal import configuration, production
from rehearsal.fly.world import FlyWorld
from rehearsal.site import DOMAIN, Site
from rehearsal.standin import home
from rehearsal.supabase.records import write_private
from rehearsal.supabase.world import SupabaseWorld

WATCH_SECONDS = 2.0
PROFILE = """name: rehearsal
api_url: {base}
dashboard_url: {base}/dashboard
project_host: rehearsal.localhost
"""


@dataclass(slots=True)
class Supervisor:
    """Both halves of the world, the site that is crawled, and the server before them."""

    home: Path
    key: str = field(default_factory=lambda: secrets.token_urlsafe(24))
    ending: asyncio.Event = field(default_factory=asyncio.Event)
    runners: list[web.AppRunner] = field(default_factory=list)
    fly: FlyWorld = field(init=False)
    supabase: SupabaseWorld = field(init=False)

    async def run(self) -> None:
        """Start everything, serve until told to end, end everything."""
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self.ending.set)
        chosen = configuration.read()
        self.supabase = SupabaseWorld(self.home, postgres=chosen.postgres)
        try:
            await self._unless_ended(self._start(chosen))
            while not self.ending.is_set() and self.home.exists():
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(self.ending.wait(), WATCH_SECONDS)
        finally:
            await self._stop()

    async def _unless_ended(self, starting: Coroutine[None, None, None]) -> None:
        """Start, but stop starting as soon as somebody wants the end."""
        task = asyncio.create_task(starting)
        ended = asyncio.create_task(self.ending.wait())
        await asyncio.wait({task, ended}, return_when=asyncio.FIRST_COMPLETED)
        ended.cancel()
        if not task.done():
            task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task

    async def _start(self, chosen: configuration.Configuration) -> None:
        state = self.supabase.state
        state.site_port = await self._serve(Site().application(), state.site_port)
        application = sys.executable, "-m", "rehearsal.application"
        path = os.environ.get("PATH", os.defpath)
        environment = {"PATH": path, "BEE_CRAWL_SITES": f"{DOMAIN}=127.0.0.1:{state.site_port}"}
        self.fly = FlyWorld(
            self.home,
            machine_environment=environment,
            command=chosen.command or application,
            images=chosen.images,
        )
        made = web.Application(client_max_size=2**24)
        made.add_routes([web.get("/rehearsal/status", self._status)])
        made.add_routes([web.post("/rehearsal/down", self._down)])
        made.add_routes([*self.fly.routes(), *self.supabase.routes()])
        state.port = await self._serve(made, state.port)
        self.supabase.base = f"http://127.0.0.1:{state.port}"
        await self.supabase.start()
        await self.fly.start()
        if not state.production:
            await production.born(self.supabase, self.fly, chosen)
        state.save()
        self._announce()

    async def _serve(self, application: web.Application, port: int) -> int:
        """Serve on the port that it had before, or on a free one if that is taken."""
        runner = web.AppRunner(application, access_log=None, shutdown_timeout=1.0)
        await runner.setup()
        self.runners.append(runner)
        for tried in (port, 0):
            site = web.TCPSite(runner, "127.0.0.1", tried)
            with contextlib.suppress(OSError):
                await site.start()
                break
        address: tuple[str, int] = runner.addresses[0]
        return address[1]

    def _announce(self) -> None:
        state, base = self.supabase.state, self.supabase.base
        profile = self.home / "profile.yaml"
        write_private(profile, PROFILE.format(base=base))
        reader = state.projects[state.production]
        url = (
            f"postgresql://staging_reader:{state.reader_password}@127.0.0.1:{reader.port}/postgres"
        )
        writer = self.fly.apps.get(configuration.read().app).secrets["DATABASE_URL"]
        lines = {
            "FLY_API_TOKEN": self.fly.token,
            "FLY_API_BASE_URL": base,
            "SUPABASE_ACCESS_TOKEN": state.token,
            "SUPABASE_PROFILE": str(profile),
            "SUPABASE_PROJECT_URL": base + "/{ref}",
            "PRODUCTION_DATABASE_URL": url,
            "PRODUCTION_MIGRATION_URL": writer,
            "PG_DUMP": str(self.supabase.pg_dump),
            "SMOKE_CRAWL_DOMAIN": DOMAIN,
            "STAGING_SENTRY_DSN": production.SENTRY.replace("c0ffee", "decade"),
        }
        text = "".join(f"{name}={value}\n" for name, value in lines.items())
        write_private(self.home / "environment", text)
        world = f'{{"pid": {os.getpid()}, "url": "{base}", "key": "{self.key}"}}\n'
        write_private(self.home / "world.json", world)

    async def _stop(self) -> None:
        deleted = not self.home.exists()
        (self.home / "world.json").unlink(missing_ok=True)
        if hasattr(self, "fly"):
            await self.fly.stop()
        await self.supabase.stop(keep=not deleted)
        for runner in self.runners:
            await runner.cleanup()
        if deleted:  # what wrote its state once more must not bring the folder back
            shutil.rmtree(self.home, ignore_errors=True)

    async def _status(self, request: web.Request) -> web.Response:
        self._only_with_key(request)
        return web.json_response(
            {
                "pid": os.getpid(),
                "home": str(self.home),
                "apps": self.fly.summary(),
                "projects": self.supabase.summary(),
                "site": f"http://127.0.0.1:{self.supabase.state.site_port}",
            }
        )

    async def _down(self, request: web.Request) -> web.Response:
        self._only_with_key(request)
        asyncio.get_running_loop().call_later(0.05, self.ending.set)
        return web.json_response({"ending": True})

    def _only_with_key(self, request: web.Request) -> None:
        if request.headers.get("Authorization") != f"Bearer {self.key}":
            raise web.HTTPUnauthorized


def main() -> int:
    """Hold the world unless another supervisor does."""
    folder = home()
    for name in ("", "logs", "state"):
        (folder / name).mkdir(mode=0o700, parents=True, exist_ok=True)
    lock = os.open(folder / "supervisor.lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        print(f"Another supervisor holds {folder}.", file=sys.stderr)
        return 1
    asyncio.run(Supervisor(folder).run())
    return 0


if __name__ == "__main__":
    sys.exit(main())
