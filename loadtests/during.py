"""Steady traffic while a program runs: a deploy, a rollback, a migration."""

import os
import shlex
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field

from loadtests.course import Course
from loadtests.engine import drive
from loadtests.greenlets import sleep, spawn
from loadtests.latency import Recorder
from loadtests.mix import sequence
from loadtests.order import Order
from loadtests.phases import Deployed, Phase, Request, phases
from loadtests.profile import Phases
from loadtests.schedule import Departure
from staging.errors import ConfigurationError
from staging.settings import Settings

GIVEN = "STAGING_ATTACHED"
"""Names the variables that this session was given, which are not for another program."""

LOOK = 0.1
LAST_WORDS = ((signal.SIGINT, 12.0), (signal.SIGTERM, 5.0), (signal.SIGKILL, 2.0))
"""A deploy that is interrupted puts back what it can."""


class Logged(Recorder):
    """Keeps each request by when it was due."""

    def __init__(self) -> None:
        super().__init__()
        self.requests: list[Request] = []

    def record(self, name: str, *, departure: Departure, took_ms: float, error: str) -> None:
        """Add one request."""
        super().record(name, departure=departure, took_ms=took_ms, error=error)
        latency = departure.late_ms + took_ms
        due = time.perf_counter() - latency / 1000
        self.requests.append(Request(due, latency, bool(error)))


@dataclass(slots=True)
class Deed:
    """A program that is run once, in a group of its own; what it prints goes to stderr."""

    argv: tuple[str, ...]
    folder: str
    begun: float = 0.0
    ended: float = 0.0
    over: bool = False
    process: "subprocess.Popen[bytes] | None" = field(default=None)

    @property
    def exit_code(self) -> int | None:
        """None if it has not ended of its own accord."""
        return self.process.returncode if self.process and self.ended else None

    def run(self, wait: Phases) -> None:
        """Wait, run it, wait."""
        sleep(wait.before)
        self.begun = time.perf_counter()
        self.process = subprocess.Popen(
            self.argv,
            cwd=self.folder,
            env=environment(os.environ),
            stdin=subprocess.DEVNULL,
            stdout=sys.stderr,
            process_group=0,
        )
        while self.process.poll() is None:
            sleep(LOOK)
        self.ended = time.perf_counter()
        sleep(wait.after)
        self.over = True

    def stop(self) -> None:
        """End it if it is still there, politely at first."""
        process = self.process
        for number, seconds in LAST_WORDS:
            if process is None or process.poll() is not None:
                return
            with suppress(ProcessLookupError):
                os.killpg(process.pid, number)
            until = time.monotonic() + seconds
            while process.poll() is None and time.monotonic() < until:
                sleep(LOOK)


def deploy(course: Course, order: Order, settings: Settings) -> None:
    """The traffic lasts as long as the program does, and a while before and after."""
    wait = order.profile.phases
    assert wait  # the profile's schema asks for it
    executable(order.during[0], str(settings.root))
    deed = Deed(order.during, str(settings.root))
    course.view.plain()
    course.recorder = recorder = Logged()
    plan = course.plan(order, sequence(course.errands), over=lambda: deed.over)

    def once_open() -> None:
        plan.opened.wait()
        deed.run(wait)

    running = spawn(once_open)
    try:
        drive(plan, course.effort)
    finally:
        finish = time.perf_counter()
        running.kill()
        deed.stop()
        start = min((request.due for request in recorder.requests), default=finish)
        course.special = Deployed(
            command=shlex.join(order.during),
            exit_code=deed.exit_code,
            phases=_phases(recorder, deed, start=start, finish=finish),
        )


def _phases(recorder: Logged, deed: Deed, *, start: float, finish: float) -> tuple[Phase, ...]:
    begun = deed.begun or finish
    ended = deed.ended or finish
    return phases(recorder.requests, start=start, begun=begun, ended=ended, finish=finish)


def environment(own: Mapping[str, str]) -> dict[str, str]:
    """What the program gets: this session's environment without what it was itself given."""
    given = {GIVEN, *own.get(GIVEN, "").split(",")}
    return {name: text for name, text in own.items() if name not in given}


def executable(name: str, folder: str) -> None:
    """ConfigurationError unless there is such a program: before the traffic begins."""
    path = os.path.join(folder, name) if os.sep in name else name  # noqa: PTH118 - as which reads
    if not shutil.which(path):
        raise ConfigurationError(f"--during: there is no program {name}.")
