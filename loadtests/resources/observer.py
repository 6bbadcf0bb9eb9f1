"""Starts the process that looks, hears what it saw, and ends it."""

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

from loadtests.greenlets import kill, patience, sleep, spawn
from loadtests.resources.explanation import Explanation, noted
from loadtests.resources.series import Sample, series
from loadtests.wire import heard, line

LOOK = 0.05
CONCLUDING = 45.0
"""Seconds that the looks in hand, the statements and the main queries may take at the end."""


@dataclass(slots=True)
class Observer:
    """`where` is what the process is told: addresses, secrets, queries. Nothing in it, no process.

    A load test is not stopped by what only watches it: that it died is a note.
    """

    where: dict[str, Any]
    begun: float = 0.0
    notes: list[str] = field(default_factory=list)
    _samples: list[dict[str, Any]] = field(default_factory=list)
    _end: dict[str, Any] | None = None
    _process: "subprocess.Popen[bytes] | None" = None
    _listening: object = None

    @contextmanager
    def watching(self) -> Iterator[None]:
        """Look from now until the block has ended; of a block that fails, only what was seen."""
        if not self.where:
            yield
            return
        self.begun = time.perf_counter()
        try:
            self._start()
            yield
            self._conclude()
        finally:
            self._stop()

    def explanation(self, start: float) -> Explanation:
        """What was seen; times count from `start`, by this computer's clock."""
        end = self._end or {}
        samples = [Sample(s["source"], s["at"] - start, s["values"]) for s in self._samples]
        return Explanation(
            series=series(samples),
            statements=tuple(end.get("statements", ())),
            queries=tuple(end.get("queries", ())),
            notes=noted((*self.notes, *end.get("notes", ()))),
        )

    def _start(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "loadtests.resources"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            process_group=0,  # Ctrl-C is for us, who then end it
        )
        self._tell(json.dumps(self.where).encode() + b"\n")
        self._listening = spawn(self._listen, self._process)

    def _listen(self, process: "subprocess.Popen[bytes]") -> None:
        assert process.stdout
        for raw in process.stdout:
            message = heard(raw)
            if message["kind"] == "sample":
                self._samples.append(message)
            elif message["kind"] == "note":
                self.notes.append(message["text"])
            elif message["kind"] == "end":
                self._end = message
        if self._end is None:
            self.notes.append("What looked at the resources ended before its time.")

    def _conclude(self) -> None:
        self._tell(line("stop"))
        with patience(CONCLUDING):
            while self._end is None and self._process and self._process.poll() is None:
                sleep(LOOK)
            sleep(LOOK)  # what it said last is still to be heard
        if self._end is None and not self.notes:
            self.notes.append(f"What looked at the resources did not end in {CONCLUDING:.0f} s.")

    def _tell(self, message: bytes) -> None:
        with suppress(OSError):
            assert self._process
            assert self._process.stdin
            self._process.stdin.write(message)
            self._process.stdin.flush()

    def _stop(self) -> None:
        kill(self._listening)
        if self._process and self._process.poll() is None:
            self._process.kill()
        if self._process:
            self._process.wait()
