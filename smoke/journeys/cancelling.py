"""Jobs cancelled in each of the three ways, one of them at work, and one by its successor."""

import time
from dataclasses import dataclass, field

from smoke.answer import Answer
from smoke.journeys.crawl import Crawl, Sight, look, make
from smoke.journeys.walk import Traveller

WAYS = ("PUT", "POST", "DELETE")
FINISHING = 15.0
QUIET = 0.4
PAGES = 20


@dataclass(slots=True, kw_only=True)
class Cancelled:
    """A job that was cancelled: the answer, what was seen before, at once, and of it later."""

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
    too_late: Answer | None = None


def walk(with_: Traveller, *, crawl: Crawl) -> Cancelling:
    """Cancel three jobs, the last while it works, then watch that they stay so."""
    seen = Cancelling()
    if crawl.last.status == "completed":
        seen.too_late = with_.client.call("POST /v1/jobs/{id}/cancel", id=crawl.id)
    for way in WAYS:
        job = str(make(with_, pages=PAGES).at("data.id"))
        if way == "POST":
            seen.succeeded = _succeed(with_, job)
            job = seen.succeeded[1]
        if way == "DELETE" and crawl.last.started:
            _await_work(with_, job)
        seen.ways[way] = _cancel(with_, job, way)
    _watch(with_, seen)
    return seen


def _succeed(with_: Traveller, job: str) -> list[str]:
    """Make a second job for the same domain: [the first, the second, the first's status]."""
    second = str(make(with_, pages=PAGES).at("data.id"))
    return [job, second, look(with_.client, job, after=0).status]


def _await_work(with_: Traveller, job: str) -> None:
    """Wait until the job has tasks in hand; a job that never gets there is cancelled as it is."""
    deadline = time.monotonic() + with_.environment.patience.take_up
    while time.monotonic() < deadline:
        sight = look(with_.client, job, after=0)
        if sight.running or sight.done:
            return
        with_.rest(0.05)


def _cancel(with_: Traveller, job: str, way: str) -> Cancelled:
    client = with_.client
    before = look(client, job, after=0)
    answer = _ask(with_, job, way)
    after = look(client, job, after=0)
    again = _ask(with_, job, way)
    return Cancelled(id=job, way=way, answer=answer, before=before, after=after, again=again)


def _ask(with_: Traveller, job: str, way: str) -> Answer:
    if way == "PUT":
        return with_.client.call("PUT /v1/jobs/{id}", id=job, body={"action": "cancel"})
    if way == "POST":
        return with_.client.call("POST /v1/jobs/{id}/cancel", id=job)
    return with_.client.call("DELETE /v1/jobs/{id}", id=job)


def _watch(with_: Traveller, seen: Cancelling) -> None:
    """Let the tasks in hand finish, then look twice with a quiet time between."""
    begun = time.monotonic()
    jobs = list(seen.ways.values())
    while time.monotonic() - begun < FINISHING:
        if not any(look(with_.client, job.id, after=0).running for job in jobs):
            break
        with_.rest(0.1)
    for pause in (0.0, QUIET):
        with_.rest(pause)
        for job in jobs:
            job.later.append(look(with_.client, job.id, after=time.monotonic() - begun))
