"""A project, a site and the application, without Fly: what smoke needs to be tried out on."""

import asyncio
import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import psycopg
import requests
from aiohttp import web

from rehearsal import ports
from rehearsal.site import DOMAIN, Site
from rehearsal.supabase import keys
from rehearsal.supabase.records import Project
from rehearsal.supabase.world import SupabaseWorld

ROOT = Path(__file__).parents[2]
PASSWORD = "the-database's-password"
USER = {"email": "smoke@staging.example", "password": "the-user's-password"}

VERSION = "0.4.1"
OTHER = {"email": "smoke@elsewhere.example", "password": "the-other's-password"}


@dataclass(frozen=True)
class SmokeWorld:
    """Where its parts are; `variables` are those that a run reads, but for the address."""

    home: Path
    base: str
    project: Project
    site: int

    @property
    def database(self) -> str:
        address = f"127.0.0.1:{self.project.port}/postgres"
        return f"postgresql://postgres:{PASSWORD.replace(chr(39), '%27')}@{address}"

    @property
    def auth(self) -> str:
        return f"{self.base}/{self.project.ref}"

    @property
    def variables(self) -> dict[str, str]:
        return {
            "SUPABASE_URL": self.auth,
            "SUPABASE_PUBLISHABLE_KEY": self.project.keys["publishable"],
            "SMOKE_EMAIL": USER["email"],
            "SMOKE_PASSWORD": USER["password"],
            "SMOKE_OTHER_EMAIL": OTHER["email"],
            "SMOKE_OTHER_PASSWORD": OTHER["password"],
            "STAGING_DATABASE_URL": self.database,
            "SMOKE_CRAWL_DOMAIN": DOMAIN,
            "SMOKE_VERSION": VERSION,
            "SMOKE_ENVIRONMENT": "staging",
            "SMOKE_REFUSED_TOKENS": json.dumps(self.bad_tokens()),
        }

    def requests(self, *, after: int = 0) -> list[dict[str, Any]]:
        """What the application was asked, as it logs it, but for the first so many."""
        lines = (self.home / "application.log").read_text().splitlines()
        found = [json.loads(line) for line in lines if line.startswith('{"event": "request"')]
        return found[after:]

    def bad_tokens(self) -> dict[str, str]:
        """Tokens of the user's that only an issuer can make, each wrong in one way."""
        key, issuer = self.project.signing_key, f"{self.auth}/auth/v1"
        made_for = partial(keys.token, user=self.user(), email=USER["email"])
        made = {
            "expired": made_for(key, issuer=issuer, ago=7200),
            "another audience": made_for(key, issuer=issuer, audience="elsewhere"),
            "another issuer": made_for(key, issuer="https://elsewhere.example/auth/v1"),
            "another project": made_for(keys.new_signing_key(), issuer=issuer),
        }
        return {name: token for name, (token, _) in made.items()}

    def user(self) -> str:
        """The user's id."""
        with psycopg.connect(self.database, connect_timeout=10) as connection:
            query = "select id from auth.users where email = %s"
            row = connection.execute(query, (USER["email"],)).fetchone()
        return str(row[0]) if row else ""

    def token(self) -> str:
        """A token of the user's, as a person would bring one."""
        url = f"{self.auth}/auth/v1/token?grant_type=password"
        headers = {"apikey": self.project.keys["publishable"]}
        answer = requests.post(url, json=USER, headers=headers, timeout=10)
        return str(answer.json()["access_token"])

    @contextmanager
    def application(self, *faults: str) -> Iterator[str]:
        """The application with these faults; its address."""
        port = ports.free()
        environment = {
            "PATH": os.environ["PATH"],
            "PORT": str(port),
            "METRICS_ADDR": f"127.0.0.1:{ports.free()}",
            "APP_ENV": "staging",
            "LOG_LEVEL": "debug",
            "DATABASE_URL": self.database,
            "SUPABASE_AUTH_URL": self.auth,
            "SUPABASE_PUBLISHABLE_KEY": self.project.keys["publishable"],
            "BEE_VERSION": VERSION,
            "BEE_FAULTS": ",".join(faults),
            "BEE_CRAWL_SITES": f"{DOMAIN}=127.0.0.1:{self.site}",
        }
        argv = [sys.executable, "-m", "rehearsal.application"]
        with (self.home / "application.log").open("ab") as log:
            process = subprocess.Popen(argv, cwd=ROOT, env=environment, stdout=log, stderr=log)
        try:
            until_it_listens(port, process)
            yield f"http://127.0.0.1:{port}"
        finally:
            process.terminate()
            try:
                process.wait(timeout=10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait(timeout=10)


@contextmanager
def smoke_world() -> Iterator[SmokeWorld]:
    """A fresh one, ended and removed afterwards."""
    home = Path(tempfile.mkdtemp(prefix="smoke-world-"))
    home.chmod(0o755)  # PostgreSQL may have to run as another user
    for name in ("logs", "state"):
        (home / name).mkdir()
    loop, ready, ended = asyncio.new_event_loop(), threading.Event(), asyncio.Event()
    made: list[SmokeWorld] = []
    thread = threading.Thread(
        target=lambda: loop.run_until_complete(_live(home, made, ready, ended))
    )
    thread.start()
    try:
        assert ready.wait(60), "the world did not come up"
        _sign_up(made[0])
        yield made[0]
    finally:
        loop.call_soon_threadsafe(ended.set)
        thread.join(30)
        loop.close()
        shutil.rmtree(home)


async def _live(
    home: Path, made: list[SmokeWorld], ready: threading.Event, ended: asyncio.Event
) -> None:
    world = SupabaseWorld(home, postgres=None)
    api = web.Application()
    api.add_routes(world.routes())
    runners = [web.AppRunner(part, access_log=None) for part in (api, Site().application())]
    try:
        ports = [await _serve(runner) for runner in runners]
        world.base = f"http://127.0.0.1:{ports[0]}"
        await world.start()
        project = await world.create_project(
            "smoke", org="smoke", region="ap-southeast-2", size="micro", password=PASSWORD
        )
        await world.usable(project)
        found = SmokeWorld(home=home, base=world.base, project=project, site=ports[1])
        await asyncio.to_thread(_migrate, found)
        made.append(found)
        ready.set()
        await ended.wait()
    finally:
        await world.stop(keep=False)
        for runner in runners:
            await runner.cleanup()


async def _serve(runner: web.AppRunner) -> int:
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    address: tuple[str, int] = runner.addresses[0]
    return address[1]


def _migrate(world: SmokeWorld) -> None:
    with psycopg.connect(world.database, connect_timeout=10) as connection:
        for file in sorted((ROOT / "rehearsal" / "schema").glob("*.sql")):
            connection.execute(file.read_bytes())


def _sign_up(world: SmokeWorld) -> None:
    key = world.project.keys["service_role"]
    headers = {"apikey": key, "Authorization": f"Bearer {key}"}
    url = f"{world.auth}/auth/v1/admin/users"
    for user in (USER, OTHER):
        body = {**user, "email_confirm": True}
        requests.post(url, json=body, headers=headers, timeout=10).raise_for_status()


def until_it_listens(port: int, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        assert process.poll() is None, "the application has ended"
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise AssertionError("the application does not listen")
