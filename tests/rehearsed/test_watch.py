"""Staging is watched: what is wrong is an alarm, told once, and over once it is mended."""

import json
import os
import pty
import select
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

import psycopg
import pytest
from jsonschema import validate

from tests.rehearsed.checkout import ROOT, Checkout
from tests.rehearsed.receiver import Receiver, receiver
from tests.waiting import until

SCHEMA = json.loads((ROOT / "staging" / "schemas" / "watch.json").read_text())
BEFORE = "[smoke]\nemail"
QUICK = f"""[alerts.blind]
for_seconds = 1

[alerts.connections]
above = 0.4
for_seconds = 0

{BEFORE}"""


@contextmanager
def watching(made: Checkout, told: Receiver) -> Iterator[subprocess.Popen[str]]:
    """`invoke watch` without a terminal, until the block ends; its output is read by then."""
    environment = made.environment({"STAGING_ALERT_WEBHOOK": told.url})
    process = subprocess.Popen(
        made.argv("invoke", "watch", "--every", "1"),
        cwd=made.root,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        process_group=0,
    )
    try:
        yield process
    finally:
        process.kill()
        process.communicate(timeout=20)


def test_one_look_is_a_document_and_says_what_is_not_known(provisioned: Checkout) -> None:
    done = provisioned.run("invoke", "watch", "--json")
    found = json.loads(done.stdout)
    validate(found, SCHEMA)
    states = {each["name"]: each["state"] for each in found["alerts"]}
    assert states.pop("certificate") == "unknown", "there was no `invoke parity` yet"
    assert set(states.values()) == {"clear"}
    assert done.returncode == 6, done.stderr
    assert found["samples"] == 20
    assert found["figures"]["monthly_usd"] == 18.5
    assert provisioned.run("invoke", "parity").returncode == 0
    after = provisioned.run("invoke", "watch", "--once")
    assert after.returncode == 0, after.stdout + after.stderr


@pytest.fixture(scope="module")
def alarmed(provisioned: Checkout) -> Checkout:
    """Staging whose alarms are raised sooner than is usual."""
    provisioned.edit(BEFORE, QUICK)
    return provisioned


@pytest.mark.nightly
def test_an_accident_is_an_alarm_that_is_told_once_and_over(alarmed: Checkout) -> None:
    with receiver(refuses=1) as told, watching(alarmed, told) as process:
        drill = alarmed.run("invoke", "drill", "database-away")
        assert drill.returncode == 0, drill.stdout + drill.stderr
        until(lambda: told.told("blind") == ["fired", "cleared"])
        time.sleep(3)  # two more looks, which have nothing to tell
        process.send_signal(signal.SIGINT)
        shown, _ = process.communicate(timeout=20)
    assert process.returncode == 130
    assert told.told("blind") == ["fired", "cleared"]
    assert [each["state"] for each in told.refused] == ["fired"], "sent again, not given up"
    assert "!blind" in shown
    assert "!" not in shown.splitlines()[-2], shown
    assert "the-secret-part" not in shown


def test_connections_that_are_taken_are_an_alarm_until_they_are_free(alarmed: Checkout) -> None:
    url = alarmed.run("invoke", "database.url").stdout.strip()
    with receiver() as told, watching(alarmed, told) as process:
        with ExitStack() as taken:
            for _ in range(40):
                taken.enter_context(psycopg.connect(url, connect_timeout=10))
            until(lambda: told.told("connections") == ["fired"])
        until(lambda: told.told("connections") == ["fired", "cleared"])
        process.send_signal(signal.SIGINT)
        shown, _ = process.communicate(timeout=20)
    assert process.returncode == 130
    assert "!connections" in shown
    assert "told: blue-banded-bee-staging: connections fired" in shown
    assert "the-secret-part" not in shown


def test_ctrl_c_gives_the_terminal_back_as_it_was(provisioned: Checkout) -> None:
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        provisioned.argv("invoke", "watch", "--every", "1"),
        cwd=provisioned.root,
        env=provisioned.environment({"TERM": "xterm", "COLUMNS": "100", "LINES": "40"}),
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        process_group=0,
    )
    os.close(theirs)
    shown = read(ours, until="Alarms")
    process.send_signal(signal.SIGINT)
    shown += read(ours, until="Interrupted.")
    assert process.wait(20) == 130
    os.close(ours)
    assert shown.startswith("\x1b[?1049h\x1b[?25l\x1b[H")
    assert shown.rstrip().endswith("\x1b[?25h\x1b[?1049lInterrupted.")
    assert "…" not in shown, "progress would spoil the screen"


def read(terminal: int, *, until: str) -> str:
    deadline, shown = time.monotonic() + 30, ""
    while until not in shown and time.monotonic() < deadline:
        if select.select([terminal], [], [], 0.5)[0]:
            shown += os.read(terminal, 65536).decode()
    assert until in shown, shown
    return shown
