"""One job on the domain that may be crawled, watched from its making to its end."""

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from smoke.answer import Answer
from smoke.client import Client
from smoke.journeys.walk import Traveller

ENDED = {"completed", "failed", "cancelled"}
EXPORTS = ("job", "broken-links", "slow-pages")
PAGES, FEW = 20, 4
AT_ONCE = 2
"""Enough to see tasks side by side, and gentle with the site."""

PAGE = 100
LISTS = ("GET /v1/jobs", "GET /v1/schedulers", "GET /v1/notifications")
OF_A_JOB = (
    "GET /v1/jobs/{id}",
    "GET /v1/jobs/{id}/tasks",
    "GET /v1/jobs/{id}/export",
    "GET /v1/jobs/{id}/share-links",
    "POST /v1/jobs/{id}/share-links",
    "PUT /v1/jobs/{id}",
    "POST /v1/jobs/{id}/cancel",
    "DELETE /v1/jobs/{id}",
)
"""The reads first: what changes a job comes once they have been refused."""

LITTLE = 3.0
OFTEN, SELDOM, AT_FIRST = 0.25, 1.0, 15.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Sight:
    """A job as it was seen once, `after` so many seconds; `running` counts tasks in hand."""

    after: float
    status: str
    started: bool
    total: int
    completed: int
    failed: int
    skipped: int
    running: int
    progress: float

    @property
    def done(self) -> int:
        """Tasks that have an outcome."""
        return self.completed + self.failed + self.skipped


@dataclass(slots=True, kw_only=True)
class Crawl:
    """What was seen of the job; `job` is its last whole form, `tasks` all of its tasks.

    `foreign` are the answers to a user of another organisation, while the job was at work; `beside`
    is a small job of his own that ran at the same time, and `few` its tasks. `told` and `used` are
    the numbers of notifications and of pages used today, before and after.
    """

    id: str
    made: Answer
    foreign: Mapping[str, Answer] = field(default_factory=dict)
    foreign_lists: Mapping[str, Answer] = field(default_factory=dict)
    beside: list[Sight] = field(default_factory=list)
    few: list[dict[str, Any]] = field(default_factory=list)
    told: list[int] = field(default_factory=list)
    used: list[int] = field(default_factory=list)
    sights: list[Sight] = field(default_factory=list)
    job: dict[str, Any] = field(default_factory=dict)
    tasks: list[dict[str, Any]] = field(default_factory=list)
    exports: dict[str, Answer] = field(default_factory=dict)
    too_late: Answer | None = None

    @property
    def last(self) -> Sight:
        """The latest that was seen."""
        return self.sights[-1]


def walk(with_: Traveller, *, hopeless: bool) -> Crawl:
    """Make the job, watch it to its end or its deadline, read its tasks and exports.

    It is `hopeless` where a former job was not taken up in time; then there is little patience.
    """
    client, patience = with_.client, with_.environment.patience
    take_up = min(patience.take_up, LITTLE) if hopeless else patience.take_up
    told, used = _told(with_)
    made = make(with_, pages=PAGES)
    crawl = Crawl(id=made.at("data.id"), made=made, told=[told], used=[used])
    begun = time.monotonic()
    beside = _beside(with_, crawl)
    while True:
        after = time.monotonic() - begun
        crawl.sights.append(look(client, crawl.id, after=after))
        if with_.other and beside:
            crawl.beside.append(look(with_.other, beside, after=after))
        limit = patience.crawl if crawl.last.started else take_up
        if crawl.last.status in ENDED or after > limit:
            break
        with_.rest(OFTEN if after < AT_FIRST else SELDOM)
    _after(with_, crawl, beside)
    return crawl


def _after(with_: Traveller, crawl: Crawl, beside: str) -> None:
    """Read all that there is to read of a job at its end."""
    client = with_.client.afresh()
    crawl.job = client.call("GET /v1/jobs/{id}", id=crawl.id).expect(200).at("data")
    crawl.tasks = every_task(client, crawl.id)
    if crawl.last.status == "completed":
        crawl.too_late = client.call("POST /v1/jobs/{id}/cancel", id=crawl.id)
    for kind in EXPORTS:
        query = {"type": kind}
        crawl.exports[kind] = client.call("GET /v1/jobs/{id}/export", id=crawl.id, query=query)
    if with_.other and beside:
        crawl.few = every_task(with_.other.afresh(), beside)
    told, used = _told(with_)
    crawl.told.append(told)
    crawl.used.append(used)


def _told(with_: Traveller) -> tuple[int, int]:
    """How many notifications there are, and how many pages were used today."""
    client = with_.client.afresh()
    told = client.call("GET /v1/notifications").expect(200).at("total")
    return int(told), int(client.call("GET /v1/usage").expect(200).at("data.usage.daily_used"))


def _beside(with_: Traveller, crawl: Crawl) -> str:
    """Have another organisation reach for the job, and make a small one of its own; its id."""
    other = with_.elsewhere()
    if other is None:
        return ""
    beside = str(make(other, pages=FEW, find_links=False).at("data.id"))
    asked = other.afresh().client
    user = asked.call("GET /v1/auth/profile").expect(200)
    with_.endings.make("user", str(user.at("data.user.id")))
    crawl.foreign = reach_for(asked, crawl.id)
    crawl.foreign_lists = {name: asked.call(name, query={"limit": 100}) for name in LISTS}
    return beside


def reach_for(client: Client, job: str) -> dict[str, Answer]:
    """What somebody is told who tries everything that there is to do with a job."""
    answers = {}
    for request in OF_A_JOB:
        body = {"action": "cancel"} if request.startswith("PUT") else None
        answers[request] = client.call(request, id=job, body=body)
    return answers


def make(with_: Traveller, *, pages: int, find_links: bool = True) -> Answer:
    """Make a job on the domain, and see to it that it does not outlive the run."""
    body = {
        "domain": with_.environment.domain,
        "use_sitemap": True,
        "find_links": find_links,
        "concurrency": AT_ONCE,
        "max_pages": pages,
    }
    made = with_.client.call("POST /v1/jobs", body=body).expect(201)
    job, last = str(made.at("data.id")), with_.client.afresh()
    with_.endings.make("job", job)
    with_.endings.add(f"job {job}", lambda: last.call("POST /v1/jobs/{id}/cancel", id=job))
    return made


def look(client: Client, job: str, *, after: float) -> Sight:
    """See a job once."""
    seen = client.call("GET /v1/jobs/{id}", id=job).expect(200)
    running = client.call(
        "GET /v1/jobs/{id}/tasks", id=job, query={"status": "running", "limit": 1}
    ).expect(200)
    return Sight(
        after=after,
        status=str(seen.at("data.status")),
        started=bool(seen.find("data.started_at")),
        total=int(seen.at("data.total_tasks")),
        completed=int(seen.at("data.completed_tasks")),
        failed=int(seen.at("data.failed_tasks")),
        skipped=int(seen.at("data.skipped_tasks")),
        running=int(running.at("data.pagination.total")),
        progress=float(seen.at("data.progress")),
    )


def every_task(client: Client, job: str, *, page: int = PAGE) -> list[dict[str, Any]]:
    """All tasks of a job, page by page; as many as there are, should pages repeat."""
    found: list[dict[str, Any]] = []
    while True:
        query = {"limit": page, "offset": len(found)}
        answer = client.call("GET /v1/jobs/{id}/tasks", id=job, query=query).expect(200)
        found += answer.at("data.tasks") or []
        whole = len(found) >= answer.at("data.pagination.total")
        if whole or not answer.at("data.pagination.has_next") or not answer.at("data.tasks"):
            return found
