"""One run at a time changes an environment: who, what, since when, for the others to read.

Two locks that the system takes back when their holder dies: a file's in this checkout, and
PostgreSQL's in the environment's database, once there is one, for all other machines.
"""

import fcntl
import getpass
import json
import os
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path

from staging.clouds import process
from staging.clouds.advisory import Advisory
from staging.clouds.postgres import Address
from staging.errors import ConfigurationError, Refused, StagingError
from staging.operations.steps import note

LOOK_AGAIN = 0.3  # seconds


@contextmanager
def of_checkout(path: Path, command: str, *, patience: float) -> Iterator[dict[str, str]]:
    """Hold the file's lock; what comes out is the run before that was killed, if it was."""
    with _opened(path) as file:
        wait(
            lambda: None if _taken(file) else _told(_read(path)),
            patience=patience,
        )
        killed = _read(path)
        _write(
            path, file, {"who": who(), "command": command, "since": now(), "pid": str(os.getpid())}
        )
        try:
            yield killed
        finally:
            with suppress(OSError):
                os.ftruncate(file, 0)


def of_database(where: Address, command: str, *, patience: float) -> tuple[Advisory, bool]:
    """The environment's own lock, held until it is closed; and whether another had it before."""
    lock = Advisory(where, name=f"{who()} invoke {command}")
    try:
        waited = wait(lambda: None if lock.taken() else lock.holder(), patience=patience)
    except BaseException:
        lock.close()
        raise
    return lock, waited


def wait(holder: Callable[[], str | None], *, patience: float) -> bool:
    """Wait until nobody holds it, with one message; Refused, with the holder, after `patience`."""
    deadline, told = time.monotonic() + patience, False
    while (found := holder()) is not None:
        if process.ending():
            raise StagingError(f"Interrupted while waiting for {found}.")
        if time.monotonic() >= deadline:
            raise Refused(
                "Another run is changing this environment.",
                detail=f"It is {found}.",
                remedy="Run this again when that has ended; [lock] wait_seconds is how long "
                "a run waits for another.",
            )
        if not told:
            note(f"Waiting up to {patience:g} s for {found} …")
            told = True
        time.sleep(min(LOOK_AGAIN, max(deadline - time.monotonic(), 0)))
    return told


def who() -> str:
    """The user and the machine; in CI the run as well."""
    job = os.environ.get("GITHUB_RUN_ID", "")
    place = f"{socket.gethostname()}{f' run {job}' if job else ''}"
    try:
        return f"{getpass.getuser()}@{place}"
    except (KeyError, OSError):  # a user without a name, as in some containers
        return f"uid {os.getuid()}@{place}"


def now() -> str:
    """The time, as it is written down."""
    return datetime.now(UTC).isoformat(timespec="seconds")


@contextmanager
def _opened(path: Path) -> Iterator[int]:
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as error:
        raise _unwritable(path, error) from None
    try:
        yield descriptor
    finally:
        os.close(descriptor)


def _write(path: Path, descriptor: int, holder: dict[str, str]) -> None:
    """By the descriptor: a buffer that a full disk did not take would fail once more at the end."""
    try:
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, json.dumps(holder).encode(), 0)
    except OSError as error:
        raise _unwritable(path, error) from None


def _unwritable(path: Path, error: OSError) -> ConfigurationError:
    remedy = "Make room or give the right to write; or export STAGING_HOME: where to keep it."
    return ConfigurationError(f"{path} cannot be written.", detail=str(error), remedy=remedy)


def _read(path: Path) -> dict[str, str]:
    """What a holder wrote; nothing once it has ended as it should."""
    try:
        text = path.read_text("utf-8", "replace").strip("\0 \n")
    except OSError:
        return {}
    try:
        found = json.loads(text)
    except ValueError:
        return {"who": text} if text else {}
    return {k: str(v) for k, v in found.items()} if isinstance(found, dict) else {"who": text}


def _told(holder: dict[str, str]) -> str:
    if "command" not in holder:
        return holder.get("who") or "another run"
    return "{who} invoke {command}, since {since}, process {pid}".format_map(
        {"who": "somebody", "since": "?", "pid": "?", **holder}
    )


def _taken(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
