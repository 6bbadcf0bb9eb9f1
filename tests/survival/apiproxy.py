"""Between the tool and the Management API (or Auth): one request goes wrong, the others pass."""

import json
import os
import re
import signal
import threading
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from rehearsal import standin

Answer = tuple[int, bytes]


@dataclass(slots=True)
class Ill:
    """What happens to the first `times` requests that `request` matches, such as "POST /v1"."""

    request: str
    how: str
    times: int = 1
    change: Callable[[bytes], bytes] = bytes
    victim: int = 0
    met: int = 0
    over: threading.Event = field(default_factory=threading.Event)
    gate: threading.Lock = field(default_factory=threading.Lock)

    def meets(self, request: str) -> bool:
        """Whether this is one that goes wrong."""
        with self.gate:
            if not re.match(self.request, request) or self.met >= self.times:
                return False
            self.met += 1
            return True


@contextmanager
def proxied(home: Path, aside: Path, ill: Ill) -> Iterator[dict[str, str]]:
    """The environment that leads through the proxy."""
    world = standin.named(home)
    assert world
    target = world.url.rstrip("/")

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            if ill.meets(f"{self.command} {self.path}"):
                self.wrong(body)
            else:
                self.answer(*self.forwarded(body))

        do_POST = do_PATCH = do_PUT = do_DELETE = do_GET  # noqa: N815

        def wrong(self, body: bytes) -> None:
            if ill.how == "kill-before":
                os.kill(ill.victim, signal.SIGKILL)
            elif ill.how == "kill-after":
                self.forwarded(body)
                os.kill(ill.victim, signal.SIGKILL)
            elif ill.how == "hang":
                ill.over.wait(60)
            elif ill.how == "hang-after":
                self.forwarded(body)
                ill.over.wait(60)
            elif ill.how == "changed":
                status, answer = self.forwarded(body)
                self.answer(status, ill.change(answer))
            elif ill.how == "refused":
                self.answer(400, ill.change(body))
            elif ill.how == "half":
                status, answer = self.forwarded(body)
                self.answer(status, answer[: len(answer) // 2])
            else:
                self.answer(int(ill.how), json.dumps({"message": f"it is a {ill.how}"}).encode())

        def forwarded(self, body: bytes) -> Answer:
            kept = {
                k: v for k, v in self.headers.items() if k.lower() not in {"host", "connection"}
            }
            asked = urllib.request.Request(
                target + self.path, data=body or None, headers=kept, method=self.command
            )
            try:
                with urllib.request.urlopen(asked, timeout=60) as found:
                    return int(found.status), found.read()
            except urllib.error.HTTPError as error:
                return error.code, error.read()

        def answer(self, status: int, body: bytes) -> None:
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    base = f"http://127.0.0.1:{server.server_port}"
    profile = (home / "profile.yaml").read_text().replace(target, base)
    (aside / "profile.yaml").write_text(profile)
    given = {"SUPABASE_PROFILE": str(aside / "profile.yaml")}
    lines = (home / "environment").read_text().splitlines()
    pairs = {name: text for name, _, text in (line.partition("=") for line in lines)}
    if "auth" in ill.request:
        given["SUPABASE_PROJECT_URL"] = pairs["SUPABASE_PROJECT_URL"].replace(target, base)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield given
    finally:
        ill.over.set()
        server.shutdown()
        server.server_close()
