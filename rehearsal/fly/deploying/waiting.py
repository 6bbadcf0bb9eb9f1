"""How a deploy waits for a machine: started, not crashing, healthy."""

import time
from collections.abc import Callable
from typing import Any

from rehearsal.fly.cloud import Cloud
from rehearsal.fly.failure import CommandError

LOOK_EVERY = 0.1
# flyctl watches ten seconds; here a machine that accepts connections is believed soon after.
WATCHED = 3.0
WATCHED_ACCEPTING = 0.4


class Wait:
    """Waits for one app's machines with the deploy's limit."""

    def __init__(
        self, cloud: Cloud, app: str, *, limit: float, meanwhile: Callable[[], None]
    ) -> None:
        self._cloud = cloud
        self._app = app
        self._limit = limit
        self._meanwhile = meanwhile

    def started(self, machine: str) -> None:
        """Wait until it was started; one that exited again counts, as its crash is found next."""
        limit = time.monotonic() + self._limit
        while True:
            found = self._look(machine)
            if found["state"] == "started" or _crashes(found):
                return
            if time.monotonic() > limit:
                raise CommandError(
                    f"timeout reached waiting for machine's state to change: failed to wait for "
                    f"VM {machine} in started state"
                )

    def steady(self, machine: str) -> None:
        """Watch for exits after the start; CommandError when the application crashes."""
        began = time.monotonic()
        accepting: float | None = None
        while True:
            found = self._look(machine)
            if _crashes(found):
                raise CommandError(self._crashing(machine))
            now = time.monotonic()
            if not found["config"].get("services"):
                accepting = accepting or began + WATCHED / 2
            elif accepting is None and found["rehearsal"]["accepting"]:
                accepting = now
            if now - began > WATCHED or (accepting and now - accepting > WATCHED_ACCEPTING):
                return

    def healthy(self, machine: str, *, label: str, say: Callable[[str], None]) -> None:
        """Wait until all checks pass; nothing to do without checks."""
        limit, told = time.monotonic() + self._limit, ""
        while True:
            checks = self._look(machine).get("checks", [])
            passing = sum(check["status"] == "passing" for check in checks)
            if checks and (state := f"{passing}/{len(checks)}") != told:
                say(f"> Waiting for {label} to become healthy: {state}")
                told = state
            if passing == len(checks):
                return
            if time.monotonic() > limit:
                say("")
                raise CommandError(_unhealthy(self._app, machine))

    def _look(self, machine: str) -> dict[str, Any]:
        self._meanwhile()
        found: dict[str, Any] = self._cloud.get(f"/apps/{self._app}/machines/{machine}")
        time.sleep(LOOK_EVERY)
        return found

    def _crashing(self, machine: str) -> str:
        text = f"smoke checks for {machine} failed: the app appears to be crashing"
        logs = self._cloud.get(f"/apps/{self._app}/logs?machine={machine}")[-10:]
        lines = "".join(f" {each['message']}\n" for each in logs)
        advice = f"Check its logs: here's the last lines below, or run 'fly logs -i {machine}':"
        return f"{text}\n{text.capitalize()}\n{advice}\n{lines}\n"


def _crashes(machine: dict[str, Any]) -> bool:
    for event in machine["events"]:
        if event["type"] == "launch":
            return False
        if event["type"] == "exit" and not event["request"]["exit_event"]["requested_stop"]:
            return True
    return False


def _unhealthy(app: str, machine: str) -> str:
    url = f"https://api.machines.dev/v1/apps/{app}/machines/{machine}"
    return (
        f"timeout reached waiting for health checks to pass for machine {machine}: "
        f'failed to get VM {machine}: Get "{url}": net/http: request canceled'
    )
