"""Programs that somebody runs on a machine over `ssh console`, with the socket as their stdin.

Whoever asked connects once with the key that he was given. His end is the program's end of input;
the machine's end is the program's end.
"""

import asyncio
import contextlib
import os
import secrets
import signal
import socket
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from rehearsal.fly.platform.process import die_with_parent
from rehearsal.standin import CHECKOUT

COMES_WITHIN = 10.0
SAID = 20_000
"""Bytes of what it said to stderr that are kept."""


@dataclass(slots=True)
class Shell:
    """One program on one machine."""

    command: Sequence[str]
    environment: Mapping[str, str]
    key: str = field(default_factory=lambda: secrets.token_hex(32))
    code: int | None = None
    stderr: bytes = b""
    ended: asyncio.Event = field(default_factory=asyncio.Event)
    _process: asyncio.subprocess.Process | None = None
    _task: asyncio.Task[None] | None = None

    def open(self) -> int:
        """Wait for the caller; the port where."""
        door = socket.create_server(("127.0.0.1", 0))
        door.setblocking(False)  # noqa: FBT003 (socket's way)
        self._task = asyncio.create_task(self._serve(door))
        port: int = door.getsockname()[1]
        return port

    async def end(self) -> None:
        """Kill it, as the end of its machine does."""
        if self._process and self._process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self._process.pid, signal.SIGKILL)
        elif self._task and not self._process:
            self._task.cancel()
        await self.ended.wait()

    async def _serve(self, door: socket.socket) -> None:
        try:
            line = await self._caller(door)
            if line:
                await self._run(line)
        except OSError as error:
            self.code, self.stderr = 127, f"{error}\n".encode()
        finally:
            door.close()
            self.ended.set()

    async def _caller(self, door: socket.socket) -> socket.socket | None:
        loop, wanted = asyncio.get_running_loop(), self.key.encode()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(COMES_WITHIN):
                line, _ = await loop.sock_accept(door)
                given = b""
                while len(given) < len(wanted):
                    part = await loop.sock_recv(line, len(wanted) - len(given))
                    if not part:
                        break
                    given += part
                if secrets.compare_digest(given, wanted):
                    line.setblocking(True)  # noqa: FBT003 (socket's way)
                    return line
                line.close()
        return None

    async def _run(self, line: socket.socket) -> None:
        with line:
            self._process = await asyncio.create_subprocess_exec(
                *self.command,
                env=self._given(),
                cwd=CHECKOUT,
                stdin=line.fileno(),
                stdout=line.fileno(),
                stderr=asyncio.subprocess.PIPE,
                process_group=0,
                preexec_fn=die_with_parent,
            )
        assert self._process.stderr
        while said := await self._process.stderr.read(4096):
            self.stderr = (self.stderr + said)[-SAID:]
        self.code = await self._process.wait()

    def _given(self) -> dict[str, str]:
        # An image of Python has it on its path; here that is the Python that holds the world.
        beside = str(Path(sys.executable).parent)
        path = self.environment.get("PATH", os.defpath)
        return {**self.environment, "PATH": os.pathsep.join([beside, path])}
