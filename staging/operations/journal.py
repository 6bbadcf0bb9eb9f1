"""Who changes the environment: one at a time, and each change on record."""

import fcntl
import getpass
import json
import os
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from staging.errors import Refused, StagingError
from staging.operations.credentials import private_folder
from staging.operations.steps import note
from staging.settings import Settings

PATIENCE = 600.0  # seconds that a second runner waits for the first


@contextmanager
def changing(settings: Settings, command: str) -> Iterator[None]:
    """Hold the lock of this checkout while `command` changes things, and write an audit line."""
    folder = settings.kept
    private_folder(folder)
    with _lock(folder / "lock", command):
        outcome = "interrupted"
        try:
            yield
            outcome = "done"
        except StagingError as error:
            outcome = f"failed: {error.problem}"
            raise
        finally:
            _write(folder / "audit.jsonl", settings, command, outcome)


@contextmanager
def _lock(path: Path, command: str) -> Iterator[None]:
    with os.fdopen(os.open(path, os.O_RDWR | os.O_CREAT, 0o600), "r+") as file:
        deadline, told = time.monotonic() + PATIENCE, False
        while not _taken(file.fileno()):
            holder = file.read().strip() or "another run"
            file.seek(0)
            if time.monotonic() > deadline:
                raise Refused("Another run is changing this environment.", detail=holder)
            if not told:
                note(f"Waiting for {holder} …")
                told = True
            time.sleep(0.3)
        file.truncate(0)
        file.write(f"{_who()}, `invoke {command}`, since {_now()}, pid {os.getpid()}")
        file.flush()
        try:
            yield
        finally:
            file.truncate(0)


def _taken(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _write(path: Path, settings: Settings, command: str, outcome: str) -> None:
    line = {
        "at": _now(),
        "who": _who(),
        "command": command,
        "target": settings.target.name,
        "app": settings.staging.app,
        "outcome": outcome,
    }
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600), "a") as file:
        file.write(json.dumps(line) + "\n")


def _who() -> str:
    try:
        return f"{getpass.getuser()}@{socket.gethostname()}"
    except (KeyError, OSError):  # a user without a name, as in some containers
        return f"uid {os.getuid()}@{socket.gethostname()}"


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
