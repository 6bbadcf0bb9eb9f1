"""A tiny application for machines: answers /health on $PORT; $BEE_FAULTS makes it fail."""

import json
import os
import signal
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

FAULTS = os.environ.get("BEE_FAULTS", "").split(",")
SHOWN = ("BEE_VERSION", "FLY_MACHINE_ID", "FLY_PROCESS_GROUP", "FLY_IMAGE_REF", "LOG_LEVEL", "A")


class Answer(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        if self.path == "/broken":
            self.send_response(200)
            self.send_header("Content-Length", "5000000")
            self.end_headers()
            self.wfile.write(b"x" * 100_000)
            self.close_connection = True
            return
        sick = "sick" in FAULTS and self.path == "/health"
        shown = {name: os.environ.get(name) for name in SHOWN}
        asked = {"headers": dict(self.headers), "argv": sys.argv[1:]}
        self._send(500 if sick else 200, json.dumps({**shown, **asked}).encode())

    def do_HEAD(self) -> None:
        self.send_response(200)
        self.send_header("Content-Length", "1234")
        self.end_headers()

    def do_POST(self) -> None:
        self._send(200, self.rfile.read(int(self.headers.get("Content-Length", 0))))

    def _send(self, status: int, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: ARG002 (fixed by its parent)
        return


def main() -> None:
    deaf = "ignores-sigterm" in FAULTS
    signal.signal(signal.SIGTERM, signal.SIG_IGN if deaf else lambda *_: sys.exit(0))
    print("tiny application starts", flush=True)
    if "crash" in FAULTS:
        sys.exit(1)
    if "unhealthy" in FAULTS:
        signal.pause()
    ThreadingHTTPServer(("127.0.0.1", int(os.environ["PORT"])), Answer).serve_forever()


if __name__ == "__main__":
    main()
