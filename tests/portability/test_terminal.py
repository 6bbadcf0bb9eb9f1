"""What is shown on a terminal of 80 columns, and where there is none.

| Test | Case |
|---|---|
| lines fit | terminal, 80 columns |
| whole lines, one document | no terminal |
| no colours | no terminal; NO_COLOR on a terminal |
"""

import dataclasses
import fcntl
import json
import os
import pty
import struct
import subprocess
import termios
from collections.abc import Iterator

import pytest

from tests.portability.proof import built, erased, place
from tests.rehearsed.checkout import Checkout

ESC = "\x1b"


@pytest.fixture(scope="module")
def mirrored() -> Iterator[Checkout]:
    with place() as made:
        built(made)
        yield made
        erased(made)


def on_a_terminal(made: Checkout, *words: str, **settings: str) -> tuple[int, list[str]]:
    """Exit code and lines of a program whose every stream is a terminal 80 columns wide."""
    ours, its = pty.openpty()
    fcntl.ioctl(its, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
    environment = made.environment({"TERM": "xterm-256color", **settings})
    process = subprocess.Popen(
        made.argv(*words),
        cwd=made.root,
        env=environment,
        stdin=its,
        stdout=its,
        stderr=its,
        start_new_session=True,
    )
    os.close(its)
    with os.fdopen(ours, "rb", buffering=0) as terminal:
        shown = b"".join(iter(lambda: read(terminal.fileno()), b""))
    return process.wait(timeout=60), shown.decode().replace("\r\n", "\n").split("\n")


def read(terminal: int) -> bytes:
    try:
        return os.read(terminal, 65536)
    except OSError:  # Linux says so at its end
        return b""


@pytest.mark.parametrize("words", [("provision",), ("provision", "--dry-run"), ("status",)])
def test_lines_fit_a_terminal_of_80_columns(mirrored: Checkout, words: tuple[str, ...]) -> None:
    code, lines = on_a_terminal(mirrored, "invoke", *words)
    assert code == 0, lines
    assert len(lines) > 5
    assert not [line for line in lines if len(line) > 80]
    assert ESC not in "".join(lines)


def test_a_first_plan_fits_too_and_asks_nothing() -> None:
    with place() as made:
        code, lines = on_a_terminal(made, "invoke", "provision", "--dry-run")
        assert code == 2, lines
        assert not [line for line in lines if len(line) > 80]
        cost = next(i for i, line in enumerate(lines) if "cost a month" in line)
        assert lines[cost + 1].startswith(" " * 20), "what goes on stands below its column"
        erased(made)


def test_a_name_is_asked_for_on_a_terminal_only(mirrored: Checkout) -> None:
    refused = mirrored.run("invoke", "destroy")
    assert refused.returncode == 5
    assert "Type " not in refused.stderr + refused.stdout


def test_lines_are_whole_where_there_is_no_terminal(mirrored: Checkout) -> None:
    told = mirrored.run("invoke", "provision", env={"COLUMNS": "40"}).stdout
    assert max(map(len, told.splitlines())) > 80
    assert "cost a month" in told
    assert ESC not in told


@pytest.mark.parametrize("words", [("provision",), ("provision", "--dry-run"), ("status",)])
def test_json_is_one_document_alone(mirrored: Checkout, words: tuple[str, ...]) -> None:
    assert json.loads(mirrored.run("invoke", *words, "--json").stdout)
    quiet = ("sh", "-c", '"$@" 2>/dev/null', "sh")
    shown = dataclasses.replace(mirrored, before=quiet)
    _, lines = on_a_terminal(shown, "invoke", *words, "--json")
    assert json.loads("\n".join(lines)) == json.loads("".join(lines))


@pytest.mark.parametrize("session", ["smoke", "load"])
def test_a_session_is_plain_where_nobody_wants_colours(mirrored: Checkout, session: str) -> None:
    short = ("--", "--seconds", "6") if session == "load" else ()
    code, lines = on_a_terminal(mirrored, "nox", "-s", session, *short, NO_COLOR="1")
    assert code == 0, lines
    assert ESC not in "".join(lines), [line for line in lines if ESC in line]
    plain = mirrored.run("nox", "-s", session, *short)
    assert ESC not in plain.stdout + plain.stderr


def test_a_session_shows_colours_on_a_terminal(mirrored: Checkout) -> None:
    _, lines = on_a_terminal(mirrored, "nox", "-s", "smoke")
    assert ESC in "".join(lines)
