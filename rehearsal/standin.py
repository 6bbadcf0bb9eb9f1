"""What both stand-in programs share: finding or starting the world, calling it, recording.

Standard library only, and little of it, because each stand-in call pays for these imports.
"""

import contextlib
import json
import os
import socket
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

CHECKOUT = Path(__file__).resolve().parent.parent
ANSWERS_WITHIN = 2.0


class RehearsalError(Exception):
    """The world cannot be found, started or reached; its text is for the user."""


# A NamedTuple because the import of dataclasses would be a third of a stand-in's start.
class World(NamedTuple):
    """A running supervisor as world.json names it."""

    home: Path
    pid: int
    url: str
    key: str

    def call(
        self,
        method: str,
        path: str,
        *,
        body: object = None,
        headers: Mapping[str, str] | None = None,
        timeout: float,
    ) -> tuple[int, Any]:
        """Return status and decoded JSON (text when it is none); RehearsalError when unreachable.

        The control key is sent to `/rehearsal/` only; other paths get the caller's headers alone.
        """
        sent = {"Accept": "application/json", **(headers or {})}
        if path.startswith("/rehearsal/"):
            sent["Authorization"] = f"Bearer {self.key}"
        data = None
        if body is not None:
            data = json.dumps(body).encode()
            sent["Content-Type"] = "application/json"
        try:
            status, raw = self._exchange(f"{method} {path}", sent, data or b"", timeout=timeout)
        except (OSError, ValueError, IndexError) as error:
            raise RehearsalError(
                f"the rehearsal does not answer {method} {path}: {error}"
            ) from error
        return status, _decoded(raw)

    def _exchange(
        self, request: str, headers: Mapping[str, str], body: bytes, *, timeout: float
    ) -> tuple[int, bytes]:
        # HTTP/1.0 by hand: importing http.client costs as long as everything else together.
        host, _, port = self.url.removeprefix("http://").rstrip("/").partition(":")
        sent = {"Host": f"{host}:{port}", **headers, "Content-Length": str(len(body))}
        head = "".join(f"{name}: {value}\r\n" for name, value in sent.items())
        limit = time.monotonic() + timeout
        with socket.create_connection((host, int(port)), timeout=timeout) as connection:
            connection.sendall(f"{request} HTTP/1.0\r\n{head}\r\n".encode() + body)
            answer = bytearray()
            while part := connection.recv(65536):
                answer += part
                connection.settimeout(max(limit - time.monotonic(), 0.001))
        status, _, content = bytes(answer).partition(b"\r\n\r\n")
        return int(status.split(b" ", 2)[1]), content


def _decoded(raw: bytes) -> object:
    if not raw:
        return None
    try:
        return json.loads(raw)
    except ValueError:
        return raw.decode(errors="replace")


def home() -> Path:
    """Return the world's folder: REHEARSAL_HOME, else .rehearsal in the checkout."""
    named = os.environ.get("REHEARSAL_HOME")
    return Path(named).absolute() if named else CHECKOUT / ".rehearsal"


def connect() -> World:
    """Return the running world, starting its supervisor when there is none.

    Raises RehearsalError when it cannot be started; the end of its log is in the text.
    """
    found = running()
    if found:
        return found
    from rehearsal import lifecycle

    return lifecycle.start(home())


def running() -> World | None:
    """Return the world if one is up and answers; never starts one."""
    world = named(home())
    if world is None:
        return None
    try:
        status, _ = world.call("GET", "/rehearsal/status", timeout=ANSWERS_WITHIN)
    except RehearsalError:
        return None
    return world if status == 200 else None


def record(program: str, argv: Sequence[str]) -> bool:
    """Append one call to calls.jsonl (argv without the program's name); False without a folder."""
    line = json.dumps({"program": program, "argv": list(argv), "time": time.time()}) + "\n"
    with contextlib.suppress(OSError):
        append = os.O_WRONLY | os.O_APPEND | os.O_CREAT
        descriptor = os.open(home() / "calls.jsonl", append, 0o600)
        with os.fdopen(descriptor, "w") as calls:
            calls.write(line)
        return True
    return False


def down() -> bool:
    """Stop the world and wait until its supervisor is gone; False when none was running.

    A supervisor that does not end in time is killed with everything below it.
    """
    from rehearsal import lifecycle

    return lifecycle.stop(home())


def named(folder: Path) -> World | None:
    """Return the world as world.json in the folder names it, whether or not it still runs."""
    try:
        found = json.loads((folder / "world.json").read_text())
        return World(folder, int(found["pid"]), str(found["url"]), str(found["key"]))
    except (OSError, ValueError, KeyError, TypeError):
        return None
