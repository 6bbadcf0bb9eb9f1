"""Jobs and their tasks, as they are kept and as they are shown."""

from typing import Any
from uuid import UUID

from psycopg import AsyncConnection
from psycopg.types.json import Jsonb

from rehearsal.application.database import Database, Row

OPEN = ("pending", "initializing", "running", "paused")
COLUMNS = """j.id, j.domain_id, d.name as domain, j.status, j.total_tasks, j.completed_tasks,
    j.failed_tasks, j.skipped_tasks, j.progress, j.created_at, j.started_at, j.completed_at,
    round(extract(epoch from j.completed_at - j.started_at))::integer as duration_seconds,
    (extract(epoch from j.completed_at - j.started_at) / nullif(j.completed_tasks, 0))::float8
        as avg_time_per_task_seconds,
    j.stats, j.concurrency, j.max_pages, j.source_type, j.adaptive_delay_seconds"""
TASK = """t.id, t.job_id, t.path, 'https://' || d.name || t.path as url, t.status, t.status_code,
    t.response_time, t.cache_status, t.second_response_time, t.second_cache_status,
    t.content_type, t.error, t.source_type, t.source_url, t.created_at, t.started_at,
    t.completed_at, t.retry_count"""
FROM_TASKS = """from public.tasks t join public.jobs j on j.id = t.job_id
    join public.domains d on d.id = j.domain_id where t.job_id = %s"""


async def job(database: Database, identifier: UUID, organisation: UUID | None) -> Row | None:
    """One job; of the organisation alone, unless that is None."""
    query = f"""select {COLUMNS} from public.jobs j join public.domains d on d.id = j.domain_id
                where j.id = %s and (%s::uuid is null or j.organisation_id = %s)"""  # noqa: S608 - constants
    return await database.one(query, identifier, organisation, organisation)


async def domain_id(connection: AsyncConnection[Row], name: str) -> int:
    """The domain's number, given to it if it is new. A known domain's row is not locked."""
    await connection.execute(
        "insert into public.domains (name) values (%s) on conflict (name) do nothing", (name,)
    )
    found = await connection.execute("select id from public.domains where name = %s", (name,))
    row = await found.fetchone()
    return int(row["id"]) if row else 0


async def create(
    database: Database, *, organisation: UUID, user: UUID | None, domain: str, options: Row
) -> Row:
    """Make a job; one that runs for the same domain and organisation is cancelled."""
    async with database.connection() as connection, connection.transaction():
        number = await domain_id(connection, domain)
        running = await connection.execute(
            """select id from public.jobs where domain_id = %s and organisation_id = %s
               and status = any(%s) for update""",
            (number, organisation, list(OPEN)),
        )
        for other in await running.fetchall():
            await _cancel(connection, other["id"])
        made = await connection.execute(
            """insert into public.jobs (domain_id, organisation_id, user_id, use_sitemap,
                   find_links, concurrency, max_pages, scheduler_id, source_type)
               values (%(domain_id)s, %(organisation)s, %(user)s, %(use_sitemap)s, %(find_links)s,
                   %(concurrency)s, %(max_pages)s, %(scheduler)s, %(source_type)s)
               returning id, domain_id, status, created_at""",
            {**options, "domain_id": number, "organisation": organisation, "user": user},
        )
        await connection.execute(
            """insert into public.daily_usage (organisation_id, jobs_created) values (%s, 1)
               on conflict (organisation_id, usage_date)
               do update set jobs_created = daily_usage.jobs_created + 1""",
            (organisation,),
        )
        await connection.execute("notify jobs")
        row = await made.fetchone()
        return row or {}


async def cancel(database: Database, identifier: UUID) -> bool:
    """Cancel a job and all of its tasks that have not begun; False if it has ended already."""
    async with database.connection() as connection, connection.transaction():
        return await _cancel(connection, identifier)


async def _cancel(connection: AsyncConnection[Row], identifier: UUID) -> bool:
    done = await connection.execute(
        """update public.jobs set status = 'cancelled', completed_at = now()
           where id = %s and status = any(%s)""",
        (identifier, list(OPEN)),
    )
    if not done.rowcount:
        return False
    await connection.execute(
        """update public.tasks set status = 'skipped', completed_at = now()
           where job_id = %s and status in ('waiting', 'pending')""",
        (identifier,),
    )
    return True


async def finish(database: Database, identifier: UUID, stats: dict[str, Any]) -> bool:
    """End a job of which every task has, and tell its organisation; True for the one who did."""
    async with database.connection() as connection, connection.transaction():
        ended = await connection.execute(
            """update public.jobs set status = 'completed', completed_at = now(), stats = %s
               where id = %s and status = 'running'
               and total_tasks = completed_tasks + failed_tasks + skipped_tasks
               returning organisation_id as organisation, domain_id as domain,
                   completed_tasks + failed_tasks as pages,
                   extract(epoch from now() - started_at)::integer as seconds""",
            (Jsonb(stats), identifier),
        )
        done = await ended.fetchone()
        if done is None:
            return False
        told = {**done, "preview": f"{done['pages']} URLs processed in {done['seconds']}s"}
        told["link"] = f"/jobs/{identifier}"
        await connection.execute(NOTIFY, told)
        await connection.execute(USE, told)
        return True


NOTIFY = """
insert into public.notifications (organisation_id, type, subject, preview, link)
select %(organisation)s, 'job_complete', name || ' completed', %(preview)s, %(link)s
from public.domains where id = %(domain)s
"""
USE = """
insert into public.daily_usage (organisation_id, pages_processed)
values (%(organisation)s, %(pages)s)
on conflict (organisation_id, usage_date) do update
set pages_processed = daily_usage.pages_processed + excluded.pages_processed
"""
