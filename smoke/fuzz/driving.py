"""Examples sent one after another, a few at once, no faster than is polite, and judged."""

import json
import threading
import time
from collections import Counter
from collections.abc import Iterable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import nullcontext
from dataclasses import dataclass, field, replace
from typing import Any

from smoke.answer import Answer
from smoke.client import Client, Lines
from smoke.evidence import Evidence
from smoke.forged import forge
from smoke.fuzz.examples import Example
from smoke.fuzz.grounds import Grounds
from smoke.fuzz.harmless import must_be_refused
from smoke.fuzz.judging import Finding, findings
from staging.rules.endpoints import ENDPOINTS
from staging.secret import Secret

AT_ONCE = 4
A_SECOND = 50.0
ALONE = "POST /v1/jobs"
"""A new job of a domain ends the former: of two at once one would be told of as cancelled."""


class Pace:
    """Slots in time that several threads share."""

    def __init__(self, a_second: float) -> None:
        self._apart, self._next, self._lock = 1 / a_second, 0.0, threading.Lock()

    def wait(self) -> None:
        """Wait for one's turn."""
        with self._lock:
            turn = max(self._next, time.monotonic())
            self._next = turn + self._apart
        time.sleep(max(0.0, turn - time.monotonic()))


@dataclass(slots=True, kw_only=True)
class Drive:
    """A run under way: who asks, until when, and what has been seen."""

    client: Client
    grounds: Grounds
    seed: int
    domain: str | None
    ends: float
    echoes: bool = True
    sent: Counter[str] = field(default_factory=Counter)
    statuses: Counter[int] = field(default_factory=Counter)
    findings: list[Finding] = field(default_factory=list)
    _pace: Pace = field(default_factory=lambda: Pace(A_SECOND))
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _alone: threading.Lock = field(default_factory=threading.Lock)
    _number: int = 0

    def all(self, batches: Iterable[Sequence[Example]]) -> None:
        """Send every example until the time is up; what is made is ended by the grounds."""
        pool = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="fuzz")
        under_way: list[Future[None]] = []
        try:
            for batch in batches:
                if self.over:
                    break
                under_way += [pool.submit(self.one, each) for each in self._aimed(batch)]
            for future in under_way:
                future.result()
        finally:
            pool.shutdown(cancel_futures=True)

    @property
    def over(self) -> bool:
        """Whether the time is up."""
        return time.monotonic() > self.ends

    def one(self, example: Example) -> None:
        """Send one and judge it."""
        if self.over:
            return
        self._pace.wait()
        with self._lock:
            self._number += 1
            request_id = f"smoke-fuzz-{self.seed}-{self._number}"
        try:
            with self._alone if example.request == ALONE else nullcontext():
                answer = self._asked(example, request_id)
        except Evidence as silence:
            seen = [_silent(example, silence)]
        else:
            echoed = request_id if self.echoes else ""
            refused = must_be_refused(example.request, _json(example.raw), domain=self.domain)
            seen = list(findings(example, answer, request_id=echoed, refused=refused))
            self.grounds.made(example.request, answer, example.ids)
            with self._lock:
                self.statuses[answer.status] += 1
        with self._lock:
            self.sent[example.request] += 1
            self.findings += seen

    def _aimed(self, batch: Sequence[Example]) -> list[Example]:
        """Every second regular one is about something that exists; two more are not signed in.

        Of an irregular one only those places are, that are not what is irregular about it.
        """
        aimed = [
            self.grounds.real(each) if number % 2 == 0 or not each.regular else each
            for number, each in enumerate(batch)
        ]
        if batch and ENDPOINTS[batch[0].request].guarded:
            aimed[:0] = [
                replace(aimed[0], lacks="a token"),
                replace(aimed[0], lacks="a good token"),
            ]
        return aimed

    def _forged(self) -> Secret:
        said = forge("a foreign signature", real=self.client.token) or ""
        return Secret(said.removeprefix("Bearer "))

    def _asked(self, example: Example, request_id: str) -> Answer:
        caller = self.client
        if example.lacks:
            caller = caller.bearing(None if example.lacks == "a token" else self._forged())
        try:
            return _sent(caller.afresh(), example, request_id)
        except Evidence:
            # A server may end a connection that was kept; a new one it may not.
            return _sent(replace(caller.afresh(), lines=Lines()), example, request_id)


def _sent(caller: Client, example: Example, request_id: str) -> Answer:
    return caller.call(
        example.request,
        raw=example.raw,
        query=example.query,
        headers={"X-Request-Id": request_id},
        patient=True,
        **example.ids,
    )


def _silent(example: Example, silence: Evidence) -> Finding:
    got = str(silence).rpartition(", got ")[2]
    return Finding(endpoint=example.request, sent=str(example), expected="an answer", got=got)


def _json(raw: bytes | None) -> Any:  # noqa: ANN401 - any JSON
    try:
        return json.loads(raw or b"null")
    except ValueError:
        return None
