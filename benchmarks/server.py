"""A server that does next to nothing, for the load generator to be measured against.

`python -m benchmarks.server [STALL EVERY]` prints its port. With the two it answers nobody for
STALL seconds in every EVERY, and at the end (SIGTERM) prints how long each request would have had
to wait that came at any moment: its own record of the truth is the timetable of its stalls.
"""

import asyncio
import json
import sys
import time

BODY = json.dumps({"status": "healthy", "data": {"plans": [1]}}).encode()
ANSWER = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%b" % (len(BODY), BODY)


class Serving(asyncio.Protocol):
    """One connection; requests have no body and come one at a time."""

    def __init__(self, stall: float, every: float, began: float) -> None:
        self._stall, self._every, self._began = stall, every, began
        self._read = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Answers go there."""
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        """Answer each request that is whole, at once or when the stall is over."""
        self._read += data
        while b"\r\n\r\n" in self._read:
            self._read = self._read.partition(b"\r\n\r\n")[2]
            left = remaining(time.monotonic() - self._began, self._stall, self._every)
            asyncio.get_running_loop().call_later(
                left, self._transport.write, ANSWER
            ) if left else (self._transport.write(ANSWER))


def remaining(passed: float, stall: float, every: float) -> float:
    """Seconds of a stall that are left; stalls end each period."""
    within = passed % every if every else 0.0
    return every - within if every and within > every - stall else 0.0
