"""What every request passes first: its id, the rate limit; and what every answer bears."""

import asyncio
import json
import secrets
import sys
import time
from collections import OrderedDict
from dataclasses import dataclass, field

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

RATE, BURST = 20.0, 10.0
CLIENTS_KEPT = 20_000
UNLIMITED = frozenset({"/", "/dashboard", "/settings", "/welcome", "/config.js"})
SECURITY = {
    "Content-Security-Policy": "default-src 'self'; frame-ancestors 'none'",
    "Strict-Transport-Security": "max-age=31536000; includeSubDomains",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "strict-origin-when-cross-origin",
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Allow-Methods": "GET, POST, PUT, PATCH, DELETE, OPTIONS",
    "Access-Control-Allow-Headers": "Authorization, Content-Type, X-Request-Id",
}


@dataclass(slots=True)
class Buckets:
    """A token bucket for each client; the longest unseen are forgotten."""

    _left: OrderedDict[str, tuple[float, float]] = field(default_factory=OrderedDict)

    def allows(self, client: str) -> bool:
        """Take one of the client's requests, if it has any left."""
        now = time.monotonic()
        left, seen = self._left.pop(client, (BURST, now))
        left = min(BURST, left + (now - seen) * RATE)
        self._left[client] = (left - 1 if left >= 1 else left, now)
        if len(self._left) > CLIENTS_KEPT:
            self._left.popitem(last=False)
        return left >= 1


class Gate:
    """The outermost layer; logs one JSON line for each request, without a secret."""

    def __init__(self, application: ASGIApp, *, log: bool, slower: float) -> None:
        self._application = application
        self._slower = slower
        self._buckets = Buckets()
        self._log = log
        self.seen: dict[tuple[str, int], tuple[int, float]] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        if scope["type"] != "http":
            await self._application(scope, receive, send)
            return
        headers, started = Headers(scope=scope), time.perf_counter()
        request_id = headers.get("x-request-id", "")[:128] or secrets.token_hex(8)
        scope.setdefault("state", {})["request_id"] = request_id
        status = 500

        async def answer(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                given = MutableHeaders(raw=message["headers"])
                given["X-Request-Id"] = request_id
                for name, value in SECURITY.items():
                    given[name] = value
                message["headers"] = given.raw
            await send(message)

        if self._slower:
            await asyncio.sleep(self._slower)
        if scope["method"] == "OPTIONS":
            await _plain(answer, 204, b"")
        elif not self._allows(scope, headers):
            await _plain(answer, 429, _too_many(request_id), ("Retry-After", "1"))
        else:
            await self._application(scope, receive, answer)
        self._count(scope, status, time.perf_counter() - started)

    def _allows(self, scope: Scope, headers: Headers) -> bool:
        return scope["path"] in UNLIMITED or self._buckets.allows(client(scope, headers))

    def _count(self, scope: Scope, status: int, seconds: float) -> None:
        number, total = self.seen.get((scope["method"], status), (0, 0.0))
        self.seen[(scope["method"], status)] = (number + 1, total + seconds)
        if self._log:
            line = {"method": scope["method"], "path": scope["path"], "status": status}
            line["ms"] = round(seconds * 1000, 1)
            print(json.dumps({"event": "request", **line}), file=sys.stdout, flush=True)


def client(scope: Scope, headers: Headers) -> str:
    """Whose request it is: the first forwarded address, or the peer's."""
    forwarded = headers.get("x-forwarded-for", "").partition(",")[0].strip()
    peer = scope.get("client") or ("",)
    return forwarded or str(peer[0])


def _too_many(request_id: str) -> bytes:
    told = {
        "status": 429,
        "message": "Too many requests",
        "code": "RATE_LIMIT_EXCEEDED",
        "request_id": request_id,
    }
    return json.dumps(told).encode()


async def _plain(send: Send, status: int, body: bytes, *headers: tuple[str, str]) -> None:
    raw = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
    raw += [(name.lower().encode(), value.encode()) for name, value in headers]
    await send({"type": "http.response.start", "status": status, "headers": raw})
    await send({"type": "http.response.body", "body": body})
