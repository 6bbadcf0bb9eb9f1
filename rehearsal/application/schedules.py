"""Schedulers that are due: each begins a job and waits for its next time."""

from rehearsal.application import jobs
from rehearsal.application.database import Database

DUE = """
update public.schedulers s
set next_run_at = now() + make_interval(hours => s.schedule_interval_hours)
from public.domains d
where d.id = s.domain_id and s.id = (
    select id from public.schedulers where is_enabled and next_run_at <= now()
    order by next_run_at limit 1 for update skip locked
)
returning s.id, s.organisation_id, s.concurrency, s.find_links, s.max_pages, d.name
"""


async def begin_due(database: Database) -> None:
    """Begin a job for every scheduler whose time has come; another process may do the same."""
    while due := await database.one(DUE):
        await jobs.create(
            database,
            organisation=due["organisation_id"],
            user=None,
            domain=due["name"],
            options={
                "concurrency": due["concurrency"],
                "find_links": due["find_links"],
                "max_pages": due["max_pages"],
                "use_sitemap": True,
                "scheduler": due["id"],
                "source_type": "scheduler",
            },
        )
