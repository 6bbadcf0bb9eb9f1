"""The virtual user: it takes the next due slot, runs the next errand, and reports both."""

import json
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import count
from urllib.parse import quote

from locust import User, task
from locust.exception import StopUser

from loadtests.access import bearer
from loadtests.address import client
from loadtests.answers import parsed
from loadtests.greenlets import Event
from loadtests.latency import Recorder
from loadtests.ledger import Ledger
from loadtests.line import TIMEOUT, Line
from loadtests.mix import Errand, Need, wrong
from loadtests.schedule import Schedule, Slot
from loadtests.site import smallest
from staging.secret import Secret

INTERVAL = 2.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What all users of a run share; `users` are those of all processes, `here` those of this.

    `forwarded`: each sends an X-Forwarded-For of its own, which the application believes.

    `over` is asked `every` so many seconds whether the run is to end now, `tell` called as often,
    with the seconds since the start and since it was called last.
    """

    url: str
    users: int
    schedule: Schedule
    errands: Iterator[Errand]
    token: Secret | None
    job: str | None
    domain: str | None
    ledger: Ledger
    here: int | None = None
    forwarded: bool = True
    over: Callable[[], bool] = bool
    tell: Callable[[Recorder, float, float], None] = lambda *_: None
    every: float = INTERVAL
    recorder: Recorder = field(default_factory=Recorder)
    opened: Event = field(default_factory=Event)
    numbers: Iterator[int] = field(default_factory=count)
    ready: list[int] = field(default_factory=list)

    @property
    def own(self) -> int:
        """How many users there are in this process."""
        return self.users if self.here is None else self.here


class Visitor(User):
    """One user, with its own connection and address."""

    abstract = True
    plan: Plan
    slot: Slot | None = None
    turn = 0

    def on_start(self) -> None:
        """Connect, then wait until all others have: connecting is no part of the load."""
        self.number = next(self.plan.numbers)
        self.line = Line(self.plan.url)
        self.line.ask("GET", "/health", headers=self._headers(token=None))
        self.plan.ready.append(self.number)
        self.plan.opened.wait(timeout=2 * TIMEOUT)

    def wait_time(self) -> float:
        """Claim a slot and say how long until it is due; at the end of the schedule, stop."""
        now = time.perf_counter()
        self.slot = self.plan.schedule.claim(now)
        if self.slot is None:
            raise StopUser
        return max(0.0, self.slot.due - now)

    @task
    def visit(self) -> None:
        """The next errand, unless no slot is claimed yet (Locust waits after the first task)."""
        if self.slot is None:
            return
        errand = next(self.plan.errands)
        if errand.need is Need.DOMAIN:
            with self.plan.ledger.creating():
                self._run(errand, self.slot)
        else:
            self._run(errand, self.slot)

    def _run(self, errand: Errand, slot: Slot) -> None:
        plan, creates = self.plan, errand.need is Need.DOMAIN
        path = errand.path.format(job=quote(plan.job or "", safe=""))
        headers = self._headers(token=plan.token if errand.need else None)
        body = errand.body
        if body:
            headers["Content-Type"] = "application/json"
        if creates:
            headers["Content-Type"] = "application/json"
            body = json.dumps(smallest(plan.domain or "")).encode()
        begun = time.perf_counter()
        departure = plan.schedule.depart(slot, begun)
        status, content, silence = self.line.ask(errand.method, path, headers=headers, body=body)
        took = (time.perf_counter() - begun) * 1000
        answer = parsed(content)
        problem = silence or wrong(errand, status=status, answer=answer)
        plan.recorder.record(errand.name, departure=departure, took_ms=took, error=problem)
        if creates and not problem and isinstance(answer, dict):
            plan.ledger.add(answer["data"]["id"])

    def _headers(self, *, token: Secret | None) -> dict[str, str]:
        common = {"Accept-Encoding": "gzip", **bearer(token)}
        if not self.plan.forwarded:
            return common
        self.turn += 1
        schedule, users = self.plan.schedule, self.plan.users
        address = client(self.number, turn=self.turn, users=users, rate=schedule.rate)
        return {"X-Forwarded-For": address, **common}
