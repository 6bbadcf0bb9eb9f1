"""The Supabase half of the world, as the supervisor holds it."""

import asyncio
import contextlib
import secrets
import shutil
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg
from aiohttp import web
from psycopg import sql

from rehearsal import ports
from rehearsal.supabase import binaries, keys
from rehearsal.supabase.auth import Auth
from rehearsal.supabase.management import Management
from rehearsal.supabase.records import Project, State, load, new_ref
from rehearsal.supabase.server import BIRTH, Server, admin

LOGIN_ROLE_LIVES = timedelta(minutes=5)
READY_BEFORE_USABLE = 0.3
"""Seconds for which a project calls itself healthy before its database lets anybody in."""


class SupabaseWorld:
    """Projects with a PostgreSQL server each; `start` brings back what `stop` left."""

    def __init__(self, home: Path, *, postgres: Path | None) -> None:
        self._home = home
        self.state: State = load(home / "state" / "supabase.json")
        self._runner = binaries.runner()
        self._found = binaries.find(postgres)
        self._place = home / "postgres"
        self._servers: dict[str, Server] = {}
        self._births: set[asyncio.Task[None]] = set()
        self.base = ""

    def routes(self) -> list[web.RouteDef]:
        """The Management API, and every project's Auth."""
        return [*Management(self).routes(), *Auth(self).routes()]

    @property
    def pg_dump(self) -> Path:
        """The pg_dump of the servers' own version, which whoever runs the tool can run."""
        return self._found / "pg_dump"

    async def start(self) -> None:
        """Start the servers of all projects; a project that was not born yet is forgotten."""
        self._move_out()
        self._binaries = binaries.reachable(self._found, by=self._runner, copies=self._place.parent)
        for ref in [r for r, p in self.state.projects.items() if not p.version]:
            del self.state.projects[ref]
        self._sweep()
        await asyncio.gather(*(self._bring_back(p) for p in self.state.projects.values()))
        self.state.save()

    async def stop(self, *, keep: bool) -> None:
        """Stop every server; the data goes back into the home or away, so none is elsewhere."""
        for birth in list(self._births):
            birth.cancel()
        await asyncio.gather(*self._births, return_exceptions=True)
        await asyncio.gather(*(server.stop() for server in self._servers.values()))
        self._servers.clear()
        if keep:
            self._move_back()
            self.state.save()
        elif self.state.place:
            shutil.rmtree(self.state.place, ignore_errors=True)

    async def create_project(
        self, name: str, *, org: str, region: str, size: str, password: str
    ) -> Project:
        """Begin a project; its server comes up in the background."""
        ref = new_ref()
        project = Project(
            ref=ref,
            name=name,
            organisation=org,
            region=region,
            size=size,
            port=ports.free(),
            admin_password=secrets.token_urlsafe(18),
            signing_key=keys.new_signing_key(),
            keys=keys.new_keys(ref),
        )
        self.state.projects[ref] = project
        birth = asyncio.create_task(self._birth(project, password))
        self._births.add(birth)
        birth.add_done_callback(self._births.discard)
        return project

    async def usable(self, project: Project) -> None:
        """Wait until a project's database lets us in."""
        while project.status != "ACTIVE_HEALTHY":
            if project.status == "INIT_FAILED":
                raise RuntimeError(f"project {project.name} could not be made: see the logs")
            await asyncio.sleep(0.02)
        await asyncio.gather(*self._births)

    async def delete_project(self, project: Project) -> None:
        """Stop its server and remove its data."""
        project.status = "GOING_DOWN"
        if server := self._servers.pop(project.ref, None):
            await server.stop()
            shutil.rmtree(server.data, ignore_errors=True)
        self.state.projects.pop(project.ref, None)
        self.state.save()

    @asynccontextmanager
    async def connection(
        self, project: Project
    ) -> AsyncIterator[psycopg.AsyncConnection[tuple[Any, ...]]]:
        """A connection as the superuser of a project's server."""
        connection = await admin(self._servers[project.ref], project.admin_password)
        async with connection:
            yield connection

    async def set_password(self, project: Project, role: str, password: str) -> None:
        """Give a role another password."""
        statement = sql.SQL("alter role {} password {}")
        async with self.connection(project) as connection:
            await connection.execute(statement.format(sql.Identifier(role), sql.Literal(password)))

    async def login_role(self, project: Project, role: str, *, read_only: bool) -> str:
        """Make a role that lives for five minutes, as the program asks for; its password."""
        password = secrets.token_urlsafe(24)
        member = "pg_read_all_data" if read_only else "postgres"
        name = sql.Identifier(role)
        made = sql.SQL("create role {} login in role {}").format(name, sql.Identifier(member))
        async with self.connection(project) as connection:
            with contextlib.suppress(psycopg.errors.DuplicateObject):
                await connection.execute(made)
            until = sql.SQL("alter role {} password {} valid until {}").format(
                name, sql.Literal(password), sql.Literal(f"{datetime.now(UTC) + LOGIN_ROLE_LIVES}")
            )
            await connection.execute(until)
        return password

    def summary(self) -> list[dict[str, Any]]:
        """Projects with their databases' addresses, for the rehearsal's status."""
        return [
            {
                "ref": p.ref,
                "name": p.name,
                "status": p.status,
                "region": p.region,
                "database": {"host": "127.0.0.1", "port": p.port},
            }
            for p in self.state.projects.values()
        ]

    async def _birth(self, project: Project, password: str) -> None:
        server = self._server(project)
        try:
            await asyncio.sleep(0.05)
            project.status = "COMING_UP"
            await server.make(admin_password=project.admin_password)
            await self._started(project, server)
            async with self.connection(project) as connection:
                await connection.execute(BIRTH.read_bytes())
                project.version = connection.info.parameter_status("server_version") or "0"
            project.status = "ACTIVE_HEALTHY"
            await asyncio.sleep(READY_BEFORE_USABLE)
            await self.set_password(project, "postgres", password)
            async with self.connection(project) as connection:
                await connection.execute("alter role postgres login")
        except Exception:  # whatever it was, the project must say that it failed
            project.status = "INIT_FAILED"
            raise
        finally:
            self.state.save()

    async def _bring_back(self, project: Project) -> None:
        await self._started(project, self._server(project))
        async with self.connection(project):
            project.status = "ACTIVE_HEALTHY"

    async def _started(self, project: Project, server: Server) -> None:
        server.port = project.port
        await server.start()
        project.port = server.port
        self._servers[project.ref] = server

    def _server(self, project: Project) -> Server:
        return Server(
            data=self._place / project.ref,
            port=project.port,
            binaries=self._binaries,
            runner=self._runner,
            log=self._home / "logs" / f"postgres-{project.ref}.log",
        )

    def _sweep(self) -> None:
        """Remove what births left that a killed supervisor did not finish."""
        for each in self._place.iterdir():
            if each.is_file():
                each.unlink()
            elif each.name not in self.state.projects:
                Server(each, 0, self._binaries, self._runner, self._home).end_leftover()
                shutil.rmtree(each)

    def _move_out(self) -> None:
        """Where the servers' user cannot reach the home, the data is kept under /tmp meanwhile."""
        self._place.mkdir(mode=0o711, parents=True, exist_ok=True)
        for folder in (self._home, self._place):
            if self._runner.name:
                folder.chmod(0o711)
        if self._runner.reaches(self._place / "data"):
            return
        if not self.state.place or not Path(self.state.place).exists():
            self.state.place = tempfile.mkdtemp(prefix="rehearsal-", dir=self._shared())
            self.state.save()
        outside = Path(self.state.place)
        outside.chmod(0o711)
        self._place = outside / "postgres"
        self._place.mkdir(mode=0o711, exist_ok=True)
        for each in (self._home / "postgres").iterdir():
            shutil.move(each, self._place / each.name)

    def _shared(self) -> str | None:
        """TMPDIR, unless it is as private as the home (as with libpam-tmpdir): then /tmp."""
        known = tempfile.gettempdir(), "/tmp"  # noqa: S108 - mkdtemp's name cannot be foreseen
        return next((each for each in known if self._runner.reaches(Path(each, "x"))), None)

    def _move_back(self) -> None:
        if not self.state.place:
            return
        for each in self._place.iterdir():
            shutil.move(each, self._home / "postgres" / each.name)
        with contextlib.suppress(OSError):
            shutil.rmtree(self.state.place)
        self.state.place = ""
        self._place = self._home / "postgres"
