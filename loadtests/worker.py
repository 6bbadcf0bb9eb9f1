"""`python -m loadtests.worker`: one process of several that carry a run together.

It is told what to do by its stdin, a message a line, and tells by its stdout; when either ends,
so does it. Its token comes that way too, so that no list of processes shows it.
"""

import os
import sys
import time
from dataclasses import dataclass, field
from itertools import count, islice
from typing import Any

from loadtests.engine import Effort, drive
from loadtests.greenlets import BoundedSemaphore, FileObject, spawn
from loadtests.latency import Recorder
from loadtests.ledger import Ledger
from loadtests.mix import blocks, mixed, sequence
from loadtests.schedule import Schedule, Stage
from loadtests.visitor import Plan
from loadtests.wire import heard, line, packed
from staging.secret import Secret


@dataclass(slots=True)
class Wire:
    """Both directions; `said` tells whether the run is to end."""

    given: Any = field(default_factory=lambda: FileObject(0, "rb"))
    said: Any = field(default_factory=lambda: FileObject(1, "wb", buffering=0))
    over: bool = False
    turn: Any = field(default_factory=BoundedSemaphore)

    def tell(self, kind: str, **what: Any) -> None:
        """Say something; whoever cannot hear it any more does not need it."""
        rest = memoryview(line(kind, **what))
        with self.turn:  # a pipe takes 64 KiB at once: the rest waits, and no other line between
            try:
                while rest:
                    rest = rest[self.said.write(rest) :]
            except OSError:
                os._exit(1)

    def hear(self) -> dict[str, Any]:
        """The next message; the end of them is the end of this process."""
        if raw := self.given.readline():
            return heard(raw)
        os._exit(1)

    def begin(self) -> float:
        """Say that all are ready, tell the time as often as asked, hear when to begin."""
        self.tell("ready")
        while (message := self.hear())["kind"] != "begin":
            self.tell("clock", at=time.perf_counter())
        spawn(self._listen)
        return float(message["at"])

    def _listen(self) -> None:
        while self.hear()["kind"] != "stop":
            pass
        self.over = True


class Told(Ledger):
    """Tells of each job at once, so that it can be ended whatever becomes of this process."""

    def __init__(self, wire: Wire) -> None:
        super().__init__()
        self._wire = wire

    def add(self, job: str) -> None:
        """Tell of it."""
        self._wire.tell("job", id=job)


def main() -> int:
    """Carry a share of the run."""
    wire, effort = Wire(), Effort()
    plan = _plan(wire.hear(), wire)
    drive(plan, effort, starts=wire.begin)
    measured = packed(plan.recorder)
    wire.tell("result", seconds=effort.seconds, cpu=effort.cpu, measured=measured)
    return 0


def _plan(told: dict[str, Any], wire: Wire) -> Plan:
    number, of = told["worker"], told["workers"]
    schedule = Schedule([Stage(*stage) for stage in told["stages"]], worker=number, workers=of)
    errands = mixed(told["mix"])
    every = blocks(errands, requests=told["requests"]) if told["requests"] else sequence(errands)
    recorder = Recorder()

    def alive(*_: object) -> None:
        wire.tell("alive", latest=list(recorder.latest()), errors=recorder.errors)

    return Plan(
        url=told["url"],
        users=told["users"],
        here=len(range(number, told["users"], of)),
        schedule=schedule,
        errands=islice(every, number, None, of),
        token=Secret(told["token"]) if told["token"] else None,
        job=told["job"],
        domain=told["domain"],
        forwarded=told["forwarded"],
        ledger=Told(wire),
        over=lambda: wire.over,
        tell=alive,
        recorder=recorder,
        numbers=count(number, of),
    )


if __name__ == "__main__":
    sys.exit(main())
