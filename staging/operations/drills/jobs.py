"""Jobs made through the API before an accident, and their balance in the database after it."""

import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field

from staging.clouds import postgres
from staging.clouds.http import Service
from staging.clouds.postgres import Address, rows
from staging.errors import NotSo, ServiceFailed
from staging.operations.drills.accounts import Account
from staging.operations.steps import until
from staging.rules.conservation import Conservation, Job, Task, conserved, over
from staging.secret import Secret

JOB = {"use_sitemap": True, "find_links": True, "concurrency": 2, "max_pages": 12}
"""Small enough to end soon, slow enough to be met in the middle."""

LOOK = 0.4  # seconds
TAKEN_UP = 35.0
ENDED = 200.0
"""For tasks of a killed process to be taken again, which takes two minutes, and the rest."""

TASKS = """
select t.id::text, t.job_id::text, coalesce(r ->> 'page_id', r ->> 'path'), t.status::text,
       coalesce(r ->> 'error', ''), coalesce(r ->> 'started_at', ''),
       coalesce(r ->> 'completed_at', ''), coalesce((r ->> 'retry_count')::integer, 0)
from public.tasks t, to_jsonb(t) r where t.job_id::text = any(%s)
"""
JOBS = """
select j.id::text, j.status::text, coalesce(r ->> 'error_message', ''),
       j.total_tasks, j.completed_tasks, j.failed_tasks, j.skipped_tasks,
       (select count(*) from public.notifications n
        where to_jsonb(n) ->> 'type' = 'job_complete' and to_jsonb(n) ->> 'link' like '%%' || j.id)
from public.jobs j, to_jsonb(j) r where j.id::text = any(%s)
"""


@dataclass(slots=True)
class Jobs:
    """One job for each account, and every state that their tasks were seen in."""

    url: str
    where: Address
    domain: str
    ids: list[str] = field(default_factory=list)
    _seen: dict[Task, None] = field(default_factory=dict)
    _over: threading.Event = field(default_factory=threading.Event)
    _watch: threading.Thread | None = None

    def enqueue(self, accounts: Sequence[Account]) -> None:
        """Make them, and watch from the first on."""
        for account in accounts:
            body = {"domain": self.domain, **JOB}
            answer = _service(self.url, account.token).expect("POST", "/v1/jobs", body=body)
            self.ids.append(str(answer["data"]["id"]))
        if self._watch:
            return
        self._watch = threading.Thread(target=self._look_on, daemon=True)
        self._watch.start()

    def at_work(self) -> None:
        """Wait until tasks are in hand, so that what happens next happens in mid-job."""
        until(
            lambda: None if self.in_hand() else "no task is running",
            what="A worker at work on the drill's jobs",
            limit=TAKEN_UP,
        )

    def in_hand(self) -> int:
        """How many tasks are being worked on now."""
        return sum(task.status == "running" for task in self.look()[1])

    def look(self) -> tuple[list[Job], list[Task]]:
        """What the database has of them; each state is remembered."""
        with postgres.connect(self.where, read_only=True) as connection:
            jobs = [_job(row) for row in rows(connection, JOBS, self.ids)]
            tasks = [_task(row) for row in rows(connection, TASKS, self.ids)]
        self._seen.update(dict.fromkeys(tasks))
        return jobs, tasks

    def balance(self, *, superseded: bool) -> Conservation:
        """Wait until they have ended, for as long as that may take, and count."""
        deadline = time.monotonic() + ENDED
        while True:
            jobs, tasks = self.look()
            if over(jobs, tasks, enqueued=len(self.ids)) or time.monotonic() > deadline:
                break
            time.sleep(LOOK)
        time.sleep(LOOK)  # what is done twice may be so after the end
        jobs, tasks = self.look()
        self.stop()
        earlier = tuple(self._seen)
        return conserved(self.ids, jobs, tasks, earlier=earlier, superseded=superseded)

    def stop(self) -> None:
        """Watch no longer."""
        self._over.set()
        if self._watch:
            self._watch.join(10)

    def _look_on(self) -> None:
        while not self._over.wait(LOOK):
            try:
                self.look()
            except ServiceFailed:  # the database is away, as it may be in a drill
                continue


def cancel(url: str, accounts: Sequence[Account], ids: Sequence[str]) -> None:
    """End jobs through the API; one that has ended, or is another's, stays as it is."""
    for id_ in ids:
        for account in accounts:
            _service(url, account.token).call("POST", f"/v1/jobs/{id_}/cancel", timeout=15)


def write(url: str, account: Account, domain: str) -> tuple[int, str]:
    """A request that must write, and changes nothing that matters; its status and text."""
    service = _service(url, account.token)
    try:
        answer = service.call("POST", "/v1/domains", body={"domain": domain}, timeout=15)
    except ServiceFailed as error:
        raise NotSo("A write got no answer.", detail=error.detail) from error
    return answer.status, answer.text[:300]


def _service(url: str, token: Secret) -> Service:
    return Service(url, {"Authorization": Secret(f"Bearer {token.reveal()}")})


def _task(row: Sequence[object]) -> Task:
    id_, job, page, status, reason, started, ended, retries = row
    return Task(
        id=str(id_),
        job=str(job),
        page=str(page),
        status=str(status),
        reason=str(reason),
        started=str(started),
        ended=str(ended),
        retries=int(str(retries)),
    )


def _job(row: Sequence[object]) -> Job:
    id_, status, reason, *numbers = row
    total, completed, failed, skipped, announced = (int(str(n)) for n in numbers)
    return Job(
        id=str(id_),
        status=str(status),
        reason=str(reason),
        total=total,
        completed=completed,
        failed=failed,
        skipped=skipped,
        announced=announced,
    )
