"""`nox -s smoke` and `nox -s load` as a person runs them, on a mirror that has been built."""

import json
import os
import signal
import time
from pathlib import Path

import pytest

from rehearsal.production import SENTRY
from tests.leaks import Search
from tests.rehearsed.checkout import Checkout

SHORT = ("--", "--seconds", "6")


def verdict(checkout: Checkout, name: str) -> str:
    found = json.loads((checkout.root / "reports" / f"{name}.json").read_text())
    return str(found["verdict"])


def test_smoke_passes_on_the_mirror(provisioned: Checkout) -> None:
    done = provisioned.run("nox", "-s", "smoke")
    assert done.returncode == 0, done.stdout
    assert verdict(provisioned, "smoke") == "pass"
    assert (provisioned.root / "reports" / "smoke.xml").exists()


def test_load_passes_on_the_mirror(provisioned: Checkout) -> None:
    done = provisioned.run("nox", "-s", "load", *SHORT)
    assert done.returncode == 0, done.stdout
    assert verdict(provisioned, "load") == "pass"


def test_load_fails_when_the_objectives_are_tighter_than_what_is(provisioned: Checkout) -> None:
    provisioned.edit("p50_ms = 250", "p50_ms = 0.01")
    try:
        done = provisioned.run("nox", "-s", "load", *SHORT)
    finally:
        provisioned.edit("p50_ms = 0.01", "p50_ms = 250")
    assert done.returncode == 1, done.stdout
    assert verdict(provisioned, "load") == "fail"


def test_load_is_invalid_when_nothing_answers(provisioned: Checkout) -> None:
    nowhere = {"STAGING_BASE_URL": "http://127.0.0.1:9", "STAGING_ACCESS_TOKEN": "t"}
    done = provisioned.run("nox", "-s", "load", *SHORT, env=nowhere)
    assert done.returncode == 6, done.stdout
    assert verdict(provisioned, "load") == "invalid"


def test_smoke_fails_when_nothing_answers(provisioned: Checkout) -> None:
    nowhere = {"STAGING_BASE_URL": "http://127.0.0.1:9", "STAGING_ACCESS_TOKEN": "t"}
    done = provisioned.run("nox", "-s", "smoke", env={**nowhere, "STAGING_WAKE_SECONDS": "1"})
    assert done.returncode == 1, done.stdout
    assert verdict(provisioned, "smoke") == "fail"


def test_smoke_without_a_token_proves_too_little(provisioned: Checkout) -> None:
    status = json.loads(provisioned.run("invoke", "status", "--json").stdout)
    done = provisioned.run("nox", "-s", "smoke", env={"STAGING_BASE_URL": status["app"]["url"]})
    assert done.returncode == 6, done.stdout
    assert verdict(provisioned, "smoke") == "invalid"


def named(process: int) -> str:
    """The words that a process was started with; empty if it is gone."""
    try:
        return Path(f"/proc/{process}/cmdline").read_text().replace("\0", " ").strip()
    except OSError:
        return ""


@pytest.mark.parametrize("session", ["smoke", "load"])
def test_an_interrupted_session_leaves_nobody(provisioned: Checkout, session: str) -> None:
    before = provisioned.processes()
    running = provisioned.start("nox", "-s", session)
    time.sleep(4)
    os.killpg(running.pid, signal.SIGINT)  # as a terminal does
    running.communicate(timeout=40)
    assert running.returncode != 0
    left = [named(each) for each in provisioned.processes() - before]
    # The application's own pool may have opened another connection meanwhile.
    assert [name for name in left if name and not name.startswith("postgres:")] == []


@pytest.mark.nightly
def test_no_session_tells_a_secret(provisioned: Checkout) -> None:
    search = Search(provisioned.root, public=frozenset({SENTRY}))
    search.learn_all()
    for name in ("smoke", "load"):
        done = provisioned.run("nox", "-s", name, *(SHORT if name == "load" else ()))
        search.hear(done.stdout, done.stderr, of=name)
        reports = [file.read_text() for file in (provisioned.root / "reports").iterdir()]
        for text in [done.stdout, *reports]:
            assert "eyJ" not in text  # how every token of Supabase Auth begins
    assert search.scan() == []
    assert len(search.sought) > 5, search.summary()
