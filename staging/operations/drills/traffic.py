"""Steady gentle traffic: four kinds of requests, some ten a second in all, each with its time."""

import random
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import TracebackType

from staging.clouds.http import Service
from staging.errors import ServiceFailed
from staging.rules.recovery import Sample, settled
from staging.secret import Secret

EVERY = 0.4  # seconds, of each kind
PATIENCE = 6.0
"""For an answer: /health/db may take 5 s to say that the database is down."""

WRITE = "write"
LIMIT = 20_000
"""Requests at most: nobody forgets traffic that goes on for ever."""


@dataclass(slots=True)
class Traffic:
    """Requests by threads of its own, from the block's beginning to its end.

    The bearer is the smoke user. What is asked for is as cheap as it is telling: no request
    changes anything, but that the application gets to know `domain`, where one is named.
    """

    url: str
    health: str
    token: Secret
    job: str = ""
    domain: str = ""
    _began: float | None = None
    _samples: list[Sample] = field(default_factory=list)
    _over: threading.Event = field(default_factory=threading.Event)
    _threads: list[threading.Thread] = field(default_factory=list)

    def __enter__(self) -> "Traffic":
        kinds = {"health": self.health, "database": "/health/db", "read": "/v1/jobs?limit=1"}
        kinds |= {"job": f"/v1/jobs/{self.job}"} if self.job else {}
        kinds |= {WRITE: "/v1/domains"} if self.domain else {}
        for kind, path in kinds.items():
            thread = threading.Thread(target=self._ask, args=(kind, path), daemon=True)
            self._threads.append(thread)
            thread.start()
            time.sleep(EVERY / len(kinds))
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._over.set()
        for thread in self._threads:
            thread.join(PATIENCE + 1)

    def begin(self) -> None:
        """The accident happens now: times are counted from here."""
        self._began = time.monotonic()

    @property
    def began(self) -> bool:
        """Whether the accident has happened."""
        return self._began is not None

    def seconds(self) -> float:
        """Since the accident."""
        return time.monotonic() - (self._began or time.monotonic())

    def samples(self) -> list[Sample]:
        """Every request until now, counted from the accident (before it: from the first)."""
        found = list(self._samples)
        start = self._began or min((s.sent for s in found), default=0.0)
        return [
            Sample(
                kind=s.kind,
                sent=round(s.sent - start, 3),
                answered=round(s.answered - start, 3),
                good=s.good,
                told=s.told,
            )
            for s in found
        ]

    def settled(self) -> str | None:
        """None once the newest answers are good; else what was wrong with the last that was not."""
        found = self.samples()
        if settled(found):
            return None
        bad = next((s for s in reversed(found) if not s.good), None)
        return f"{bad.kind}: {bad.told}" if bad else f"{len(found)} answers"

    def _ask(self, kind: str, path: str) -> None:
        address = f"198.18.{random.randrange(256)}.{random.randrange(1, 255)}"  # noqa: S311 - no secret
        headers: dict[str, Secret | str] = {"X-Forwarded-For": address}
        if path.startswith("/v1"):
            headers["Authorization"] = Secret(f"Bearer {self.token.reveal()}")
        service = Service(self.url, headers)
        while not self._over.is_set() and len(self._samples) < LIMIT:
            sent = time.monotonic()
            told = _asked(service, path, {"domain": self.domain} if kind == WRITE else None)
            now = time.monotonic()
            self._samples.append(
                Sample(kind=kind, sent=sent, answered=now, good=not told, told=told)
            )
            self._over.wait(max(0.0, EVERY - (now - sent)))


def _asked(service: Service, path: str, body: Mapping[str, str] | None) -> str:
    """Nothing if the answer is good, else what it was."""
    method = "POST" if body else "GET"
    try:
        answer = service.call(method, path, body=body, timeout=PATIENCE)
    except ServiceFailed as error:
        return f"no answer ({error.detail.rpartition(':')[2].strip(' )')[:60] or 'none'})"
    return "" if answer.status in {200, 201} else f"status {answer.status}: {answer.text[:300]}"
