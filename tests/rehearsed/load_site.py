"""A small real site to put under load, and the process that does it."""

import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Lock, Thread
from typing import Any

ROOT = Path(__file__).parents[2]
TOKEN = "a-token-that-is-made-up"
PASSWORD = "a-password-that-is-made-up"
ANSWERS: dict[str, object] = {
    "/v1/plans": {"plans": [{"name": "free"}]},
    "/v1/jobs": {"jobs": [{"id": "job-0"}], "pagination": {}},
    "/v1/dashboard/stats": {"total_jobs": 1},
    "/v1/usage": {"usage": {"daily_limit": 500}},
    "/v1/organisations": {"organisations": []},
}


@dataclass
class Site:
    """How the site behaves, and what it was asked."""

    delay: float = 0.0
    stall: tuple[int, float] = (0, 0.0)  # at which request, for how long
    alone: float = 0.0  # how long each request has the whole site to itself
    broken: str = ""  # a path that answers 500
    cut: str = ""  # a path whose answers break off in the middle
    trickles: str = ""  # a path whose answers never end
    held_until: float = 0.0
    requests: int = 0
    clients: set[str] = field(default_factory=set)
    created: set[str] = field(default_factory=set)
    cancelled: set[str] = field(default_factory=set)
    url: str = ""
    turn: Lock = field(default_factory=Lock)

    @property
    def unfinished(self) -> set[str]:
        """The paths that promise more than they send."""
        return {self.cut, self.trickles} - {""}

    def wait(self) -> None:
        """Be as slow as told; during a stall nothing is answered."""
        self.requests += 1
        if self.requests == self.stall[0]:
            self.held_until = time.monotonic() + self.stall[1]
        time.sleep(self.delay + max(0.0, self.held_until - time.monotonic()))
        if self.alone:
            with self.turn:
                time.sleep(self.alone)

    def answer(self, method: str, path: str, token: str) -> tuple[int, object]:
        """The status and body of one request."""
        if path == "/health":
            return 200, {"status": "healthy"}
        if path == "/auth/v1/token":
            return 200, {"access_token": TOKEN}
        if path != "/v1/plans" and token != f"Bearer {TOKEN}":
            return 401, {"status": 401}
        if path == self.broken:
            return 500, {"status": 500}
        if found := re.fullmatch(r"/v1/jobs/(.+)/cancel", path):
            self.cancelled.add(found[1])
            return 200, {"data": {"id": found[1], "status": "cancelled"}}
        if method == "POST":
            self.created.add(f"job-{len(self.created) + 1}")
            return 201, {"data": {"id": f"job-{len(self.created)}"}}
        body = ANSWERS.get(path, {"id": path, "status": "running"})
        return 200, {"status": "success", "data": body}


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def handle_error(self, request: object, client_address: object) -> None:
        """Clients that go away are no news."""


@contextmanager
def serve(**behaviour: Any) -> Iterator[Site]:
    """A site on a free port."""
    site = Site(**behaviour)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True
        wbufsize = -1

        def do_GET(self) -> None:
            self.rfile.read(int(self.headers.get("Content-Length", 0)))
            site.clients.add(self.headers.get("X-Forwarded-For", ""))
            site.wait()
            token = self.headers.get("Authorization", "")
            path = self.path.partition("?")[0]
            status, body = site.answer(self.command, path, token)
            text = json.dumps(body).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(text) + 100 * (path in site.unfinished)))
            self.end_headers()
            self.wfile.write(text)
            while path == site.trickles:
                self.wfile.write(b" ")
                self.wfile.flush()
                time.sleep(0.5)
            self.close_connection = path == site.cut

        do_POST = do_GET  # noqa: N815 - the name that http.server calls

        def log_message(self, format: str, *args: object) -> None:
            """Say nothing."""

    with _Server(("127.0.0.1", 0), Handler) as server:
        site.url = f"http://127.0.0.1:{server.server_port}"
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        yield site
        server.shutdown()
        thread.join(timeout=5)


def start(
    folder: Path,
    *arguments: str,
    env: Mapping[str, str],
    objectives: Mapping[str, float | str] | None = None,
    stderr: int = subprocess.PIPE,
) -> subprocess.Popen[str]:
    """`python -m loadtests` in `folder`, with the checkout's settings but for some objectives."""
    _settings(folder, {"minimum_samples": 20, **(objectives or {})})
    inherited = {k: os.environ[k] for k in ("PATH", "LANG", "TMPDIR") if k in os.environ}
    return subprocess.Popen(
        [sys.executable, "-m", "loadtests", *arguments],
        cwd=folder,
        env={**inherited, "PYTHONPATH": str(ROOT), **env},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=stderr,
        text=True,
        process_group=0,
    )


def finish(process: subprocess.Popen[str], *, timeout: float = 60) -> tuple[int, str, str]:
    """Its exit code, stdout and stderr."""
    with process:
        try:
            out, err = process.communicate(timeout=timeout)
        finally:
            process.kill()
    return process.returncode, out, err


def report(folder: Path) -> dict[str, Any]:
    """What the run wrote."""
    found: dict[str, Any] = json.loads((folder / "reports" / "load.json").read_text())
    return found


def _settings(folder: Path, objectives: Mapping[str, float | str]) -> None:
    text = (ROOT / "staging.toml").read_text()
    for name, limit in objectives.items():
        text = re.sub(rf"(?m)^{name} = .*$", f"{name} = {limit}", text)
    (folder / "staging.toml").write_text(text)
