"""Worlds come up, go down, are killed, and leave nothing behind."""

import os
import signal
import subprocess
import sys
from pathlib import Path

from tests.rehearsal.worlds import ROOT, World, world
from tests.waiting import until


def rows(made: World) -> object:
    with made.production() as connection:
        return connection.execute("select count(*) from public.pages").fetchone()


def test_down_leaves_no_process_and_up_brings_everything_back(tmp_path: Path) -> None:
    with world(tmp_path / "home") as made:
        before, had = made.environment(), rows(made)
        made.run("down")
        assert made.processes() == set()
        assert not (made.home / "world.json").exists()
        assert made.state()["place"] == ""
        made.up()
        assert (made.environment(), rows(made)) == (before, had)


def test_a_world_that_was_killed_comes_up_again(tmp_path: Path) -> None:
    with world(tmp_path / "home") as made:
        before, had = made.environment(), rows(made)
        os.kill(made.pid(), signal.SIGKILL)
        made.up()
        assert (made.environment(), rows(made)) == (before, had)


def test_nothing_outlives_a_supervisor_that_is_killed(tmp_path: Path) -> None:
    with world(tmp_path / "home") as made:
        os.kill(made.pid(), signal.SIGKILL)
        until(lambda: made.processes() == set())


def test_erase_removes_what_a_killed_world_left(tmp_path: Path) -> None:
    with world(tmp_path / "home") as made:
        place = Path(made.state()["place"] or made.home)
        os.kill(made.pid(), signal.SIGKILL)
        until(lambda: made.processes() == set())
        assert made.run("down", "--erase").returncode == 0
        assert not place.exists()


def test_a_birth_that_was_interrupted_is_begun_anew(tmp_path: Path) -> None:
    home = tmp_path / "home"
    environment = {**os.environ, "REHEARSAL_HOME": str(home)}
    argv = [sys.executable, "-m", "rehearsal.supervisor"]
    process = subprocess.Popen(argv, cwd=ROOT, env=environment, stderr=subprocess.DEVNULL)
    until(lambda: list((home / "logs").glob("postgres-*.log")))
    process.kill()
    process.wait(timeout=10)
    with world(home) as made:
        places = [made.home / "postgres", Path(made.state()["place"] or made.home) / "postgres"]
        data = [each.name for place in places if place.exists() for each in place.iterdir()]
        assert data == list(made.state()["projects"])
        assert rows(made) != (0,)


def test_a_second_supervisor_says_that_there_is_one(tmp_path: Path) -> None:
    with world(tmp_path / "home") as made:
        second = subprocess.run(
            [sys.executable, "-m", "rehearsal.supervisor"],
            cwd=ROOT,
            env={**os.environ, "REHEARSAL_HOME": str(made.home)},
            capture_output=True,
            text=True,
            timeout=20,
        )
        assert second.returncode == 1
        assert "Another supervisor holds" in second.stderr


def test_two_worlds_at_once_share_nothing(tmp_path: Path) -> None:
    with world(tmp_path / "one") as one, world(tmp_path / "two") as two:
        ours, theirs = one.status(), two.status()
        assert ours["apps"][0]["address"] != theirs["apps"][0]["address"]
        assert ours["projects"][0]["database"] != theirs["projects"][0]["database"]
        assert (
            one.environment()["SUPABASE_ACCESS_TOKEN"] != two.environment()["SUPABASE_ACCESS_TOKEN"]
        )


def test_a_world_whose_folder_is_deleted_ends_itself(tmp_path: Path) -> None:
    with world(tmp_path / "home") as made:
        running, place = made.processes(), made.state()["place"]
        assert made.pid() in running
        made.home.rename(tmp_path / "gone")
        until(lambda: not any(Path(f"/proc/{each}").exists() for each in running))
        assert not made.home.exists()
        assert not place or not Path(place).exists()


def test_down_without_a_world_says_so(tmp_path: Path) -> None:
    done = World(tmp_path / "home").run("down")
    assert (done.returncode, done.stdout) == (0, "The rehearsal was not running.\n")
