"""Which pages a job visits: those of the sitemap, and those that pages link to."""

from rehearsal.application.database import Database, Row
from rehearsal.application.fetching import Fetcher, Page, links

KNOW = """
insert into public.pages (domain_id, path)
select domain_id, path from public.jobs, unnest(%(paths)s::text[]) path where jobs.id = %(job)s
order by path on conflict (domain_id, path) do nothing
"""
"""In one order and without locking pages that are known: jobs of a domain run side by side."""

ADD = """
insert into public.tasks (job_id, page_id, path, source_type, source_url, status)
select %(job)s, id, path, %(source_type)s, %(source_url)s,
       (case when %(room)s::integer is not null
                  and row_number() over (order by array_position(%(paths)s::text[], path))
                      > %(room)s
             then 'skipped' else 'pending' end)::public.task_status
from public.pages where path = any(%(paths)s::text[])
    and domain_id = (select domain_id from public.jobs where jobs.id = %(job)s)
on conflict (job_id, page_id) do nothing
"""


class Discovery:
    """Takes up new jobs and gives them tasks."""

    def __init__(self, database: Database, fetcher: Fetcher) -> None:
        self._database, self._fetcher = database, fetcher

    async def next_job(self) -> Row | None:
        """Take up the oldest new job, or one whose finder was killed."""
        return await self._database.one(
            """update public.jobs set status = 'initializing', started_at = now()
               where id = (select id from public.jobs where status = 'pending'
                   or (status = 'initializing' and started_at < now() - interval '1 minute')
                   order by created_at limit 1 for update skip locked)
               returning id, use_sitemap, max_pages,
                   (select name from public.domains where domains.id = domain_id)"""
        )

    async def find(self, job: Row) -> None:
        """Give the job its first pages and let it run, unless it was cancelled meanwhile."""
        paths = ["/"]
        if job["use_sitemap"]:
            paths += await self._fetcher.listed(job["name"])
        await self._add(job, paths, source_type="sitemap", source_url=None)
        await self._database.run(
            "update public.jobs set status = 'running' where id = %s and status = 'initializing'",
            job["id"],
        )
        await self._database.run(
            """update public.tasks set status = 'skipped' where job_id = %s and status = 'pending'
               and exists (select from public.jobs where id = job_id and status = 'cancelled')""",
            job["id"],
        )

    async def add_links(self, job: Row, path: str, page: Page) -> None:
        """Give the job the pages that one of its pages links to."""
        found = links(job["name"], page, path)
        if found:
            source = f"https://{job['name']}{path}"
            await self._add(job, found, source_type="link", source_url=source)

    async def _add(
        self, job: Row, paths: list[str], *, source_type: str, source_url: str | None
    ) -> None:
        """Add those that are new; beyond max_pages they are skipped."""
        async with self._database.connection() as connection, connection.transaction():
            locked = await connection.execute(
                """select total_tasks - skipped_tasks as wanted, status, max_pages from public.jobs
                   where id = %s for update""",
                (job["id"],),
            )
            row = await locked.fetchone()
            if row is None or row["status"] not in {"initializing", "running"}:
                return
            known = await connection.execute(
                "select path from public.tasks where job_id = %s", (job["id"],)
            )
            seen = {each["path"] for each in await known.fetchall()}
            new = [path for path in dict.fromkeys(paths) if path not in seen]
            room = max(row["max_pages"] - row["wanted"], 0) if row["max_pages"] else None
            if new:
                given = {"paths": new, "job": job["id"], "room": room}
                given |= {"source_type": source_type, "source_url": source_url}
                await connection.execute(KNOW, given)
                await connection.execute(ADD, given)
