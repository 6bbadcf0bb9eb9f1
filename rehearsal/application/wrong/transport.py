"""A rate limit that is wrong, and connections that end without an answer."""

from itertools import count

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Scope
from uvicorn.protocols.http.auto import AutoHTTPProtocol

from rehearsal.application.faults import Faults
from rehearsal.application.gate import UNLIMITED, Gate, client

MISJUDGES = frozenset({"no-rate-limit", "limit-for-everybody", "limits-static-files"})
EVERY = 60


class Misjudging(Gate):
    """Limits nobody, everybody at once, or what should not be limited."""

    def __init__(self, application: ASGIApp, *, log: bool, slower: float, faults: Faults) -> None:
        super().__init__(application, log=log, slower=slower)
        self._faults = faults

    def _allows(self, scope: Scope, headers: Headers) -> bool:
        if "no-rate-limit" in self._faults:
            return True
        if scope["path"] in UNLIMITED and "limits-static-files" not in self._faults:
            return True
        everybody = "limit-for-everybody" in self._faults
        return self._buckets.allows("" if everybody else client(scope, headers))


class Dying(AutoHTTPProtocol):  # type: ignore[misc,valid-type]  # found at run time
    """Closes the connection instead of reading every sixtieth request."""

    _seen = count(1)

    def data_received(self, data: bytes) -> None:
        """Some of a request; nearly always all of it."""
        if next(self._seen) % EVERY:
            super().data_received(data)
        else:
            self.transport.close()
