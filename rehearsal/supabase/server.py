"""One real PostgreSQL server: made, started, stopped."""

import asyncio
import contextlib
import ctypes
import os
import shutil
import signal
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import psycopg

from rehearsal import ports
from rehearsal.supabase.binaries import Runner

BIRTH = Path(__file__).with_name("birth.sql")
ADMIN = "supabase_admin"
MADE_WITHIN = 60.0
STARTS_WITHIN = 30.0
STOPS_WITHIN = 8.0
_LIBC = ctypes.CDLL(None) if sys.platform == "linux" else None
_PR_SET_PDEATHSIG = 1


@dataclass(slots=True)
class Server:
    """A server's data folder and port, and its process while it runs."""

    data: Path
    port: int
    binaries: Path
    runner: Runner
    log: Path
    process: asyncio.subprocess.Process | None = None

    async def make(self, *, admin_password: str) -> None:
        """Initialise the data folder; each server gets a system identifier of its own."""
        if self.data.exists():
            shutil.rmtree(self.data)  # what a birth that was interrupted left
        self.data.mkdir(mode=0o700, parents=True)
        self.runner.owns(self.data)
        secret = self.data.parent / f"{self.data.name}.pw"
        with os.fdopen(os.open(secret, os.O_WRONLY | os.O_CREAT, 0o600), "w") as file:
            file.write(admin_password)
        if self.runner.name:
            shutil.chown(secret, self.runner.name)
        try:
            await self._initdb(secret)
        finally:
            secret.unlink()
        with (self.data / "postgresql.conf").open("a") as settings:
            settings.write(SETTINGS)

    async def start(self) -> None:
        """Start it and wait until it lets connections in."""
        self.end_leftover()
        if self.port and not ports.is_free(self.port):
            self.port = 0
        self.port = self.port or ports.free()
        words = ["-D", str(self.data), "-c", f"port={self.port}"]
        log = os.open(self.log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        try:
            self.process = await asyncio.create_subprocess_exec(
                str(self.binaries / "postgres"),
                *words,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd=self.data,
                user=self.runner.name,
                env=_environment(),
                start_new_session=True,
                preexec_fn=die_with_parent,
            )
        finally:
            os.close(log)
        await self._answering()

    async def stop(self) -> None:
        """Stop it at once but cleanly; killed if it does not."""
        process, self.process = self.process, None
        if process is None or process.returncode is not None:
            return
        for request in (signal.SIGINT, signal.SIGQUIT, signal.SIGKILL):
            with contextlib.suppress(ProcessLookupError):
                process.send_signal(request)
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(process.wait(), STOPS_WITHIN)
                return

    def end_leftover(self) -> None:
        """End the server that a killed supervisor left in this data folder."""
        file = self.data / "postmaster.pid"
        with contextlib.suppress(OSError, ValueError, IndexError):
            pid = int(file.read_text().splitlines()[0])
            words = Path(f"/proc/{pid}/cmdline").read_bytes()
            if str(self.data).encode() in words:
                os.kill(pid, signal.SIGQUIT)
                deadline = time.monotonic() + STOPS_WITHIN
                while Path(f"/proc/{pid}").exists() and time.monotonic() < deadline:
                    time.sleep(0.02)
        file.unlink(missing_ok=True)

    async def _initdb(self, secret: Path) -> None:
        words = ["-D", str(self.data), "--no-sync", "-U", ADMIN, "--encoding=UTF8", "--locale=C"]
        words += ["--auth-host=scram-sha-256", "--auth-local=scram-sha-256"]
        initdb = await asyncio.create_subprocess_exec(
            str(self.binaries / "initdb"),
            *words,
            f"--pwfile={secret}",
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
            cwd=self.data,
            user=self.runner.name,
            env=_environment(),
            preexec_fn=die_with_parent,
        )
        said, _ = await asyncio.wait_for(initdb.communicate(), MADE_WITHIN)
        if initdb.returncode:
            raise RuntimeError(f"initdb failed: {said.decode(errors='replace')[-500:]}")

    async def _answering(self) -> None:
        deadline = time.monotonic() + STARTS_WITHIN
        while time.monotonic() < deadline:
            if self.process is None or self.process.returncode is not None:
                raise RuntimeError(f"postgres ended at start: see {self.log}")
            with contextlib.suppress(OSError):
                _, writer = await asyncio.open_connection("127.0.0.1", self.port)
                writer.close()
                return
            await asyncio.sleep(0.02)
        raise TimeoutError(f"postgres did not start within {STARTS_WITHIN:.0f} s")


SETTINGS = """
listen_addresses = '127.0.0.1'
unix_socket_directories = ''
fsync = off
full_page_writes = off
synchronous_commit = off
shared_buffers = 64MB
max_connections = 100
wal_level = logical
max_wal_senders = 4
log_min_messages = warning
"""


async def admin(server: Server, password: str) -> psycopg.AsyncConnection[tuple[object, ...]]:
    """A connection as the superuser; retried while the server is still starting up."""
    deadline = time.monotonic() + STARTS_WITHIN
    while True:
        try:
            return await psycopg.AsyncConnection.connect(
                host="127.0.0.1",
                port=server.port,
                user=ADMIN,
                password=password,
                dbname="postgres",
                connect_timeout=5,
                autocommit=True,
                options="-c statement_timeout=60s",
            )
        except psycopg.OperationalError:
            if time.monotonic() > deadline:
                raise
            await asyncio.sleep(0.02)


def die_with_parent() -> None:
    """Have the kernel end this child when the supervisor is killed.

    Sound because the supervisor starts its children from its main thread, which lives as long as
    the supervisor itself.
    """
    if _LIBC is not None:
        _LIBC.prctl(_PR_SET_PDEATHSIG, signal.SIGQUIT)


def _environment() -> dict[str, str]:
    return {"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C", "TZ": "UTC"}
