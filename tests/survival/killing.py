"""A kill -9 at a chosen call: programs that kill whoever called them, an API that kills too."""

import os
import signal
import subprocess
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import requests

from tests.rehearsed.checkout import Checkout

PROGRAM = """#!/bin/sh
case "$*" in
"{words}"*)
    {first}
    kill -9 $PPID
    exit 1;;
esac
exec {real} "$@"
"""
PASSWORD = "PATCH password"


@dataclass(frozen=True)
class Moment:
    """When the kill comes: at the call of `program` that begins with `words`, before or after."""

    program: str
    words: str
    when: str

    def __str__(self) -> str:
        return f"{self.when} {self.program} {self.words}".replace(" ", "-")


def killed(made: Checkout, moment: Moment, *words: str) -> str:
    """Run `python -m …` until it is killed at that moment; what it said."""
    with _place(made, moment) as (settings, victim):
        running = replace(made, settings={**made.settings, **settings}).start(*words)
        victim.append(running.pid)
        out, said = running.communicate(timeout=120)
    assert running.returncode == -signal.SIGKILL, out + said
    return out + said


@contextmanager
def _place(made: Checkout, moment: Moment) -> Iterator[tuple[Mapping[str, str], list[int]]]:
    victim: list[int] = []
    if moment.program == "api":
        with _killing_api(made, moment, victim) as profile:
            yield {"SUPABASE_PROFILE": str(profile)}, victim
        return
    real = made.root / "rehearsal" / "bin" / moment.program
    first = f'{real} "$@"' if moment.when == "after" else ":"
    program = made.root.parent / f"killing-{moment.program}"
    program.write_text(PROGRAM.format(words=moment.words, first=first, real=real))
    program.chmod(0o755)
    yield {moment.program.upper(): str(program)}, victim


@contextmanager
def _killing_api(made: Checkout, moment: Moment, victim: list[int]) -> Iterator[Path]:
    """The world's own Management API behind one that kills at a new password."""
    profile = (made.root / ".rehearsal" / "profile.yaml").read_text()
    base = next(line.split()[1] for line in profile.splitlines() if line.startswith("api_url"))

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            fatal = self.command == "PATCH" and self.path.endswith("/database/password")
            if fatal and moment.when == "before":
                os.kill(victim[0], signal.SIGKILL)
                return
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            sent = {k: v for k, v in self.headers.items() if k.lower() != "host"}
            answer = requests.request(
                self.command, base + self.path, data=body, headers=sent, timeout=60
            )
            if fatal:
                os.kill(victim[0], signal.SIGKILL)
                return
            self.send_response(answer.status_code)
            self.send_header("Content-Type", answer.headers.get("Content-Type", "text/plain"))
            self.send_header("Content-Length", str(len(answer.content)))
            self.end_headers()
            self.wfile.write(answer.content)

        do_POST = do_DELETE = do_PATCH = do_PUT = do_GET  # noqa: N815

        def log_message(self, format: str, *args: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    written = made.root.parent / "killing-profile.yaml"
    written.write_text(profile.replace(base, f"http://127.0.0.1:{server.server_port}"))
    try:
        yield written
    finally:
        server.shutdown()
        server.server_close()


def quietly(done: subprocess.CompletedProcess[str]) -> subprocess.CompletedProcess[str]:
    """The same, once it is seen that it went well."""
    assert done.returncode == 0, done.stdout + done.stderr
    return done
