"""The leases that one deploy holds: taken before it changes anything, refreshed, given back."""

import contextlib
import os
import time
from collections.abc import Iterator, Sequence

from rehearsal.fly.cloud import Cloud
from rehearsal.fly.failure import ApiError, CommandError

LASTS = 13.0
REFRESH_EVERY = 4.0
TRY_EVERY = 0.5
WAITS = 60.0


class Held:
    """Leases by machine; a killed deploy leaves them until they run out."""

    def __init__(self, cloud: Cloud, app: str) -> None:
        self._cloud = cloud
        self._app = app
        self._nonces: dict[str, str] = {}
        self._refreshed = time.monotonic()

    def nonce(self, machine: str) -> str:
        """Return the proof for one machine."""
        return self._nonces.get(machine, "")

    def take(self, machines: Sequence[str]) -> None:
        """Take all leases, waiting for another deploy to give them back."""
        for machine in machines:
            self._nonces[machine] = self._patiently(machine)

    def refresh(self) -> None:
        """Prolong the leases when it is time."""
        if time.monotonic() - self._refreshed < REFRESH_EVERY:
            return
        self._refreshed = time.monotonic()
        for machine, nonce in self._nonces.items():
            with contextlib.suppress(ApiError):
                self._lease(machine, nonce=nonce)

    def forget(self, machine: str) -> None:
        """Drop the lease of a machine that is gone."""
        self._nonces.pop(machine, None)

    def give_back(self) -> None:
        """End all leases."""
        for machine, nonce in self._nonces.items():
            with contextlib.suppress(ApiError):
                self._cloud.delete(f"/apps/{self._app}/machines/{machine}/lease", nonce=nonce)
        self._nonces.clear()

    def _patiently(self, machine: str) -> str:
        # REHEARSAL_LEASE_WAIT shortens the minute for tests.
        limit = time.monotonic() + float(os.environ.get("REHEARSAL_LEASE_WAIT", WAITS))
        while True:
            try:
                return self._lease(machine)
            except ApiError as error:
                if error.status != 409 or time.monotonic() > limit:
                    text = f"failed to get lease on VM {machine}: {error.text}"
                    raise CommandError(text) from None
            time.sleep(TRY_EVERY)

    def _lease(self, machine: str, *, nonce: str | None = None) -> str:
        path = f"/apps/{self._app}/machines/{machine}/lease"
        found: str = self._cloud.post(path, {"seconds": LASTS, "nonce": nonce})["nonce"]
        return found


@contextlib.contextmanager
def holding(cloud: Cloud, app: str, machines: Sequence[str]) -> Iterator[Held]:
    """Hold leases on machines while the block runs."""
    held = Held(cloud, app)
    try:
        held.take(machines)
        yield held
    finally:
        held.give_back()
