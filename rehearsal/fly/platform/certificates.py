"""Certificates of hostnames; none is ever issued, since no DNS leads here."""

import re

from rehearsal.fly.platform.errors import PlatformError
from rehearsal.fly.platform.records import App, State, now

AWAITING = "Awaiting configuration"
_LABEL = r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?"
_HOSTNAME = re.compile(rf"(\*\.)?({_LABEL}\.)+[a-z]{_LABEL}")


class Certificates:
    """The certificates of all apps."""

    def __init__(self, state: State) -> None:
        self._state = state

    def add(self, app: App, *, hostname: str) -> dict[str, str]:
        """Ask for one; a second time for the same app is refused."""
        wanted = hostname.lower()
        if not _HOSTNAME.fullmatch(wanted):
            raise PlatformError(422, f"Validation failed: Hostname {hostname} is invalid")
        if any(each["hostname"] == wanted for each in app.certificates):
            raise PlatformError(422, "Hostname already exists on app")
        made = {"hostname": wanted, "created_at": now(), "status": AWAITING}
        app.certificates.append(made)
        self._state.save()
        return made

    def remove(self, app: App, *, hostname: str) -> None:
        """Give one back; 404 when the app has none of that name."""
        left = [each for each in app.certificates if each["hostname"] != hostname.lower()]
        if len(left) == len(app.certificates):
            raise PlatformError(404, "Certificate not found")
        app.certificates = left
        self._state.save()
