"""The supervisor's beginning and end, as seen from the programs that need it."""

import contextlib
import fcntl
import os
import signal
import site
import subprocess
import sys
import time
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

from rehearsal.standin import ANSWERS_WITHIN, CHECKOUT, RehearsalError, World, named, running

STARTS_WITHIN = 90.0
STOPS_WITHIN = 30.0
NOT_INHERITED = {"FLY_API_TOKEN", "FLY_ACCESS_TOKEN", "SUPABASE_ACCESS_TOKEN"}
"""What the program that starts the world was given for itself."""


def start(folder: Path) -> World:
    """Start the supervisor unless another caller just did; interrupted, it is ended again."""
    with _locked(folder):
        return running() or _started(folder)


def stop(folder: Path) -> bool:
    """Stop the world and wait until its supervisor is gone; False when none was running."""
    world = named(folder)
    if world is None or not alive(world.pid) or not _is_supervisor(world.pid):
        (folder / "world.json").unlink(missing_ok=True)
        return False
    with contextlib.suppress(RehearsalError):
        world.call("POST", "/rehearsal/down", timeout=ANSWERS_WITHIN)
    if not _gone(world.pid, within=STOPS_WITHIN):
        for pid in [world.pid, *_below(world.pid)]:
            with contextlib.suppress(OSError):
                os.kill(pid, signal.SIGKILL)
        _gone(world.pid, within=5)
    (folder / "world.json").unlink(missing_ok=True)
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


@contextlib.contextmanager
def _locked(folder: Path) -> Iterator[None]:
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor = os.open(folder / "lock", os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as error:
        told = f"the rehearsal cannot be kept in {folder}: {error.strerror}"
        raise RehearsalError(f"{told}\nExport REHEARSAL_HOME: a folder of yours.") from None
    with os.fdopen(descriptor, "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _started(folder: Path) -> World:
    (folder / "world.json").unlink(missing_ok=True)
    (folder / "logs").mkdir(mode=0o700, exist_ok=True)
    log = folder / "logs" / "supervisor.log"
    inherited = {k: text for k, text in os.environ.items() if k not in NOT_INHERITED}
    environment = {**inherited, "PYTHONPATH": str(CHECKOUT), "REHEARSAL_HOME": str(folder)}
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
    named = os.environ.get("REHEARSAL_PYTHON")
    if named:
        return named
    if sys.flags.no_site:
        site.main()  # the stand-ins run without site-packages; the supervisor needs them
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
        return b"rehearsal.supervisor" in Path(f"/proc/{pid}/cmdline").read_bytes()
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
