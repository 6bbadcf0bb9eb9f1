"""The proxy before an app: one address that it keeps, requests to healthy machines only."""

import asyncio
import contextlib
import secrets
import socket
import time
from collections import Counter
from collections.abc import Callable, Sequence
from typing import Protocol

import aiohttp
from aiohttp import web

WAITS_FOR_A_MACHINE = 5.0
LOOKS_EVERY = 0.05
IDLE_LIMIT = 60.0
WHOLE_BELOW = 1_000_000
_HOP = {"connection", "keep-alive", "proxy-authenticate", "proxy-authorization", "te"}
_HOP |= {"trailer", "transfer-encoding", "upgrade", "expect"}


class Target(Protocol):
    """A machine as the proxy sees it."""

    @property
    def id(self) -> str:
        """Its name in the count of requests in hand."""

    @property
    def port(self) -> int:
        """Where it listens now."""

    def refused(self) -> None:
        """Hear that a connection was refused."""

    def passed(self, *, received: int, sent: int) -> None:
        """Hear how many bytes a request and its answer were."""


class Proxy:
    """A reverse proxy for one app on a port of 127.0.0.1."""

    def __init__(
        self, *, targets: Callable[[], Sequence[Target]], session: aiohttp.ClientSession
    ) -> None:
        self._targets = targets
        self._session = session
        self._runner: web.ServerRunner | None = None
        self._in_hand: Counter[str] = Counter()

    async def start(self, port: int) -> int:
        """Listen on the wanted port if it is free (0: on any) and return the port taken."""
        server = web.Server(self._serve, access_log=None, auto_decompress=False)
        self._runner = web.ServerRunner(server, shutdown_timeout=1)
        await self._runner.setup()
        listener = _listener(port)
        await web.SockSite(self._runner, listener, backlog=1024).start()
        return int(listener.getsockname()[1])

    async def stop(self) -> None:
        """Close the address."""
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = None

    async def _serve(self, request: web.BaseRequest) -> web.StreamResponse:
        headers = _forwarded(request)
        tried: set[str] = set()
        limit = time.monotonic() + WAITS_FOR_A_MACHINE
        while True:
            target = self._pick(tried)
            if target is None:
                if time.monotonic() > limit:
                    return _no_machine()
                await asyncio.sleep(LOOKS_EVERY)
                tried.clear()
                continue
            try:
                return await self._passed_on(request, target, headers)
            except aiohttp.ClientConnectorError:
                # Nothing was sent yet, so another machine may have it.
                target.refused()
                tried.add(target.id)
            except (aiohttp.ClientError, TimeoutError):
                return _no_machine()

    def _pick(self, tried: set[str]) -> Target | None:
        able = [target for target in self._targets() if target.id not in tried]
        return min(able, key=lambda each: self._in_hand[each.id], default=None)

    async def _passed_on(
        self, request: web.BaseRequest, target: Target, headers: list[tuple[str, str]]
    ) -> web.StreamResponse:
        self._in_hand[target.id] += 1
        try:
            async with self._session.request(
                request.method,
                f"http://127.0.0.1:{target.port}{request.raw_path}",
                headers=headers,
                data=request.content if request.body_exists else None,
                allow_redirects=False,
                timeout=aiohttp.ClientTimeout(sock_connect=2, sock_read=IDLE_LIMIT),
            ) as answer:
                returned = await _returned(request, answer)
                sent = _size(answer.raw_headers) + (returned.content_length or returned.body_length)
                received = _size(request.raw_headers) + (request.content_length or 0)
                target.passed(received=received, sent=sent)
                return returned
        finally:
            self._in_hand[target.id] -= 1


def _size(headers: Sequence[tuple[bytes, bytes]]) -> int:
    return sum(len(name) + len(value) + 4 for name, value in headers)


async def _returned(request: web.BaseRequest, answer: aiohttp.ClientResponse) -> web.StreamResponse:
    kept = [(k, v) for k, v in answer.headers.items() if k.lower() not in _HOP]
    length = answer.content_length
    if request.method == "HEAD" or (length is not None and length < WHOLE_BELOW):
        whole = web.Response(status=answer.status, reason=answer.reason, body=await answer.read())
        whole.headers.clear()
        whole.headers.extend(kept)
        return whole
    stream = web.StreamResponse(status=answer.status, reason=answer.reason)
    stream.headers.extend(kept)
    await stream.prepare(request)
    try:
        async for part in answer.content.iter_any():
            await stream.write(part)
        await stream.write_eof()
    except (aiohttp.ClientError, ConnectionError, TimeoutError):
        # Half is sent: a cut connection is the only honest end.
        if request.transport is not None:
            request.transport.abort()
    return stream


def _forwarded(request: web.BaseRequest) -> list[tuple[str, str]]:
    peer = request.remote or "127.0.0.1"
    earlier = request.headers.get("X-Forwarded-For")
    own = {"x-forwarded-for", "x-forwarded-proto", "fly-client-ip", "x-request-start"}
    own |= {"fly-request-id"}
    kept = [(k, v) for k, v in request.headers.items() if k.lower() not in _HOP | own]
    return [
        *kept,
        ("X-Forwarded-For", f"{earlier}, {peer}" if earlier else peer),
        ("X-Forwarded-Proto", "http"),
        ("Fly-Client-IP", peer),
        ("Fly-Request-Id", secrets.token_hex(13).upper()),
        ("X-Request-Start", f"t={int(time.time() * 1_000_000)}"),
    ]


def _no_machine() -> web.Response:
    return web.Response(status=502, headers={"Server": "Fly (rehearsal)"})


def _listener(port: int) -> socket.socket:
    for wanted in (port, 0):
        listener = socket.socket()
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.settimeout(0)
        # Another program may have taken the port while the world was down.
        with contextlib.suppress(OSError):
            listener.bind(("127.0.0.1", wanted))
            return listener
        listener.close()
    raise OSError("no free port on 127.0.0.1")
