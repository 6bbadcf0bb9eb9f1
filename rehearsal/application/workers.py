"""The worker pool: takes up jobs, visits each page twice, records what it saw."""

import asyncio
import contextlib
import json
from collections import Counter
from uuid import UUID

from rehearsal.application import jobs
from rehearsal.application.database import Database, Row
from rehearsal.application.discovery import Discovery
from rehearsal.application.envelope import Refusal
from rehearsal.application.fetching import Fetcher, FetchError, Page
from rehearsal.application.schedules import begin_due
from rehearsal.application.statistics import statistics

LOOK_SECONDS = 0.5
IDLE_SECONDS = 5.0
"""One of the pool looks often; the others wait for its word, or the idle pool would be busy."""

RETRIES = 2
RETRY_AFTER = "0.5 seconds"
LAST_WORDS = 25.0

CHOOSE = """
select j.id from public.jobs j where j.status = 'running'
    and exists (select from public.tasks t
                where t.job_id = j.id and t.status = 'pending' and t.run_at <= now())
    and (select count(*) from public.tasks t
         where t.job_id = j.id and t.status = 'running') < j.concurrency
order by (select count(*) from public.tasks t where t.job_id = j.id and t.status = 'running'),
    j.started_at
limit 1 for update skip locked
"""
"""The job is locked before its tasks, as a cancel does; so none starts once it is cancelled."""

TAKE = """
update public.tasks set status = 'running', started_at = clock_timestamp()
where id = (
    select id from public.tasks where job_id = %(job)s and status = 'pending' and run_at <= now()
    order by run_at, created_at limit 1 for update skip locked
)
and (select count(*) from public.tasks where job_id = %(job)s and status = 'running')
    < (select concurrency from public.jobs where id = %(job)s and status = 'running')
returning id, job_id, path, retry_count, extract(epoch from now() - run_at)::float8 as waited
"""
DUE = "select 1 as one from public.tasks where status = 'pending' and run_at <= now() limit 1"
REVIVE = """
update public.tasks set status = 'pending', started_at = null
where status = 'running' and started_at < now() - make_interval(secs => %s)
"""


