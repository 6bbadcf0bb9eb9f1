"""The site that the tests' jobs crawl, and small HTTP servers."""

import re
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import ClassVar

SITES = [f"{kind}{n}.example" for kind in ("site", "slow") for n in range(120)]
LISTED, LINKED = range(1, 6), (6, 7)


class Answers(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""

    def _send(self, text: str, *, kind: str, status: int = 200, **headers: str) -> None:
        self.send_response(status)
        for name, value in {
            "Content-Type": kind,
            "Content-Length": str(len(text)),
            **headers,
        }.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(text.encode())


class Site(Answers):
    """Pages 1 to 5 by sitemap, 6 and 7 by links, one missing, one flaky, one that never works."""

    asked: ClassVar[Counter[tuple[str, str]]] = Counter()

    def do_GET(self) -> None:
        host, path = self.headers["Host"], self.path
        self.asked[host, path] += 1
        if path == "/sitemap.xml":
            urls = "".join(f"<url><loc>https://{host}/p/{n}</loc></url>" for n in LISTED)
            self._send(f"<urlset>{urls}</urlset>", kind="application/xml")
            return
        time.sleep(0.6 if host.startswith("slow") else 0.01)
        often = self.asked[host, path]
        if path == "/down" or (path == "/flaky" and often < 3):
            self._send("", kind="text/plain", status=500)
        elif path == "/missing" or not re.fullmatch(r"/|/p/[1-7]|/flaky", path):
            self._send("", kind="text/plain", status=404)
        else:
            others = [f"/p/{n}" for n in LINKED] + ["/missing", "/flaky", "/down"]
            links = "".join(f'<a href="{each}">x</a>' for each in others) if path == "/" else ""
            away = '<a href="https://elsewhere.example/">y</a>'
            cache = "HIT" if often > 1 + 2 * (path == "/flaky") else "MISS"
            self._send(f"<html>{links}{away}</html>", kind="text/html", X_Cache=cache)


@contextmanager
def served(handler: type[BaseHTTPRequestHandler]) -> Iterator[int]:
    """A small HTTP server; its port."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    try:
        yield server.server_address[1]
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
