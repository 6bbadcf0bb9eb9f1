"""A server that does next to nothing, for the load generator to be measured against.

`python -m benchmarks.server [STALL EVERY [THINK [ALONE]]]` prints its port. It answers nobody in
the last STALL seconds of every EVERY, so that what each request has to wait is known beforehand;
each answer takes THINK seconds; and for ALONE seconds each request has the whole server to itself,
so that it bears 1 / ALONE requests a second and no more. `GET /record` tells how long each request
since the last record took, in ms, from when it was read until it was answered.
"""

import asyncio
import json
import sys
import time
from array import array
from dataclasses import dataclass, field

BODY = json.dumps({"status": "healthy", "data": {"plans": [1]}}).encode()
END = b"\r\n\r\n"


def answer(body: bytes) -> bytes:
    """A whole answer."""
    return b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%b" % (len(body), body)


ANSWER = answer(BODY)


@dataclass(slots=True)
class Manner:
    """How the server behaves, and what it remembers."""

    stall: float = 0.0
    every: float = 0.0
    think: float = 0.0
    alone: float = 0.0
    began: float = field(default_factory=time.monotonic)
    free_at: float = 0.0
    took: "array[float]" = field(default_factory=lambda: array("d"))

    def wait(self, now: float) -> float:
        """Seconds until a request that was read now is answered."""
        wait = remaining(now - self.began, self.stall, self.every) + self.think
        if self.alone:
            self.free_at = max(self.free_at, now) + self.alone
            wait += self.free_at - now
        return wait

    def record(self) -> bytes:
        """What each request took, which is forgotten by it."""
        told, self.took = self.took, array("d")
        return json.dumps(list(told)).encode()


class Serving(asyncio.Protocol):
    """One connection; requests have no body and come one at a time."""

    def __init__(self, manner: Manner) -> None:
        self._manner = manner
        self._read = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Answers go there."""
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        """Answer each request that is whole, at once or when it is time."""
        self._read += data
        while END in self._read:
            head, _, self._read = self._read.partition(END)
            now = time.monotonic()
            if head.startswith(b"GET /record "):
                self._transport.write(answer(self._manner.record()))
            elif wait := self._manner.wait(now):
                asyncio.get_running_loop().call_at(now + wait, self._answer, now)
            else:
                self._answer(now)

    def _answer(self, began: float) -> None:
        self._transport.write(ANSWER)
        self._manner.took.append(1000 * (time.monotonic() - began))


def remaining(passed: float, stall: float, every: float) -> float:
    """Seconds of a stall that are left; a stall is the end of each period."""
    within = passed % every if every else 0.0
    return every - within if every and within > every - stall else 0.0


async def main(
    stall: float = 0.0, every: float = 0.0, think: float = 0.0, alone: float = 0.0
) -> None:
    """Serve until it is ended."""
    manner = Manner(stall, every, think, alone)
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: Serving(manner), "127.0.0.1", 0, backlog=1024)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main(*map(float, sys.argv[1:])))
