"""What survival means: run again it completes, nothing is there twice, nothing is left over."""

import json
import os
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import psycopg

from rehearsal import standin
from tests.rehearsed.checkout import Checkout, checkout

NAME = "blue-banded-bee-staging"
DOCUMENTED = {1, 3, 4, 5, 6}
FIRST, AGAIN = 120.0, 120.0  # seconds
SHORT = "0.05"
"""STAGING_TIMEOUT_FACTOR that makes time limits worth waiting for."""

QUICKLY = 10.0
"""Seconds within which all that a killed run had started is gone."""


@dataclass(frozen=True, slots=True)
class Place:
    """A checkout whose world is up, with temporary files of its own."""

    made: Checkout
    aside: Path
    before: frozenset[int]

    def provision(
        self,
        env: dict[str, str] | None = None,
        *,
        timeout: float = AGAIN,
        words: str = "",
        before: tuple[str, ...] = (),
    ) -> subprocess.CompletedProcess[str]:
        """`invoke provision`, bounded in time."""
        given = ["invoke", "provision", *words.split()]
        made = replace(self.made, before=before)
        return made.run(*given, env=env or {}, timeout=timeout)


@contextmanager
def place() -> Iterator[Place]:
    """A fresh checkout with its world."""
    with checkout("checkout") as fresh:
        temporary, aside = fresh.root.parent / "tmp", fresh.root.parent / "aside"
        for each in (temporary, aside):
            each.mkdir()
            each.chmod(0o1777)
        made = replace(fresh, settings={"TMPDIR": str(temporary)})
        assert made.run("rehearsal", "up").returncode == 0
        yield Place(made, aside, frozenset(made.processes()))


def begun(where: Place, env: dict[str, str]) -> subprocess.Popen[str]:
    """`invoke provision`, started."""
    return subprocess.Popen(
        where.made.argv("invoke", "provision"),
        cwd=where.made.root,
        env=where.made.environment(env),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def ended(running: subprocess.Popen[str]) -> subprocess.CompletedProcess[str]:
    """The run, waited for."""
    out, err = running.communicate(timeout=AGAIN)
    return subprocess.CompletedProcess(running.args, running.returncode, out, err)


def killed(done: subprocess.CompletedProcess[str]) -> None:
    """The run was killed, as the case wants it."""
    assert done.returncode == -9, f"the fault did not strike: {done.returncode} {done.stderr}"


def told(where: Place, done: subprocess.CompletedProcess[str], *, says: str = "") -> None:
    """The run ended by itself, with one clear error that shows no secret."""
    assert done.returncode in DOCUMENTED, f"{done.returncode}: {done.stderr}{done.stdout}"
    assert "Traceback" not in done.stderr + done.stdout, done.stderr
    assert done.stderr.strip(), "nothing was said"
    assert says.lower() in done.stderr.lower(), done.stderr
    shown = [name for name, text in secrets(where).items() if text in done.stderr + done.stdout]
    assert not shown, f"{shown} in what was printed"


def told_or_absorbed(
    where: Place, done: subprocess.CompletedProcess[str], *, says: str = ""
) -> None:
    """The run tells what was wrong, unless it got over it by itself and completed."""
    if done.returncode != 0:
        told(where, done, says=says)
    assert "Traceback" not in done.stderr + done.stdout


def survives(where: Place) -> None:
    """Once the fault is gone, running again completes, and leaves just what should be."""
    nobody_left(where)
    again = where.provision()
    assert again.returncode == 0, f"{again.returncode}: {again.stderr}{again.stdout}"
    third = where.provision()
    assert third.returncode == 0, third.stderr
    assert "Nothing to do" in third.stdout, third.stdout
    one_of_each(where)
    password_works(where)
    nobody_left(where)
    assert not left_behind(where)


def one_of_each(where: Place) -> None:
    """Production's app and project, and staging's: no third."""
    found = world(where)
    assert sorted(app["app"] for app in found["apps"]) == ["blue-banded-bee", NAME]
    assert sorted(each["name"] for each in found["projects"]) == ["blue-banded-bee", NAME]
    assert [len(app["machines"]) for app in found["apps"]] == [1, 1]


def password_works(where: Place) -> None:
    """The password that is kept opens the database."""
    with connected(where) as connection:
        assert connection.execute("select count(*) from public.plans").fetchone() == (5,)


def connected(where: Place) -> psycopg.Connection[tuple[Any, ...]]:
    """Staging's database with the password that is kept."""
    return psycopg.connect(
        host="127.0.0.1",
        port=next(p["database"]["port"] for p in world(where)["projects"] if p["name"] == NAME),
        user="postgres",
        dbname="postgres",
        password=password(where),
        connect_timeout=10,
        autocommit=True,
    )


def password(where: Place) -> str:
    """The password as it is kept."""
    kept = json.loads((where.made.root / ".staging" / "credentials.json").read_text())
    return str(kept[f"rehearsal/{NAME}"]["database_password"])


def world(where: Place) -> dict[str, Any]:
    """What is there, by the world's own word."""
    named = standin.named(where.made.root / ".rehearsal")
    assert named
    _, found = named.call("GET", "/rehearsal/status", timeout=10)
    assert isinstance(found, dict)
    return found


def nobody_left(where: Place) -> None:
    """Whatever the run had started is gone; the world's own processes may stay."""
    deadline = time.monotonic() + QUICKLY
    while left := strangers(where):
        assert time.monotonic() < deadline, f"still there: {left}"
        time.sleep(0.1)


def strangers(where: Place) -> dict[int, str]:
    """Processes that work for the checkout and are not the world's."""
    found = {}
    for pid in where.made.processes() - where.before:
        try:
            text = Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode()
            ours = descends(pid, where.before)
        except OSError:
            continue
        if not ours:
            found[pid] = text
    return found


def descends(pid: int, ancestors: frozenset[int]) -> bool:
    """Whether a process was started by one of these, or by one that they started."""
    while pid > 1 and pid not in ancestors:
        stat = Path(f"/proc/{pid}/stat").read_text()
        pid = int(stat.rpartition(")")[2].split()[1])
    return pid in ancestors


def left_behind(where: Place) -> list[str]:
    """Temporary files, and parts of files."""
    temporary = Path(where.made.settings["TMPDIR"] or "")
    parts = [*where.made.root.glob("*.part"), *where.made.root.glob(".staging/*.part")]
    return [str(each) for each in (*temporary.iterdir(), *parts)]


def secrets(where: Place) -> dict[str, str]:
    """All that must never be shown, by name."""
    home = where.made.root
    lines = (home / ".rehearsal" / "environment").read_text().splitlines()
    pairs = {name: text for name, _, text in (line.partition("=") for line in lines)}
    found = {name: text for name, text in pairs.items() if "TOKEN" in name or "DSN" in name}
    found |= {name: text for name, text in pairs.items() if name == "PRODUCTION_DATABASE_URL"}
    kept = home / ".staging" / "credentials.json"
    if os.access(kept, os.R_OK):
        for entry in json.loads(kept.read_text() or "{}").values():
            found["database password"] = entry["database_password"]
    return found
