"""The first call starts the world, `python -m rehearsal` stops it, and interrupts leave nothing."""

import os
import shutil
import signal
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.contract import flyplay
from tests.waiting import until

SUPERVISOR = """
import asyncio, os, sys, time
from pathlib import Path
from tests.contract.flyhost import serve
home = Path(os.environ["REHEARSAL_HOME"])
if (home / "hangs").exists():
    (home / "pid").write_text(str(os.getpid()))
    time.sleep(60)
if (home / "breaks").exists():
    sys.exit("the reason is here")
asyncio.run(serve(home))
"""


@dataclass(frozen=True, slots=True)
class Checkout:
    """A copy of the checkout with a supervisor that holds the Fly half alone."""

    path: Path
    home: Path

    @property
    def environment(self) -> dict[str, str]:
        return {
            "PATH": os.environ["PATH"],
            "REHEARSAL_HOME": str(self.home),
            "REHEARSAL_PYTHON": sys.executable,
            "PYTHONPATH": str(self.path),
            "FLY_API_TOKEN": "any",
        }

    def start(self, *argv: str) -> "subprocess.Popen[str]":
        return subprocess.Popen(
            argv,
            env=self.environment,
            cwd=self.path,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def flyctl(self, *argv: str) -> "subprocess.Popen[str]":
        return self.start(str(self.path / "rehearsal" / "bin" / "flyctl"), *argv)

    def rehearsal(self, *argv: str) -> tuple[int, str]:
        done = self.start(sys.executable, "-m", "rehearsal", *argv)
        out, err = done.communicate(timeout=60)
        return done.returncode, out + err


@pytest.fixture
def checkout(tmp_path: Path) -> Checkout:
    found = Checkout(tmp_path / "checkout", tmp_path / "home")
    for folder in ("rehearsal", "tests/contract"):
        shutil.copytree(flyplay.CHECKOUT / folder, found.path / folder)
    (found.path / "rehearsal" / "supervisor.py").write_text(SUPERVISOR)
    found.home.mkdir()
    return found


def test_two_first_calls_start_one_world(checkout: Checkout) -> None:
    calls = [checkout.flyctl("auth", "whoami") for _ in range(2)]
    answers = [call.communicate(timeout=60)[1] for call in calls]
    assert all("You must be authenticated" in answer for answer in answers)
    code, shown = checkout.rehearsal("up")
    assert code == 0, shown
    assert checkout.rehearsal("status")[0] == 0
    assert checkout.rehearsal("down", "--erase")[0] == 0
    assert not checkout.home.exists()


def test_down_and_status_of_a_stopped_world_say_so(checkout: Checkout) -> None:
    assert checkout.rehearsal("status") == (3, "The rehearsal is down.\n")
    (checkout.home / "world.json").write_text('{"pid": 1, "url": "http://127.0.0.1:9", "key": "k"}')
    assert checkout.rehearsal("down") == (0, "The rehearsal was not running.\n")
    assert not (checkout.home / "world.json").exists()


def test_a_folder_that_holds_no_rehearsal_is_not_erased(checkout: Checkout) -> None:
    (checkout.home / "letter.txt").write_text("dear")
    code, shown = checkout.rehearsal("down", "--erase")
    assert code == 1
    assert "holds no rehearsal" in shown


def test_a_world_that_does_not_start_shows_why(checkout: Checkout) -> None:
    (checkout.home / "breaks").touch()
    call = checkout.flyctl("auth", "whoami")
    _, told = call.communicate(timeout=60)
    assert call.returncode == 1
    assert "the reason is here" in told


def test_an_interrupted_start_ends_the_supervisor(checkout: Checkout) -> None:
    (checkout.home / "hangs").touch()
    call = checkout.flyctl("auth", "whoami")
    until(lambda: (checkout.home / "pid").exists() and (checkout.home / "pid").read_text())
    call.send_signal(signal.SIGINT)
    assert call.wait(timeout=30) == 127
    call.communicate(timeout=5)
    pid = int((checkout.home / "pid").read_text())
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)
