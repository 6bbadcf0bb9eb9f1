"""Jobs cancelled in each of the three ways, one of them at work, and one by its successor."""

import time
from dataclasses import dataclass, field

from smoke.answer import Answer
from smoke.journeys.crawl import Sight, look, make
from smoke.journeys.walk import Traveller

WAYS = ("PUT", "POST", "DELETE")
FINISHING = 15.0
QUIET = 1.0
OFTEN = 0.12
PAGES = 20


@dataclass(slots=True, kw_only=True)
class Cancelled:
    """A job that was cancelled: the answer, what was seen before, at once, and of it later."""

    by: Traveller
    id: str
    way: str
    answer: Answer
    before: Sight
    after: Sight
    again: Answer
    later: list[Sight] = field(default_factory=list)


@dataclass(slots=True, kw_only=True)
class Cancelling:
    """All that was cancelled, by the way; `succeeded` is the job whose successor ended it."""

    ways: dict[str, Cancelled] = field(default_factory=dict)
    succeeded: list[str] = field(default_factory=list)
    worked: bool = False


def walk(with_: Traveller) -> Cancelling:
    """Cancel three jobs, the last while it works.

    It comes before the crawl, as a job ends the former of its domain; each job is looked at
    before there is a next, so that a cancel that does nothing is seen.
    """
    seen = Cancelling()
    for way in WAYS:
        by = with_.afresh()
        job = str(make(by, pages=PAGES).at("data.id"))
        if way == "POST":
            seen.succeeded = _succeed(by, job)
            job = seen.succeeded[1]
        if way == "DELETE":
            seen.worked = _await_work(by, job)
        seen.ways[way] = _cancel(by, job, way)
    return seen


def watch(with_: Traveller, *, seen: Cancelling) -> Cancelling:
    """Let the tasks in hand finish, then look twice with a quiet time between."""
    begun = time.monotonic()
    jobs = list(seen.ways.values())
    while time.monotonic() - begun < FINISHING:
        if not any(look(job.by.client, job.id, after=0).running for job in jobs):
            break
        with_.rest(OFTEN)
    for pause in (0.0, QUIET):
        with_.rest(pause)
        for job in jobs:
            job.later.append(look(job.by.client, job.id, after=time.monotonic() - begun))
    return seen


def _succeed(with_: Traveller, job: str) -> list[str]:
    """Make a second job for the same domain: [the first, the second, the first's status]."""
    second = str(make(with_, pages=PAGES).at("data.id"))
    return [job, second, look(with_.client, job, after=0).status]


def _await_work(with_: Traveller, job: str) -> bool:
    """Wait until the job has tasks in hand; a job that never gets there is cancelled as it is."""
    deadline = time.monotonic() + with_.environment.patience.take_up
    while time.monotonic() < deadline:
        sight = look(with_.client, job, after=0)
        if sight.running or sight.done:
            return True
        with_.rest(OFTEN)
    return False


def _cancel(with_: Traveller, job: str, way: str) -> Cancelled:
    client = with_.client
    before = look(client, job, after=0)
    answer = _ask(with_, job, way)
    after = look(client, job, after=0)
    again = _ask(with_, job, way)
    return Cancelled(
        by=with_, id=job, way=way, answer=answer, before=before, after=after, again=again
    )


def _ask(with_: Traveller, job: str, way: str) -> Answer:
    if way == "PUT":
        return with_.client.call("PUT /v1/jobs/{id}", id=job, body={"action": "cancel"})
    if way == "POST":
        return with_.client.call("POST /v1/jobs/{id}/cancel", id=job)
    return with_.client.call("DELETE /v1/jobs/{id}", id=job)
