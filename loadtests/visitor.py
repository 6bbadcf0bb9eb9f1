"""The virtual user: it takes the next due slot, runs the next errand, and reports both."""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import count
from urllib.parse import quote

from locust import FastHttpUser, task
from locust.exception import StopUser

from loadtests.access import bearer
from loadtests.address import client
from loadtests.greenlets import Event, Timeout
from loadtests.ledger import Ledger
from loadtests.mix import Errand, Need, wrong
from loadtests.schedule import Schedule, Slot
from loadtests.site import TIMEOUT, heard, smallest
from staging.secret import Secret


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What all users of a run share."""

    url: str
    users: int
    schedule: Schedule
    errands: Iterator[Errand]
    token: Secret | None
    job: str | None
    domain: str | None
    ledger: Ledger
    over: Callable[[], bool] = bool  # asked every now and then: is the run to end now?
    opened: Event = field(default_factory=Event)
    numbers: Iterator[int] = field(default_factory=count)
    ready: list[int] = field(default_factory=list)


class Visitor(FastHttpUser):
    """One user, with its own connection and address."""

    abstract = True
    plan: Plan
    connection_timeout = TIMEOUT
    network_timeout = TIMEOUT
    insecure = False
    slot: Slot | None = None
    turn = 0

    def on_start(self) -> None:
        """Connect, then wait until all others have: connecting is no part of the load."""
        self.number = next(self.plan.numbers)
        with Timeout(TIMEOUT):
            self.client.get("/health", headers=self._headers(token=None), name="connecting")
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
        creates = errand.need is Need.DOMAIN
        departure = self.plan.schedule.depart(slot, time.perf_counter())
        with (
            Timeout(TIMEOUT),
            self.client.request(
                errand.method,
                errand.path.format(job=quote(self.plan.job or "", safe="")),
                name=errand.name,
                json=smallest(self.plan.domain or "") if creates else None,
                headers=self._headers(token=self.plan.token if errand.need else None),
                allow_redirects=False,
                catch_response=True,
                context={"departure": departure},
            ) as answer,
        ):
            status, found, silence = heard(answer)
            if silence:
                answer.failure(silence)
            elif problem := wrong(errand, status=status, answer=found):
                answer.failure(problem)
            else:
                answer.success()
                if creates and isinstance(found, dict):
                    self.plan.ledger.add(found["data"]["id"])

    def _headers(self, *, token: Secret | None) -> dict[str, str]:
        self.turn += 1
        schedule, users = self.plan.schedule, self.plan.users
        address = client(self.number, turn=self.turn, users=users, rate=schedule.rate)
        return {"X-Forwarded-For": address, "Accept-Encoding": "gzip", **bearer(token)}
