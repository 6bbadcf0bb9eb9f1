"""Leases: while one deploy changes a machine, no other may."""

import secrets
import time
from dataclasses import dataclass
from datetime import UTC, datetime

from rehearsal.fly.catalogue import EMAIL
from rehearsal.fly.platform.errors import PlatformError


@dataclass(frozen=True, slots=True)
class Lease:
    """A promise on one machine until a time; the nonce proves who holds it."""

    nonce: str
    expires: float


class Leases:
    """The leases on all machines; kept in memory only, as they last seconds."""

    def __init__(self) -> None:
        self._held: dict[str, Lease] = {}

    def take(self, machine: str, *, seconds: float, nonce: str | None = None) -> str:
        """Take or, with its nonce, refresh a lease; refused while another holds it."""
        self.require(machine, nonce=nonce, anyone=True)
        lease = Lease(nonce or secrets.token_hex(6), time.time() + seconds)
        self._held[machine] = lease
        return lease.nonce

    def require(self, machine: str, *, nonce: str | None, anyone: bool = False) -> None:
        """Refuse when another than the nonce's owner holds the machine."""
        lease = self._held.get(machine)
        if lease is None or lease.expires < time.time() or lease.nonce == nonce:
            if nonce and not anyone and lease is None:
                raise PlatformError(409, "lease not found")
            return
        until = datetime.fromtimestamp(lease.expires, UTC).isoformat(timespec="seconds")
        until = until.replace("+00:00", "Z")
        text = f"machine ID {machine} lease currently held by {EMAIL}, expires at {until}"
        raise PlatformError(409, text)

    def give_back(self, machine: str, *, nonce: str) -> None:
        """End a lease early."""
        lease = self._held.get(machine)
        if lease is not None and lease.nonce == nonce:
            del self._held[machine]
