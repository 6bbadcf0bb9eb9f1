"""What the platform knows of apps and machines, and the file that keeps it."""

import json
import os
import secrets
import time
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

EVENTS_KEPT = 20


@dataclass(slots=True)
class Machine:
    """One machine; its secrets are those of its last launch, so staged ones are not in it.

    `received` and `sent` are bytes of requests and answers.
    """

    id: str
    name: str
    region: str
    config: dict[str, Any]
    image_ref: dict[str, str]
    secrets: dict[str, str]
    private_ip: str
    instance_id: str = field(default_factory=lambda: f"01J{secrets.token_hex(12)[:23].upper()}")
    created_at: str = field(default_factory=lambda: now())
    updated_at: str = field(default_factory=lambda: now())
    state: str = "created"
    cordoned: bool = False
    pid: int | None = None
    port: int = 0
    metrics_port: int = 0
    received: int = 0
    sent: int = 0
    events: list[dict[str, Any]] = field(default_factory=list)
    checks: list[dict[str, Any]] = field(default_factory=list)

    @property
    def group(self) -> str:
        """The process group that it runs; none of a machine that no deploy made."""
        return str(self.config["metadata"].get("fly_process_group", ""))

    def happened(self, kind: str, status: str, *, source: str, **request: object) -> None:
        """Put an event before the earlier ones."""
        event: dict[str, Any] = {"type": kind, "status": status}
        if request:
            event["request"] = request
        event |= {"source": source, "timestamp": int(time.time() * 1000)}
        self.events = [event, *self.events][:EVENTS_KEPT]

    def view(self) -> dict[str, Any]:
        """Return it as the Machines API shows it."""
        found: dict[str, Any] = {
            **{"id": self.id, "name": self.name, "state": self.state, "region": self.region},
            **{"image_ref": self.image_ref, "instance_id": self.instance_id},
            **{"version": self.instance_id, "private_ip": self.private_ip},
            **{"created_at": self.created_at, "updated_at": self.updated_at},
            **{"config": self.config, "events": self.events},
        }
        if self.checks:
            found["checks"] = self.checks
        return found | {"host_status": "ok", "cordoned": self.cordoned}


@dataclass(slots=True)
class App:
    """One app with all that outlives a stop of the world."""

    name: str
    org: str
    number: int
    port: int = 0
    created_at: str = field(default_factory=lambda: now())
    config: dict[str, Any] | None = None
    secrets: dict[str, str] = field(default_factory=dict)
    ips: list[dict[str, Any]] = field(default_factory=list)
    shared_ip: str = ""
    certificates: list[dict[str, str]] = field(default_factory=list)
    releases: list[dict[str, Any]] = field(default_factory=list)
    machines: dict[str, Machine] = field(default_factory=dict)

    @property
    def deployed(self) -> bool:
        """Whether anything was ever released; a failed deploy does not undo it."""
        return bool(self.machines) or any(r["status"] == "complete" for r in self.releases)


@dataclass(slots=True)
class State:
    """Everything the platform keeps: in memory, and in state/fly.json."""

    path: Path
    token: str = field(default_factory=lambda: new_token())
    apps: dict[str, App] = field(default_factory=dict)
    # Deploy tokens by text: the one app they are for, and when they expire.
    tokens: dict[str, dict[str, Any]] = field(default_factory=dict)
    # Images that deploys built, in the order of their building.
    built: list[dict[str, Any]] = field(default_factory=list)
    counter: int = 100

    def next(self) -> int:
        """Return a number not given before, for addresses and identifiers."""
        self.counter += 1
        return self.counter

    def save(self) -> None:
        """Write the file whole, then put it in the old one's place."""
        kept = asdict(self)
        del kept["path"]
        self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        new = self.path.with_suffix(".new")
        with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
            json.dump(kept, file)
        new.replace(self.path)


def load(path: Path) -> State:
    """Read the state, or begin a new one."""
    if not path.exists():
        return State(path)
    kept = json.loads(path.read_text())
    for app in kept["apps"].values():
        app["machines"] = {i: Machine(**machine) for i, machine in app["machines"].items()}
    kept["apps"] = {name: App(**app) for name, app in kept["apps"].items()}
    return State(path, **kept)


def now() -> str:
    """Return the present as the platform writes times."""
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def new_token() -> str:
    """Return a token of the form that Fly gives."""
    return f"FlyV1 fm2_{secrets.token_hex(64)}"
