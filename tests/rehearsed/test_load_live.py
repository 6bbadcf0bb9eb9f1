"""What is shown while a run goes on: on a terminal, and where there is none."""

import fcntl
import os
import pty
import re
import struct
import termios
from pathlib import Path

import pytest

from tests.rehearsed.load_site import finish, serve, start

AWAY = re.compile(r"\x1b\[(\d)F\x1b\[J")
COLUMNS = 60


def on_a_terminal(folder: Path, *arguments: str, **more: str) -> str:
    """What a run writes to a stderr that is a terminal."""
    ours, its = pty.openpty()
    fcntl.ioctl(its, termios.TIOCSWINSZ, struct.pack("HHHH", 24, COLUMNS, 0, 0))
    with serve() as site:
        env = {"STAGING_BASE_URL": site.url, "TERM": "xterm", **more}
        run = start(folder, *arguments, env=env, stderr=its)
        os.close(its)
        shown = b"".join(iter(lambda: _read(ours), b""))
        code, out, _ = finish(run)
    os.close(ours)
    assert (code, "\x1b" in out) == (0, False), out
    return shown.decode().replace("\r\n", "\n")


def _read(terminal: int) -> bytes:
    try:
        return os.read(terminal, 65536)
    except OSError:  # Linux says so at its end
        return b""


def screen(written: str) -> list[str]:
    """The lines that are left on a screen."""
    left: list[str] = []
    for part in re.split(r"(\x1b\[\dF\x1b\[J)", written):
        if away := AWAY.fullmatch(part):
            del left[-int(away[1]) :]
        else:
            left += part.splitlines()
    return left


def test_a_terminal_shows_rate_latency_errors_and_verdict_in_place(tmp_path: Path) -> None:
    written = on_a_terminal(tmp_path, "--seconds", "3", "--rate", "20")
    plain = re.sub(r"\x1b\[\d+m", "", written)
    assert len(AWAY.findall(written)) >= 4
    assert re.search(r"rate +\d+\.\d/s of 20\.0/s planned", plain)
    assert re.search(r"latency p50 \d+, p95 \d+, p99 \d+ ms", plain)
    assert "errors         0 (0.00 %)" in plain
    assert "\x1b[33m  so far: invalid (" in written
    assert re.search(r"\x1b\[32m  so far: pass \(\d+ samples\)\x1b\[0m", written)
    assert max(map(len, plain.splitlines()[1:])) < COLUMNS
    assert len(screen(written)) == 1, "nothing stays but what was announced"


@pytest.mark.parametrize("unwanted", ["NO_COLOR", "CI"])
def test_who_wants_no_colours_gets_lines(tmp_path: Path, unwanted: str) -> None:
    written = on_a_terminal(tmp_path, "--seconds", "3", "--rate", "20", **{unwanted: "1"})
    assert "\x1b" not in written
    assert re.search(r"  2 of 3 s: \d+\.\d/s, p95 \d+ ms, 0 errors, so far: pass", written)
