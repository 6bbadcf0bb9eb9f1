"""Several processes carry one run: each its share of the requests, and nothing of it is lost.

A process that dies or falls silent leaves its share missing: none of it counts, and the run
proves nothing.
"""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from loadtests.carriers import Remote, without_secrets
from loadtests.greenlets import kill, patience, sleep, spawn
from loadtests.latency import Recorder
from loadtests.line import TIMEOUT
from loadtests.schedule import DRAIN
from loadtests.wire import doubt, heard, line, offset, unpacked
from staging.errors import ServiceFailed

PINGS = 5
SOON = 0.3
"""Seconds from the order to begin until the first request is due."""

READY = 60.0
SILENT = 10.0
"""Seconds; each tells of itself every two."""

LOOK = 0.05
LAST = 3.0
"""Seconds for a process to end that was told to."""

Says = Callable[[dict[str, Any]], None]


@dataclass(slots=True)
class Worker:
    """One process. `ahead` is how far its clock is before ours, `within` how well that is known."""

    number: int
    process: "subprocess.Popen[bytes]"
    says: Says
    ready: bool = False
    ahead: float = 0.0
    within: float = 0.0
    heard_at: float = field(default_factory=time.perf_counter)
    result: dict[str, Any] | None = None
    lost: str = ""
    _clock: float | None = None
    _listening: object = None

    def listen(self) -> None:
        """From now on hear what it says."""
        self._listening = spawn(self._listen)

    def _listen(self) -> None:
        assert self.process.stdout
        for raw in self.process.stdout:
            self.heard_at, message = time.perf_counter(), heard(raw)
            if message["kind"] == "ready":
                self.ready = True
            elif message["kind"] == "clock":
                self._clock = message["at"]
            elif message["kind"] == "result":
                self.result = message
            else:
                self.says(message)
        if self.result is None and not self.lost:
            self.lost = "died"

    def tell(self, kind: str, **what: Any) -> None:
        """Say something to it; who is gone is found out by its silence."""
        with suppress(OSError):
            assert self.process.stdin
            self.process.stdin.write(line(kind, **what))
            self.process.stdin.flush()

    def measure_clock(self) -> None:
        """Ask for its time a few times."""
        samples: list[tuple[float, float, float]] = []
        for _ in range(PINGS):
            self._clock, asked = None, time.perf_counter()
            self.tell("clock")
            with patience(2.0):
                while self._clock is None and not self.lost:
                    sleep(0.001)
            if self._clock is not None:
                samples.append((asked, self._clock, time.perf_counter()))
        if samples:
            self.ahead, self.within = offset(samples), doubt(samples)
        else:
            self.lost = self.lost or "did not tell its time"

    @property
    def over(self) -> bool:
        """Whether nothing more comes of it."""
        return self.result is not None or bool(self.lost)

    def end(self) -> None:
        """End it now if it is still there."""
        with suppress(OSError):
            assert self.process.stdin
            self.process.stdin.close()
        with patience(LAST if self.result else 0.2):
            while self.process.poll() is None:
                sleep(LOOK)
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        kill(self._listening)


@dataclass(slots=True)
class Crew:
    """All of them, and what they have told so far."""

    shares: list[dict[str, Any]]
    found_job: Callable[[str], None]
    remotes: Sequence[Remote] = ()
    workers: list[Worker] = field(default_factory=list)
    latest: list[float] = field(default_factory=list)
    errors: dict[int, int] = field(default_factory=dict)

    def run(self, seconds: float, tell: Callable[[list[float], int, float, float], None]) -> None:
        """Start all, let all begin at one moment, and wait for the last."""
        try:
            for number, share in enumerate(self.shares):
                self._start(number, share)
            self._gather()
            begun = told = self._begin()
            longest = begun + seconds + DRAIN + 2 * TIMEOUT
            while not all(worker.over for worker in self.workers):
                sleep(LOOK)
                now = time.perf_counter()
                self._find_lost(now, longest)
                if now - told >= 2:
                    latest, self.latest = self.latest, []
                    tell(latest, sum(self.errors.values()), now - begun, now - told)
                    told = now
        finally:
            for worker in self.workers:
                worker.end()

    def merged(self) -> Recorder:
        """What those measured that came to their end."""
        recorder = Recorder()
        for worker in self.workers:
            if worker.result:
                recorder.add(unpacked(worker.result["measured"]))
        return recorder

    def _start(self, number: int, share: dict[str, Any]) -> None:
        here = [sys.executable, "-m", "loadtests.worker"]
        process = subprocess.Popen(
            self.remotes[number].argv if self.remotes else here,
            env=without_secrets(os.environ) if self.remotes else None,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            process_group=0,  # Ctrl-C is for us, who then end it
        )
        worker = Worker(number, process, lambda message: self._heard(number, message))
        self.workers.append(worker)
        worker.listen()
        worker.tell("share", **share)

    def _heard(self, number: int, message: dict[str, Any]) -> None:
        if message["kind"] == "alive":
            self.latest += message["latest"]
            self.errors[number] = message["errors"]
        elif message["kind"] == "job":
            self.found_job(message["id"])

    def _gather(self) -> None:
        with patience(READY):
            while not all(worker.ready or worker.over for worker in self.workers):
                sleep(LOOK)
        late = [worker.number for worker in self.workers if not worker.ready]
        if late:
            raise ServiceFailed(
                f"{len(late)} of {len(self.workers)} worker processes did not get ready.",
                detail="Each connects all its users first.",
                remedy="Use fewer --workers, or fewer users.",
            )

    def _begin(self) -> float:
        for each in [spawn(worker.measure_clock) for worker in self.workers]:
            each.join()
        at = time.perf_counter() + SOON + 4 * max(worker.within for worker in self.workers)
        for worker in self.workers:
            worker.tell("begin", at=at + worker.ahead)
            worker.heard_at = at
        return at

    def _find_lost(self, now: float, longest: float) -> None:
        for worker in self.workers:
            if not worker.over and (now - worker.heard_at > SILENT or now > longest):
                worker.lost = f"said nothing for {SILENT:g} s"
                worker.process.kill()
