"""Apps and what belongs to them beside machines: secrets, releases, addresses, tokens."""

import hashlib
import secrets
import time
from collections.abc import Mapping, Sequence
from typing import Any

from rehearsal.fly import catalogue
from rehearsal.fly.platform.errors import PlatformError
from rehearsal.fly.platform.records import App, State, new_token, now


class Apps:
    """All apps of the world."""

    def __init__(self, state: State) -> None:
        self._state = state

    def all(self) -> list[App]:
        """Return every app that the token may see, by name."""
        return sorted(self._state.apps.values(), key=lambda app: app.name)

    def get(self, name: str) -> App:
        """Return one app; 404 when it is missing or not ours."""
        if name not in self._state.apps:
            raise PlatformError(404, "app not found")
        return self._state.apps[name]

    def create(self, name: str, *, org: str) -> App:
        """Make an app; names are unique over all organisations."""
        if org not in catalogue.ORGANISATIONS:
            raise PlatformError(404, "Could not find Organization")
        if not name or not name.replace("-", "").isalnum() or name != name.lower():
            reason = "Name may only contain numbers, lowercase letters and dashes"
            raise PlatformError(422, f"Validation failed: {reason}")
        if name in self._state.apps or name == catalogue.FOREIGN_APP:
            raise PlatformError(422, "Validation failed: Name has already been taken")
        app = self._state.apps[name] = App(name, org, self._state.next())
        self._state.save()
        return app

    def forget(self, app: App) -> None:
        """Delete an app whose machines are gone."""
        self._state.apps.pop(app.name, None)
        self._state.tokens = {k: v for k, v in self._state.tokens.items() if v["app"] != app.name}
        self._state.save()

    def set_secrets(self, app: App, *, given: Mapping[str, str], unset: Sequence[str]) -> None:
        """Stage secrets: machines get them at their next launch by a deploy."""
        app.secrets = {k: v for k, v in (app.secrets | dict(given)).items() if k not in unset}
        self._state.save()

    def secrets(self, app: App) -> list[dict[str, str]]:
        """Return names, digests and how far each value has got."""
        return [
            {"name": name, "digest": digest(value), "status": _status(app, name, value)}
            for name, value in sorted(app.secrets.items())
        ]

    def release(
        self, app: App, *, image: str, config: dict[str, Any] | None, strategy: str
    ) -> dict[str, Any]:
        """Begin a release; its configuration becomes the app's when it has machines to show it."""
        version = max((r["version"] for r in app.releases), default=0) + 1
        release: dict[str, Any] = {
            "id": f"rel_{secrets.token_hex(8)}",
            "version": version,
            "status": "running",
            "image_ref": image,
            "strategy": strategy,
            "created_at": now(),
            "config": config or app.config,
        }
        app.releases.insert(0, release)
        app.config = release["config"]
        self._state.save()
        return release

    def finish(self, app: App, release: str, *, status: str) -> None:
        """Give a release its end: complete, failed or interrupted."""
        for each in app.releases:
            if each["id"] == release:
                each["status"] = status
        self._state.save()

    def add_address(self, app: App, *, kind: str) -> dict[str, Any]:
        """Allocate an address; the shared one is given once."""
        number = self._state.next()
        if kind == "shared_v4":
            app.shared_ip = app.shared_ip or f"198.51.100.{number % 256}"
            self._state.save()
            return {"address": app.shared_ip, "type": kind}
        address = f"2001:db8:1::{number:x}" if kind == "v6" else f"203.0.113.{number % 256}"
        found = {"id": f"ip_{number}", "address": address, "type": kind, "created_at": now()}
        app.ips.append(found)
        self._state.save()
        return found

    def token(self, app: App, *, seconds: float) -> str:
        """Make a deploy token for one app."""
        token = new_token()
        self._state.tokens[token] = {"app": app.name, "expires": time.time() + seconds}
        self._state.save()
        return token

    def scope(self, token: str) -> str | None:
        """Return the app that a token is for, None for the world's own; 401 for any other."""
        if token == self._state.token:
            return None
        known = self._state.tokens.get(token)
        if known is None or known["expires"] < time.time():
            raise PlatformError(401, "You must be authenticated to view this.")
        return str(known["app"])


def digest(value: str) -> str:
    """Return the digest that `secrets list` shows for a value."""
    return hashlib.sha256(value.encode()).hexdigest()[:16]


def _status(app: App, name: str, value: str) -> str:
    have = [machine.secrets.get(name) == value for machine in app.machines.values()]
    if not any(have):
        return "Staged"
    return "Deployed" if all(have) else "Partial"
