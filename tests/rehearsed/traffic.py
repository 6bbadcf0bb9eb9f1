"""Steady requests while something else goes on: each is sent when it is due, and counted."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from urllib.error import URLError
from urllib.request import Request, urlopen

EVERY = 0.05  # seconds
PATIENCE = 10.0


@dataclass
class Traffic:
    """What was asked of one address, and what of it was lost: no 2xx within the patience."""

    url: str
    sent: int = 0
    lost: list[str] = field(default_factory=list)
    _asking: list[threading.Thread] = field(default_factory=list)

    def ask(self) -> None:
        client = f"198.51.{self.sent // 250 % 250}.{self.sent % 250}"  # one would be limited
        request = Request(self.url, headers={"X-Forwarded-For": client})
        try:
            with urlopen(request, timeout=PATIENCE) as answer:
                answer.read()
        except (URLError, OSError) as error:
            self.lost.append(f"{time.strftime('%X')} {error}")

    def run(self, over: threading.Event) -> None:
        while not over.wait(EVERY):
            self.sent += 1
            thread = threading.Thread(target=self.ask)
            thread.start()
            self._asking.append(thread)
        for thread in self._asking:
            thread.join(PATIENCE)


@contextmanager
def traffic(url: str) -> Iterator[Traffic]:
    """Requests from many connections, until the block ends and the last has been answered."""
    made, over = Traffic(url), threading.Event()
    sender = threading.Thread(target=made.run, args=(over,))
    sender.start()
    try:
        yield made
    finally:
        over.set()
        sender.join(PATIENCE * 2)
