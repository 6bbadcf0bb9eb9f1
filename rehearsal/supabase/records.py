"""What Supabase knows of its projects, and the file that keeps it."""

import json
import os
import secrets
import string
import time
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

ORGANISATIONS = {
    "beesorgabcdefghijklm": "Bees Ltd",
    "freeorgabcdefghijklm": "Free Org",
}
FREE = "freeorgabcdefghijklm"
FREE_PROJECTS = 2


@dataclass(slots=True)
class Project:
    """One project: its server's place and password, its keys, its Auth's signing key (PEM)."""

    ref: str
    name: str
    organisation: str
    region: str
    size: str
    port: int
    admin_password: str
    signing_key: str
    keys: dict[str, str]
    version: str = ""
    status: str = "UNKNOWN"
    created_at: str = field(default_factory=lambda: now())
    secrets: dict[str, dict[str, str]] = field(default_factory=dict)
    parent: str = ""
    branch: dict[str, Any] = field(default_factory=dict)
    services: dict[str, dict[str, Any]] = field(default_factory=dict)
    """What somebody has changed of its services' configuration, by service."""

    def view(self) -> dict[str, Any]:
        """The project as the Management API shows it."""
        found: dict[str, Any] = {
            "id": self.ref,
            "ref": self.ref,
            "organization_id": self.organisation,
            "organization_slug": self.organisation,
            "name": self.name,
            "region": self.region,
            "created_at": self.created_at,
            "status": self.status,
        }
        if self.version:
            found["database"] = {
                "host": f"127.0.0.1:{self.port}",
                "version": self.version,
                "postgres_engine": self.version.split(".")[0],
                "release_channel": "ga",
            }
        return found


@dataclass(slots=True)
class State:
    """Everything that outlives a stop of the world."""

    path: Path
    token: str = field(default_factory=lambda: f"sbp_{secrets.token_hex(20)}")
    port: int = 0
    site_port: int = 0
    place: str = ""
    reader_password: str = field(default_factory=lambda: secrets.token_urlsafe(18))
    production: str = ""
    projects: dict[str, Project] = field(default_factory=dict)

    def save(self) -> None:
        """Write the file whole, then put it in the old one's place."""
        kept = asdict(self)
        del kept["path"]
        self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        write_private(self.path, json.dumps(kept))


def load(path: Path) -> State:
    """Read the state, or begin a new one."""
    if not path.exists():
        return State(path)
    kept = json.loads(path.read_text())
    kept["projects"] = {ref: Project(**each) for ref, each in kept["projects"].items()}
    return State(path, **kept)


def write_private(path: Path, text: str) -> None:
    """Write a file that only this user can read, whole or not at all."""
    new = path.with_name(path.name + ".new")
    with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        file.write(text)
    new.replace(path)


def new_ref() -> str:
    """A project's ref: twenty small letters."""
    return "".join(secrets.choice(string.ascii_lowercase) for _ in range(20))


def now() -> str:
    """The present as the Management API writes times."""
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def seconds_since(moment: float) -> float:
    """Seconds on a clock that cannot be set."""
    return time.monotonic() - moment
