"""Journeys as threads: each is started once, and checks read what it saw."""

import time
from collections.abc import Callable, Collection
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace
from threading import Event, current_thread
from typing import Any

import pytest

from smoke.client import Client
from smoke.endings import Endings
from smoke.environment import Environment
from smoke.evidence import Evidence

LIMIT = 600.0
"""Far above the sum of a journey's own deadlines, so that no check waits for ever."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Traveller:
    """What a journey has with it; `other` is a user of another organisation, if there is one."""

    client: Client
    other: Client | None
    environment: Environment
    endings: Endings
    stopped: Event

    def afresh(self) -> "Traveller":
        """The same from another address, so that two do not share a rate limit."""
        return replace(
            self, client=self.client.afresh(), other=self.other.afresh() if self.other else None
        )

    def elsewhere(self) -> "Traveller | None":
        """The other user, as a traveller of his own."""
        return replace(self, client=self.other, other=None) if self.other else None

    def rest(self, seconds: float) -> None:
        """Wait a while, but no longer than the run itself."""
        if self.stopped.wait(seconds):
            raise Evidence("the run", expected="to go on", got="an interruption")


class Journeys:
    """Those under way, by name; the others with the reason why they were not begun."""

    def __init__(self) -> None:
        self.stopped = Event()
        self._pool = ThreadPoolExecutor(max_workers=12, thread_name_prefix="journey")
        self._begun: dict[str, Future[Any]] = {}
        self._deferred: dict[str, Callable[[], None]] = {}
        self._refused: dict[str, str] = {}
        self._seconds: dict[str, float] = {}

    def begin(self, name: str, walk: Callable[[], object], *, after: Collection[str] = ()) -> None:
        """Walk it in the background, once those that it comes after have ended."""
        self._begun[name] = self._pool.submit(
            self._timed, name, walk, set(after) & set(self._begun)
        )

    def defer(self, name: str, walk: Callable[[], object]) -> None:
        """Walk it when a check asks for it, the first time: meanwhile it would disturb others."""
        self._deferred[name] = lambda: self.begin(name, walk, after=tuple(self._begun))

    def refuse(self, name: str, reason: str) -> None:
        """Say why it is not walked."""
        self._refused[name] = reason

    def why_not(self, name: str) -> str:
        """The reason why it is not walked, or nothing."""
        return self._refused.get(name, "")

    def result(self, name: str) -> Any:  # noqa: ANN401 - each journey has a record of its own
        """What it saw, once it has ended; or the evidence that it could not go on.

        A check that needs one which is not walked is not run either.
        """
        if reason := self.why_not(name):
            pytest.skip(reason)
        return self._walked(name).result(timeout=LIMIT)

    def ended(self, name: str) -> bool:
        """Wait for its end, whatever that was; whether it got there."""
        return self._walked(name).exception(timeout=LIMIT) is None

    def found(self, name: str) -> Any:  # noqa: ANN401 - each journey has a record of its own
        """What it saw, if it has come to its end by now; else None."""
        walked = self._begun.get(name)
        done = walked is not None and walked.done() and walked.exception() is None
        return walked.result() if walked and done else None

    def seconds(self, name: str) -> float:
        """How long it took itself, without the wait for others."""
        return self._seconds[name]

    def end(self) -> None:
        """Call back those on the way, and wait for them."""
        self.stopped.set()
        self._pool.shutdown(wait=True, cancel_futures=True)

    def _walked(self, name: str) -> Future[Any]:
        if begin := self._deferred.pop(name, None):
            begin()
        return self._begun[name]

    def _timed(self, name: str, walk: Callable[[], object], after: Collection[str]) -> object:
        for former in after:
            self.ended(former)
        current_thread().name = name  # as what it asks is told
        begun = time.monotonic()
        try:
            return walk()
        finally:
            self._seconds[name] = time.monotonic() - begun
