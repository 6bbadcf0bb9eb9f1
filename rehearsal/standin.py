"""What both stand-in programs share: finding (or starting) the world, calling it, recording the call.

Standard library only, and little of it, because each stand-in call pays for these imports.
"""

import contextlib
import fcntl
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

CHECKOUT = Path(__file__).resolve().parent.parent
ANSWERS_WITHIN = 2.0
STARTS_WITHIN = 90.0
STOPS_WITHIN = 30.0


class RehearsalError(Exception):
    """The world cannot be found, started or reached; its text is for the user."""


@dataclass(frozen=True, slots=True)
class World:
    """A running supervisor as world.json names it."""

    home: Path
    pid: int
    url: str
    key: str

    def call(
        self,
        method: str,
        path: str,
        *,
        body: Any = None,
        headers: Mapping[str, str] | None = None,
        timeout: float,
    ) -> tuple[int, Any]:
        """Return status and decoded JSON (text when it is none); RehearsalError when unreachable.

        The control key is sent to `/rehearsal/` only; other paths get the caller's headers alone.
        """
        sent = {"Accept": "application/json", **(headers or {})}
        if path.startswith("/rehearsal/"):
            sent["Authorization"] = f"Bearer {self.key}"
        data = None
        if body is not None:
            data = json.dumps(body).encode()
            sent["Content-Type"] = "application/json"
        try:
            status, raw = self._exchange(f"{method} {path}", sent, data or b"", timeout=timeout)
        except (OSError, ValueError, IndexError) as error:
            raise RehearsalError(
                f"the rehearsal does not answer {method} {path}: {error}"
            ) from error
        return status, _decoded(raw)

    def _exchange(
        self, request: str, headers: Mapping[str, str], body: bytes, *, timeout: float
    ) -> tuple[int, bytes]:
        # HTTP/1.0 by hand: importing http.client costs as long as everything else together.
        host, _, port = self.url.removeprefix("http://").rstrip("/").partition(":")
        sent = {"Host": f"{host}:{port}", **headers, "Content-Length": str(len(body))}
        head = "".join(f"{name}: {value}\r\n" for name, value in sent.items())
        limit = time.monotonic() + timeout
        with socket.create_connection((host, int(port)), timeout=timeout) as connection:
            connection.sendall(f"{request} HTTP/1.0\r\n{head}\r\n".encode() + body)
            answer = bytearray()
            while part := connection.recv(65536):
                answer += part
                connection.settimeout(max(limit - time.monotonic(), 0.001))
        status, _, content = bytes(answer).partition(b"\r\n\r\n")
        return int(status.split(b" ", 2)[1]), content


def _decoded(raw: bytes) -> Any:
    if not raw:
        return None
    try:
        return json.loads(raw)
    except ValueError:
        return raw.decode(errors="replace")


def home() -> Path:
    """Return the world's folder: REHEARSAL_HOME, else .rehearsal in the checkout."""
    named = os.environ.get("REHEARSAL_HOME")
    return Path(named).absolute() if named else CHECKOUT / ".rehearsal"


def connect() -> World:
    """Return the running world, starting its supervisor when there is none.

    Raises RehearsalError when it cannot be started; the end of its log is in the text.
    """
    found = running()
    if found:
        return found
    with _locked(home()):
        return running() or _start(home())


def running() -> World | None:
    """Return the world if one is up and answers; never starts one."""
    world = _named(home())
    if world is None:
        return None
    try:
        status, _ = world.call("GET", "/rehearsal/status", timeout=ANSWERS_WITHIN)
    except RehearsalError:
        return None
    return world if status == 200 else None


def record(program: str, argv: Sequence[str]) -> None:
    """Append one call of a stand-in program to calls.jsonl (argv without the program's name)."""
    line = json.dumps({"program": program, "argv": list(argv), "time": time.time()}) + "\n"
    with contextlib.suppress(OSError):
        append = os.O_WRONLY | os.O_APPEND | os.O_CREAT
        descriptor = os.open(home() / "calls.jsonl", append, 0o600)
        with os.fdopen(descriptor, "w") as calls:
            calls.write(line)


