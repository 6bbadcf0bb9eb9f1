"""The rehearsal's world by its own commands: it comes, goes, comes back, leaves nothing."""

import json
import os
import signal
import stat
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest

ROOT = Path(__file__).parents[2]


class Place:
    """A folder for a world, and the commands run on it."""

    def __init__(self, home: Path) -> None:
        self.home = home

    def run(self, *words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "rehearsal", *words],
            cwd=ROOT,
            env={"PATH": os.environ["PATH"], "REHEARSAL_HOME": str(self.home)},
            capture_output=True,
            text=True,
            timeout=120,
        )

    def status(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.run("status", "--json").stdout)
        return found

    def variable(self, name: str) -> str:
        lines = (self.home / "environment").read_text().splitlines()
        return next(line.partition("=")[2] for line in lines if line.startswith(f"{name}="))

    def processes(self) -> list[str]:
        found = []
        for folder in Path("/proc").glob("[0-9]*"):
            try:
                words = (folder / "cmdline").read_bytes() + (folder / "environ").read_bytes()
                state = (folder / "stat").read_text().rpartition(")")[2].split()[0]
            except OSError:
                continue
            if str(self.home).encode() in words and state != "Z":
                found.append(folder.name)
        return found


@pytest.fixture
def place() -> Iterator[Place]:
    with tempfile.TemporaryDirectory(prefix="rehearsal-test-") as name:
        Path(name).chmod(0o711)  # the servers may have to run as another user
        made = Place(Path(name, "world"))
        yield made
        made.run("down", "--erase")


@pytest.fixture
def up(place: Place) -> Place:
    done = place.run("up")
    assert done.returncode == 0, done.stderr
    return place


def test_production_is_there_with_its_rows(up: Place) -> None:
    status = up.status()
    assert [app["app"] for app in status["apps"]] == ["blue-banded-bee"]
    assert [project["name"] for project in status["projects"]] == ["blue-banded-bee"]
    with psycopg.connect(up.variable("PRODUCTION_DATABASE_URL"), connect_timeout=10) as reader:
        assert reader.execute("select count(*) from public.users").fetchone() == (20,)
        history = "select count(*) > 3 from supabase_migrations.schema_migrations"
        assert reader.execute(history).fetchone() == (True,)


def test_the_reader_cannot_write(up: Place) -> None:
    with (
        psycopg.connect(up.variable("PRODUCTION_DATABASE_URL"), connect_timeout=10) as reader,
        pytest.raises(psycopg.errors.ReadOnlySqlTransaction),
    ):
        reader.execute("delete from public.users")


def test_what_it_writes_is_for_this_user_only(up: Place) -> None:
    for name in ("environment", "world.json", "state/supabase.json", "state/fly.json"):
        assert stat.S_IMODE((up.home / name).stat().st_mode) == 0o600, name


def test_down_leaves_no_process_and_up_brings_the_same_world_back(up: Place) -> None:
    before, url = up.status(), up.variable("PRODUCTION_DATABASE_URL")
    assert up.run("down").returncode == 0
    assert up.processes() == []
    assert up.run("status").returncode == 3
    assert up.run("up").returncode == 0
    after = up.status()
    assert up.variable("PRODUCTION_DATABASE_URL") == url
    assert after["apps"][0]["address"] == before["apps"][0]["address"]
    assert after["apps"][0]["machines"][0]["state"] == "started"


def test_a_killed_world_comes_back(up: Place) -> None:
    os.kill(up.status()["pid"], signal.SIGKILL)
    done = up.run("up")
    assert done.returncode == 0, done.stderr
    with psycopg.connect(up.variable("PRODUCTION_DATABASE_URL"), connect_timeout=10) as reader:
        assert reader.execute("select count(*) from public.users").fetchone() == (20,)
    assert up.run("down").returncode == 0
    assert up.processes() == []


def test_a_world_ends_with_its_folder(up: Place) -> None:
    pid = up.status()["pid"]
    subprocess.run(["rm", "-rf", str(up.home)], check=True, timeout=30)
    deadline = time.monotonic() + 20
    while Path(f"/proc/{pid}").exists() and time.monotonic() < deadline:
        time.sleep(0.2)
    assert up.processes() == []


def test_down_without_a_world_says_so(place: Place) -> None:
    done = place.run("down")
    assert done.returncode == 0
    assert "was not running" in done.stdout