class Workers:
    """The pool; `drain` lets each worker finish the task in hand."""

    def __init__(self, database: Database, fetcher: Fetcher, *, size: int, cold: bool) -> None:
        self._database, self._fetcher = database, fetcher
        self._discovery = Discovery(database, fetcher)
        self._cold = cold
        self.retries, self.stuck_after = RETRIES, 120.0
        self._ending = asyncio.Event()
        self._running: list[asyncio.Task[None]] = []
        self._listening: asyncio.Task[None] | None = None
        self._news = asyncio.Event()
        self.size = size
        self.busy = 0
        self.done: Counter[tuple[str, str]] = Counter()
        self.milliseconds: Counter[str] = Counter()
        self.waited: Counter[str] = Counter()

    def start(self) -> None:
        """Begin to work."""
        self._running = [asyncio.create_task(self._work()) for _ in range(self.size)]
        self._running.append(asyncio.create_task(self._take_up()))
        self._listening = asyncio.create_task(self._database.listen("jobs", self._wake))

    async def drain(self) -> None:
        """Take nothing more; finish what is in hand."""
        self._ending.set()
        self._wake()
        if self._listening:
            self._listening.cancel()
        if self._running:
            _, left = await asyncio.wait(self._running, timeout=LAST_WORDS)
            for task in left:
                task.cancel()

    async def _take_up(self) -> None:
        """Find the pages of new jobs, and wake what a killed process left asleep."""
        while not self._ending.is_set():
            with contextlib.suppress(Refusal):
                await self._database.run(REVIVE, self.stuck_after)
                await begin_due(self._database)
                while job := await self._discovery.next_job():
                    await self._discovery.find(job)
                    self._wake()
                    await self._finished(job["id"])
                if await self._database.one(DUE):
                    self._wake()
            await self._pause(LOOK_SECONDS)

    async def _work(self) -> None:
        while not self._ending.is_set():
            task = None
            with contextlib.suppress(Refusal):
                task = await self._take()
            if task is None:
                await self._pause()
                continue
            self._wake()  # those who found the job locked
            self.busy += 1
            try:
                await self._visit(task)
            except Refusal:  # the database is away: the task is taken again when it is stuck
                await self._pause()
            finally:
                self.busy -= 1

    async def _take(self) -> Row | None:
        """A task of a job that may have one more in hand."""
        async with self._database.connection() as connection, connection.transaction():
            chosen = await (await connection.execute(CHOOSE)).fetchone()
            if chosen is None:
                return None
            return await (await connection.execute(TAKE, {"job": chosen["id"]})).fetchone()

    async def _visit(self, task: Row) -> None:
        job = await self._database.one(
            """select d.name, j.find_links, j.max_pages, j.id from public.jobs j
               join public.domains d on d.id = j.domain_id where j.id = %s""",
            task["job_id"],
        )
        if job is None:
            return
        try:
            first = await self._fetcher.get(job["name"], task["path"])
        except FetchError as error:
            await self._failed(task, str(error), None)
            return
        if first.status >= 500:
            await self._failed(task, f"status {first.status}", first)
        elif first.status >= 400:
            await self._ended(task, first, None, error=f"status {first.status}")
        else:
            await self._warmed(task, job, first)
        await self._finished(task["job_id"])

    async def _warmed(self, task: Row, job: Row, first: Page) -> None:
        """The second visit, which finds the cache warm."""
        second = await self._again(job, task["path"])
        if job["find_links"]:  # before it ends: it may be the last that the job has
            await self._discovery.add_links(job, task["path"], first)
        await self._ended(task, first, second, error=None)

    async def _again(self, job: Row, path: str) -> Page | None:
        with contextlib.suppress(FetchError):
            return await self._fetcher.get(job["name"], path)
        return None

    async def _failed(self, task: Row, reason: str, page: Page | None) -> None:
        """Try again after a pause, but not for ever."""
        if task["retry_count"] < self.retries:
            await self._database.run(
                f"""update public.tasks set status = 'pending', retry_count = retry_count + 1,
                        run_at = now() + interval '{RETRY_AFTER}', error = %s
                    where id = %s and status = 'running'""",  # noqa: S608 - constants
                reason,
                task["id"],
            )
            return
        await self._ended(task, page, None, error=reason)
        await self._finished(task["job_id"])

    async def _ended(
        self, task: Row, first: Page | None, second: Page | None, *, error: str | None
    ) -> None:
        status = "failed" if error else "completed"
        seen = second.cache if second and not self._cold else "MISS" if second else None
        await self._database.run(
            """update public.tasks set status = %s, completed_at = now(), error = %s,
                   status_code = %s, response_time = %s, cache_status = %s, content_type = %s,
                   second_response_time = %s, second_cache_status = %s
               where id = %s and status = 'running'""",
            status,
            error,
            first.status if first else None,
            first.ms if first else None,
            first.cache if first else None,
            first.content_type if first else None,
            second.ms if second else None,
            seen,
            task["id"],
        )
        self.done[(str(task["job_id"]), status)] += 1
        self.milliseconds[status] += (first.ms if first else 0) + (second.ms if second else 0)
        self.waited[str(task["job_id"])] += round(float(task["waited"]) * 1000)

    async def _finished(self, job: UUID) -> None:
        """End the job if this was its last task."""
        left = await self._database.one(
            """select count(*) filter (where t.status in ('waiting', 'pending', 'running')) as n
               from public.tasks t where t.job_id = %s""",
            job,
        )
        if left is None or left["n"]:
            return
        rows = await self._database.all("select * from public.tasks where job_id = %s", job)
        if await jobs.finish(self._database, job, statistics(rows)):
            print(json.dumps({"event": "job ended", "job": str(job), "pages": len(rows)}))

    async def _pause(self, seconds: float = IDLE_SECONDS) -> None:
        """Until there is news, or for a while: news can be missed."""
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._news.wait(), seconds)

    def _wake(self) -> None:
        """Let everybody look, once."""
        self._news.set()
        self._news = asyncio.Event()