def down() -> bool:
    """Stop the world and wait until its supervisor is gone; False when none was running.

    A supervisor that does not end in time is killed with everything below it.
    """
    world = _named(home())
    if world is None or not alive(world.pid) or not _is_supervisor(world.pid):
        (home() / "world.json").unlink(missing_ok=True)
        return False
    with contextlib.suppress(RehearsalError):
        world.call("POST", "/rehearsal/down", timeout=ANSWERS_WITHIN)
    if not _gone(world.pid, within=STOPS_WITHIN):
        for pid in [world.pid, *_below(world.pid)]:
            with contextlib.suppress(OSError):
                os.kill(pid, signal.SIGKILL)
        _gone(world.pid, within=5)
    (home() / "world.json").unlink(missing_ok=True)
    return True


def alive(pid: int) -> bool:
    """Tell whether a process exists; one that ended but was not waited for does not count."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    with contextlib.suppress(OSError):
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    return True


def _named(folder: Path) -> World | None:
    try:
        found = json.loads((folder / "world.json").read_text())
        return World(folder, int(found["pid"]), str(found["url"]), str(found["key"]))
    except (OSError, ValueError, KeyError, TypeError):
        return None


@contextlib.contextmanager
def _locked(folder: Path) -> Iterator[None]:
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    with os.fdopen(os.open(folder / "lock", os.O_RDWR | os.O_CREAT, 0o600), "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _start(folder: Path) -> World:
    (folder / "world.json").unlink(missing_ok=True)
    (folder / "logs").mkdir(mode=0o700, exist_ok=True)
    log = folder / "logs" / "supervisor.log"
    environment = {**os.environ, "PYTHONPATH": str(CHECKOUT), "REHEARSAL_HOME": str(folder)}
    with os.fdopen(os.open(log, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as output:
        supervisor = subprocess.Popen(
            [_python(), "-m", "rehearsal.supervisor"],
            cwd=CHECKOUT,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,
        )
    try:
        return _awaited(supervisor)
    except BaseException as error:
        _end(supervisor)
        if isinstance(error, RehearsalError):
            last = log.read_text(errors="replace").splitlines()[-10:]
            raise RehearsalError("\n".join([str(error), *last])) from None
        raise


def _awaited(supervisor: subprocess.Popen[bytes]) -> World:
    started, told = time.monotonic(), False
    while time.monotonic() - started < STARTS_WITHIN:
        if supervisor.poll() is not None:
            raise RehearsalError(f"the rehearsal ended at start (exit {supervisor.returncode})")
        if world := running():
            return world
        if not told and time.monotonic() - started > 1:
            print("Starting the rehearsal …", file=sys.stderr, flush=True)
            told = True
        time.sleep(0.05)
    raise RehearsalError(f"the rehearsal was not up within {STARTS_WITHIN:.0f} s")


def _end(supervisor: subprocess.Popen[bytes]) -> None:
    for end in (signal.SIGTERM, signal.SIGKILL):
        with contextlib.suppress(ProcessLookupError):
            os.killpg(supervisor.pid, end)
        with contextlib.suppress(subprocess.TimeoutExpired):
            supervisor.wait(timeout=12)
            return


def _python() -> str:
    from importlib.util import find_spec  # noqa: PLC0415  (only a start needs it)

    named = os.environ.get("REHEARSAL_PYTHON")
    if named:
        return named
    if find_spec("aiohttp"):
        return sys.executable
    own = CHECKOUT / ".venv" / "bin" / "python"
    if own.exists():
        return str(own)
    raise RehearsalError("no Python with aiohttp: set REHEARSAL_PYTHON or make .venv (uv sync)")


def _gone(pid: int, *, within: float) -> bool:
    limit = time.monotonic() + within
    while alive(pid):
        with contextlib.suppress(OSError):
            os.waitpid(pid, os.WNOHANG)
        if time.monotonic() > limit:
            return False
        time.sleep(0.05)
    return True


def _is_supervisor(pid: int) -> bool:
    # After a reboot the number in world.json may be any process: that one must not be killed.
    try:
        return b"supervisor" in Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return not Path("/proc/self").exists()


def _below(pid: int) -> list[int]:
    listed = subprocess.run(
        ["ps", "-A", "-o", "pid=,ppid="],  # noqa: S607  (where ps lives differs by system)
        capture_output=True,
        text=True,
        check=False,
        timeout=10,
    )
    pairs = [(int(line.split()[0]), int(line.split()[1])) for line in listed.stdout.splitlines()]
    found = [pid]
    for parent in found:
        found += [child for child, of in pairs if of == parent]
    return found[1:]
