"""The platform's API as the stand-in flyctl calls it."""

import os
import time
from typing import Any, TypeAlias
from urllib.parse import quote

from rehearsal import standin
from rehearsal.fly.failure import ApiError, CommandError
from rehearsal.fly.line import Line

# flyctl itself has no limit here and hangs with a hung API; a stand-in must end some day.
AS_GOOD_AS_NONE = 3600.0
RETRIES = 3
# Whatever the platform answers; its own tests hold the shapes.
Json: TypeAlias = Any
NO_TOKEN = "no access token available. Please login with 'flyctl auth login'"  # noqa: S105 (prose)


class Cloud:
    """Calls below /fly with the caller's token; 502 and 503 are tried again, nothing else is."""

    def __init__(self, world: standin.World, *, token: str) -> None:
        self._world = world
        self._token = token

    def get(self, path: str) -> Json:
        """GET, decoded."""
        return self._call("GET", path)

    def post(self, path: str, body: object = None, *, nonce: str = "") -> Json:
        """POST, decoded; the nonce proves a lease."""
        return self._call("POST", path, body=body or {}, nonce=nonce)

    def patch(self, path: str, body: object) -> Json:
        """PATCH, decoded."""
        return self._call("PATCH", path, body=body)

    def delete(self, path: str, *, nonce: str = "") -> None:
        """DELETE."""
        self._call("DELETE", path, nonce=nonce)

    def app(self, name: str) -> dict[str, Any]:
        """Return one app."""
        found: dict[str, Any] = self.get(f"/apps/{name}")
        return found

    def machines(self, app: str) -> list[dict[str, Any]]:
        """Return an app's machines, release-command machines left out."""
        found: list[dict[str, Any]] = self.get(f"/apps/{app}/machines")
        return [m for m in found if group_of(m) != "fly_app_release_command"]

    def address(self, app: dict[str, Any]) -> str:
        """Return an app's host and port."""
        return f"127.0.0.1:{app['port']}"

    def _call(self, method: str, path: str, *, body: object = None, nonce: str = "") -> Json:
        headers = {"Authorization": f"Bearer {self._token}"}
        if nonce:
            headers["Fly-Machine-Lease-Nonce"] = nonce
        for left in range(RETRIES, -1, -1):
            status, found = self._world.call(
                method,
                quote(f"/fly{path}", safe="/?=&:@"),
                body=body,
                headers=headers,
                timeout=AS_GOOD_AS_NONE,
            )
            if status not in {502, 503} or not left:
                break
            time.sleep(0.2)
        if status >= 400:
            text = found.get("error") if isinstance(found, dict) else None
            raise ApiError(status, text or f"request returned non-2xx status: {status}")
        return found


def connect(line: Line) -> Cloud:
    """Find or start the world and use the caller's token."""
    token = require_token(line)
    try:
        return Cloud(standin.connect(), token=token)
    except standin.RehearsalError as error:
        raise CommandError(str(error)) from None


def require_token(line: Line) -> str:
    """Return the token: -t, FLY_ACCESS_TOKEN, FLY_API_TOKEN in this order."""
    for found in (line.value("access-token"), *map(os.environ.get, _NAMES)):
        if found:
            return found
    raise CommandError(NO_TOKEN)


_NAMES = ("FLY_ACCESS_TOKEN", "FLY_API_TOKEN")


def group_of(machine: dict[str, Any]) -> str:
    """Return a machine's process group; none of a machine that no deploy made."""
    return str(machine["config"]["metadata"].get("fly_process_group", ""))
