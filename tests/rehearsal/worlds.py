"""Worlds of a test's own: a supervisor with everything below it, in a folder that goes away."""

import contextlib
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True, slots=True)
class World:
    """A rehearsal in a folder, driven by its own commands."""

    home: Path

    def run(self, *words: str) -> subprocess.CompletedProcess[str]:
        """`python -m rehearsal …`."""
        return subprocess.run(
            [sys.executable, "-m", "rehearsal", *words],
            cwd=ROOT,
            env={**os.environ, "REHEARSAL_HOME": str(self.home)},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=120,
        )

    def up(self) -> None:
        done = self.run("up")
        assert done.returncode == 0, done.stderr

    def pid(self) -> int:
        return int(json.loads((self.home / "world.json").read_text())["pid"])

    def state(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads((self.home / "state" / "supabase.json").read_text())
        return found

    def status(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.run("status", "--json").stdout)
        return found

    def environment(self) -> dict[str, str]:
        lines = (self.home / "environment").read_text().splitlines()
        return {name: text for name, _, text in (line.partition("=") for line in lines)}

    def production(self) -> psycopg.Connection[tuple[Any, ...]]:
        """A connection as the role that can only read."""
        url = self.environment()["PRODUCTION_DATABASE_URL"]
        return psycopg.connect(url, connect_timeout=5, autocommit=True)

    def processes(self) -> set[int]:
        """The processes that work for this world, wherever its databases are."""
        places = [str(self.home), self.state()["place"] or str(self.home)]
        found = set()
        for folder in Path("/proc").glob("[0-9]*"):
            try:
                state = (folder / "stat").read_text().rpartition(")")[2].split()[0]
                words = (folder / "cmdline").read_bytes() + (folder / "environ").read_bytes()
            except OSError:
                continue
            if state != "Z" and any(place.encode() in words for place in places):
                found.add(int(folder.name))
        return found - {os.getpid()}


@contextmanager
def world(home: Path) -> Iterator[World]:
    """A world that is up; it is taken down and erased afterwards."""
    made = World(home)
    try:
        made.up()
        yield made
    finally:
        place = ""
        with contextlib.suppress(OSError):
            place = made.state()["place"]
        if home.exists():
            made.run("down", "--erase")
        if place:  # of a world that was killed
            shutil.rmtree(place, ignore_errors=True)
