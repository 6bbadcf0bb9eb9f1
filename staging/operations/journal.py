"""Each change of the environment: one at a time, and on record."""

import json
import os
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from staging.clouds import process
from staging.clouds.postgres import Address
from staging.errors import ServiceFailed, StagingError
from staging.operations import lock
from staging.operations.credentials import Credentials, private_folder
from staging.operations.opening import Clouds
from staging.operations.reach import staging_database
from staging.operations.steps import note
from staging.rules.pace import kind
from staging.settings import Settings

ENOUGH = 200_000  # bytes of the record that are read back


@dataclass(slots=True)
class Change:
    """One run that changes the environment; `changes` is what it puts on record."""

    settings: Settings
    command: str
    changes: list[dict[str, Any]] = field(default_factory=list)
    locks: ExitStack = field(default_factory=ExitStack)
    _held: bool = False

    def note(self, resource: str, action: str, detail: str) -> None:
        """Put on record what is about to be changed, from what to what."""
        self.changes.append({"resource": resource, "action": action, "detail": detail})

    def took(self, seconds: Mapping[str, float | None]) -> None:
        """Put on record how long each resource took, as far as it came to that."""
        for entry in self.changes:
            if (known := seconds.get(entry["resource"])) is not None:
                entry["seconds"] = known

    def hold(self, where: Address, *, wait: bool = True) -> bool:
        """Take the database's lock too; True if another had it, so that all is to be seen anew."""
        if self._held:
            return False
        patience = self.settings.lock_seconds if wait else 0.0
        try:
            held, waited = lock.of_database(where, self.command, patience=patience)
        except ServiceFailed as error:
            note(f"  Only this checkout is locked: {error.problem}")
            return False
        self.locks.callback(held.close)
        self._held = True
        return waited

    def hold_of(self, clouds: Clouds) -> None:
        """Take the database's lock, if staging has a database that lets us in."""
        name = clouds.settings.staging.project
        password = Credentials(clouds.settings, clouds.environ).password()
        found = [p for p in clouds.supabase.projects() if p.name == name]
        if password and len(found) == 1 and found[0].host and found[0].status.startswith("ACTIVE"):
            self.hold(staging_database(clouds, found[0], password))


def earlier(settings: Settings) -> dict[tuple[str, str], list[float]]:
    """What resources took in earlier runs from here on this target, by kind and action."""
    found: dict[tuple[str, str], list[float]] = {}
    for line in _tail(settings.kept / "audit.jsonl"):
        with suppress(ValueError, TypeError, KeyError, AttributeError):  # of another version
            said = json.loads(line)
            for entry in said["changes"] if said["target"] == settings.target.name else ():
                if "seconds" in entry:
                    key = kind(entry["resource"]), entry["action"]
                    found.setdefault(key, []).append(float(entry["seconds"]))
    return found


def _tail(path: Path) -> list[str]:
    """The last lines of a file that may have grown for years; none if there is none."""
    try:
        with path.open("rb") as file:
            file.seek(max(0, path.stat().st_size - ENOUGH))
            return file.read().decode(errors="replace").splitlines()
    except OSError:
        return []


@contextmanager
def changing(settings: Settings, command: str) -> Iterator[Change]:
    """Hold the lock of this checkout while `command` changes things, and write an audit line."""
    folder = settings.kept
    private_folder(folder)
    change, started = Change(settings, command), time.monotonic()
    path, patience = folder / "lock", settings.lock_seconds
    with lock.of_checkout(path, command, patience=patience) as killed, change.locks:
        if killed:
            _write(folder / "audit.jsonl", settings, {**killed, "outcome": "killed"})
        outcome = "interrupted"
        try:
            yield change
            outcome = "done"
        except StagingError as error:
            outcome = "interrupted" if process.ending() else f"failed: {error.problem}"
            raise
        except Exception as error:
            outcome = f"failed: {type(error).__name__}"
            raise
        finally:
            seconds = round(time.monotonic() - started, 1)
            line = {"changes": change.changes, "seconds": seconds, "outcome": outcome}
            _write(folder / "audit.jsonl", settings, {"command": command, **line})


def _write(path: Path, settings: Settings, said: dict[str, Any]) -> None:
    """Append one line; what was done stays done where that is not possible."""
    line = {
        "at": lock.now(),
        "who": lock.who(),
        "target": settings.target.name,
        "app": settings.staging.app,
        **said,
    }
    append = os.O_WRONLY | os.O_CREAT | os.O_APPEND
    try:
        with os.fdopen(os.open(path, append, 0o600), "a", encoding="utf-8") as file:
            file.write(json.dumps(line) + "\n")
    except OSError as error:
        note(f"{path} cannot be written, so this change is not on record: {error}")
