"""A server that does next to nothing, for the load generator to be measured against.

`python -m benchmarks.server [STALL EVERY [THINK]]` prints its port. With the two it answers nobody
in the last STALL seconds of every EVERY, so that what each request has to wait is known beforehand;
with the third each answer takes so many seconds.
"""

import asyncio
import json
import sys
import time

BODY = json.dumps({"status": "healthy", "data": {"plans": [1]}}).encode()
ANSWER = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%b" % (len(BODY), BODY)
END = b"\r\n\r\n"


class Serving(asyncio.Protocol):
    """One connection; requests have no body and come one at a time."""

    def __init__(self, stall: float, every: float, think: float, began: float) -> None:
        self._think = think
        self._stall, self._every, self._began = stall, every, began
        self._read = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Answers go there."""
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        """Answer each request that is whole, at once or when the stall is over."""
        self._read += data
        while END in self._read:
            self._read = self._read.partition(END)[2]
            left = remaining(time.monotonic() - self._began, self._stall, self._every) + self._think
            if left:
                asyncio.get_running_loop().call_later(left, self._transport.write, ANSWER)
            else:
                self._transport.write(ANSWER)


def remaining(passed: float, stall: float, every: float) -> float:
    """Seconds of a stall that are left; a stall is the end of each period."""
    within = passed % every if every else 0.0
    return every - within if every and within > every - stall else 0.0


async def main(stall: float = 0.0, every: float = 0.0, think: float = 0.0) -> None:
    """Serve until it is ended."""
    began = time.monotonic()
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: Serving(stall, every, think, began), "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main(*map(float, sys.argv[1:])))
