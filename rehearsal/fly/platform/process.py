"""The real process of a machine: started, watched, restarted, ended."""

import asyncio
import contextlib
import ctypes
import os
import signal
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from rehearsal import ports
from rehearsal.fly.platform.records import Machine, now
from rehearsal.standin import CHECKOUT

RESTARTS = 3
STEADY_AFTER = 30.0
_LIBC = ctypes.CDLL(None) if sys.platform == "linux" else None
_PR_SET_PDEATHSIG = 1


class MachineProcess:
    """Keeps one machine's process running until it is stopped or has failed too often."""

    def __init__(self, machine: Machine, *, log: Path, changed: Callable[[], None]) -> None:
        self._machine = machine
        self._log = log
        self._changed = changed
        self._process: asyncio.subprocess.Process | None = None
        self._watch: asyncio.Task[None] | None = None
        self._argv: Sequence[str] = ()
        self._environment: Mapping[str, str] = {}

    async def start(self, argv: Sequence[str], *, environment: Mapping[str, str]) -> None:
        """Start it; its end is answered with up to three restarts."""
        self._argv, self._environment = argv, environment
        await self._spawn()
        self._watch = asyncio.create_task(self._supervise())

    async def stop(self, *, by: signal.Signals, within: float) -> None:
        """Ask the whole group to end, then kill what is left of it."""
        if self._watch is not None:
            self._watch.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._watch
            self._watch = None
        process, self._process = self._process, None
        if process is None:
            return
        _signal(process.pid, by)
        try:
            await asyncio.wait_for(process.wait(), within)
        except TimeoutError:
            _signal(process.pid, signal.SIGKILL)
            await process.wait()
        _signal(process.pid, signal.SIGKILL)  # children that outlived their parent
        self._machine.pid = None

    async def signal(self, number: signal.Signals) -> bool:
        """Send a signal to the whole group; False when nothing runs.

        What dies of it did not stop on request, so it is started again by its restart policy like
        any crash: flyctl's `machine kill` is the API's `signal` 9, and no order to stop.
        """
        process = self._process
        if process is None:
            return False
        _signal(process.pid, number)
        if number == signal.SIGKILL:
            await process.wait()
        return True

    async def _spawn(self) -> None:
        machine = self._machine
        machine.port, machine.metrics_port = ports.free(), ports.free()
        given = {
            **self._environment,
            "PORT": str(machine.port),
            "METRICS_ADDR": f"127.0.0.1:{machine.metrics_port}",
        }
        self.write("INFO Starting init (commit: quiet)...")
        descriptor = os.open(self._log, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        try:
            self._process = await asyncio.create_subprocess_exec(
                *self._argv,
                env=given,
                cwd=CHECKOUT,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=descriptor,
                stderr=descriptor,
                process_group=0,
                # Dies with the supervisor even if that is killed; sound because the event loop's
                # own thread forks and lives as long as the process.
                preexec_fn=die_with_parent,
            )
            machine.pid = self._process.pid
        except OSError as error:
            self._process = None
            self.write(f"ERROR failed to spawn command: {error}")
        finally:
            os.close(descriptor)
        machine.state = "started"
        machine.happened("start", "started", source="flyd")
        self._changed()

    async def _supervise(self) -> None:
        restarts = 0
        while True:
            began = time.monotonic()
            code = await self._process.wait() if self._process else 127
            if self._process:
                _signal(self._process.pid, signal.SIGKILL)
            if time.monotonic() - began > STEADY_AFTER:
                restarts = 0
            once = self._machine.config.get("restart", {}).get("policy") == "no"
            again = restarts < RESTARTS and not once
            self._ended(code, again=again)
            if not again:
                return
            restarts += 1
            await asyncio.sleep(0.2 * restarts)
            await self._spawn()

    def _ended(self, code: int, *, again: bool) -> None:
        shown = 128 - code if code < 0 else code
        self.write(f"INFO Main child exited normally with code: {shown}")
        machine = self._machine
        machine.pid, self._process = None, None
        machine.state = "starting" if again else "stopped"
        exited = {"requested_stop": False, "restarting": again, "exit_code": shown}
        machine.happened(
            "exit", "stopped", source="flyd", exit_event={**exited, "exited_at": now()}
        )
        self._changed()

    def write(self, line: str) -> None:
        """Add a line of the platform's own to the machine's log."""
        descriptor = os.open(self._log, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        with os.fdopen(descriptor, "w") as log:
            log.write(f"{line}\n")


def end_leftover(machine: Machine) -> None:
    """Kill the process of a machine that a killed supervisor left behind."""
    if machine.pid is None:
        return
    with contextlib.suppress(OSError):
        # The number may be another program's by now: only our own environment is proof.
        environment = Path(f"/proc/{machine.pid}/environ").read_bytes()
        if f"FLY_MACHINE_ID={machine.id}".encode() in environment.split(b"\0"):
            _signal(machine.pid, signal.SIGKILL)
    machine.pid = None


def _signal(pid: int, number: signal.Signals) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(pid, number)


def die_with_parent() -> None:
    """Between fork and exec: be killed when the supervisor is."""
    if _LIBC is not None:
        _LIBC.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
