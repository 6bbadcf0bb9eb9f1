"""Steps that run side by side as soon as what they wait for is done, each with its time."""

import sys
import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from staging.clouds import limits, process
from staging.errors import StagingError

PATIENCE = 1.0  # seconds before a step that is still running is mentioned


@dataclass(frozen=True, slots=True, kw_only=True)
class Timing:
    """When a step ran, in seconds since the start, and what it had waited for."""

    name: str
    started: float
    seconds: float
    after: tuple[str, ...]


@dataclass(slots=True)
class _Step:
    name: str
    action: Callable[[], object]
    after: tuple[str, ...]
    thread: threading.Thread | None = None
    began: float = 0.0
    told: bool = False


@dataclass(slots=True)
class Steps:
    """Run actions in the order that they need, and no slower than that; `quiet` tells nothing."""

    quiet: bool = False
    started: float = field(default_factory=time.monotonic)
    timings: list[Timing] = field(default_factory=list)
    _waiting: list[_Step] = field(default_factory=list)
    _running: dict[str, _Step] = field(default_factory=dict)
    _errors: list[BaseException] = field(default_factory=list)
    _changed: threading.Condition = field(default_factory=threading.Condition)

    def add(self, name: str, action: Callable[[], object], *, after: Iterable[str] = ()) -> None:
        """Have `action` run once every step named in `after` has."""
        self._waiting.append(_Step(name, action, tuple(after)))

    def run(self) -> None:
        """Run all that was added; the first error stops what has not begun, and is raised."""
        with self._changed:
            while self._running or (self._waiting and not self._errors):
                self._begin()
                self._changed.wait(0.2)
                self._tell()
            self._waiting.clear()
        if self._errors:
            raise self._errors[0]

    def elapsed(self) -> float:
        """Seconds since the first step could begin."""
        return time.monotonic() - self.started

    def chain(self) -> float:
        """Seconds of the longest chain of steps that had to follow one another."""
        ends: dict[str, float] = {}
        for timing in sorted(self.timings, key=lambda t: t.started):
            before = max((ends.get(name, 0.0) for name in timing.after), default=0.0)
            ends[timing.name] = before + timing.seconds
        return max(ends.values(), default=0.0)

    def _begin(self) -> None:
        done = {timing.name for timing in self.timings}
        ready = [s for s in self._waiting if done.issuperset(s.after) and not self._errors]
        for step in ready:
            self._waiting.remove(step)
            self._running[step.name] = step
            step.began = time.monotonic()
            step.thread = threading.Thread(target=self._perform, args=(step,), daemon=True)
            step.thread.start()

    def _perform(self, step: _Step) -> None:
        error: BaseException | None = None
        try:
            step.action()
        except BaseException as caught:  # noqa: BLE001 - it is raised again by `run`
            error = caught
        with self._changed:
            del self._running[step.name]
            if error is not None:
                self._errors.append(error)
            else:
                self._record(step)
            self._changed.notify()

    def _record(self, step: _Step) -> None:
        now = time.monotonic()
        started, seconds = step.began - self.started, now - step.began
        self.timings.append(
            Timing(name=step.name, started=started, seconds=seconds, after=step.after)
        )
        if step.told:
            note(f"  {step.name}: done in {seconds:.1f} s")

    def _tell(self) -> None:
        if self.quiet:
            return
        for step in self._running.values():
            if not step.told and time.monotonic() - step.began > PATIENCE:
                step.told = True
                note(f"  {step.name} …")


def together(**calls: Callable[[], object]) -> None:
    """Run calls that do not need one another side by side."""
    steps = Steps()
    for name, call in calls.items():
        steps.add(name.replace("_", " "), call)
    steps.run()


def note(text: str) -> None:
    """Progress, for whoever watches: never part of the result."""
    print(text, file=sys.stderr, flush=True)


def until(
    check: Callable[[], str | None], *, what: str, limit: float, first_pause: float = 0.1
) -> None:
    """Call `check` until it returns None; until then it says what it saw. Pauses grow to 3 s."""
    limit = limits.limit(limit)
    deadline, pause = time.monotonic() + limit, first_pause
    while (seen := check()) is not None:
        if process.ending():
            raise StagingError(f"Interrupted while waiting for this: {what}.")
        if time.monotonic() + pause > deadline:
            raise StagingError(
                f"{what} did not happen within {limit:g} s.",
                detail=f"Last seen: {seen}",
                remedy="Run this again: it goes on where it stopped.",
            )
        time.sleep(pause)
        pause = min(pause * 1.5, 3.0)
