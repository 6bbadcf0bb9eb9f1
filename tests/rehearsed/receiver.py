"""A webhook's other end, on this computer."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass
class Receiver:
    """What was posted; the first `refuses` posts are answered with 503."""

    refuses: int = 0
    url: str = ""
    taken: list[dict[str, Any]] = field(default_factory=list)
    refused: list[dict[str, Any]] = field(default_factory=list)

    def told(self, alert: str) -> list[str]:
        """How it was told of an alert, in this order."""
        return [each["state"] for each in self.taken if each["alert"] == alert]


@contextmanager
def receiver(*, refuses: int = 0) -> Iterator[Receiver]:
    """One that listens until the block ends."""
    found = Receiver(refuses=refuses)

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            refuse = len(found.refused) < found.refuses
            (found.refused if refuse else found.taken).append(body)
            self.send_response(503 if refuse else 204)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    found.url = f"http://127.0.0.1:{server.server_port}/T0/the-secret-part"
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield found
    finally:
        server.shutdown()
        thread.join(10)
        server.server_close()
