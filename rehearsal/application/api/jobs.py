"""Jobs: created, listed, read, cancelled in three ways; their tasks and exports."""

from typing import Any
from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from rehearsal.application import jobs
from rehearsal.application.api.ranges import since
from rehearsal.application.domains import checked
from rehearsal.application.envelope import (
    Refusal,
    body,
    identifier,
    pagination,
    present,
    success,
    window,
)
from rehearsal.application.people import bee, person

STATUSES = frozenset(
    {"pending", "initializing", "running", "paused", "completed", "failed", "cancelled"}
)
TASK_STATUSES = frozenset({"waiting", "pending", "running", "completed", "failed", "skipped"})
MOST_PAGES = 100_000
LISTED = """select j.id, j.status, j.progress, j.total_tasks, j.completed_tasks, j.failed_tasks,
    j.skipped_tasks, j.sitemap_tasks, j.found_tasks, j.created_at, j.started_at, j.completed_at,
    d.name as domain,
    round(extract(epoch from j.completed_at - j.started_at))::integer as duration_seconds"""
WANTED = """from public.jobs j join public.domains d on d.id = j.domain_id
    where j.organisation_id = %s and (%s::text is null or j.status = %s)
    and j.created_at >= %s and (%s::uuid is null or j.scheduler_id = %s)"""
PAGE = "order by j.created_at desc, j.id limit %s offset %s"


async def create(request: Request) -> Response:
    """Begin to crawl a domain."""
    who, given = await person(request), await body(request)
    domain, wanted = checked(given.get("domain")), options(given)
    made = await jobs.create(
        bee(request).database,
        organisation=who.organisation,
        user=who.id,
        domain=domain,
        options={**wanted, "scheduler": None, "source_type": "dashboard"},
    )
    found = await jobs.job(bee(request).database, made["id"], who.organisation)
    return success(request, shown(request, found or {}), "Job created successfully", status=201)


def options(given: dict[str, Any]) -> dict[str, Any]:
    """What may be asked of a job, within bounds."""
    concurrency, pages = given.get("concurrency", 20), given.get("max_pages", 0)
    for name, value, least, most in (
        ("concurrency", concurrency, 1, 100),
        ("max_pages", pages, 0, MOST_PAGES),
    ):
        if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
            raise Refusal(400, f"{name} must be between {least} and {most}")
    return {
        "concurrency": concurrency,
        "max_pages": pages,
        "use_sitemap": bool(given.get("use_sitemap", True)),
        "find_links": bool(given.get("find_links", True)),
    }


async def listed(request: Request) -> Response:
    """The organisation's jobs, newest first."""
    who = await person(request)
    return await listing(request, organisation=who.organisation, scheduler=None)


async def listing(request: Request, *, organisation: UUID, scheduler: UUID | None) -> Response:
    """One page of jobs, filtered by status, time and scheduler."""
    limit, offset = window(request)
    status = request.query_params.get("status")
    if status and status not in STATUSES:
        raise Refusal(400, "Invalid status")
    wanted = (organisation, status, status, since(request, otherwise="all"), scheduler, scheduler)
    database = bee(request).database
    rows = await database.all(f"{LISTED} {WANTED} {PAGE}", *wanted, limit, offset)
    counted = await database.one(f"select count(*) as total {WANTED}", *wanted)
    for row in rows:
        row["domains"] = {"name": row.pop("domain")}
    total = int(counted["total"]) if counted else 0
    told: dict[str, Any] = {"jobs": [shown(request, row) for row in rows]}
    told["pagination"] = pagination(limit, offset, total)
    return success(request, told, "Jobs retrieved successfully")


async def read(request: Request) -> Response:
    """One job."""
    return success(request, shown(request, await mine(request)), "Job retrieved successfully")


async def act(request: Request) -> Response:
    """Do something to a job: to cancel is all there is."""
    await person(request)
    given = await body(request)
    if given.get("action") != "cancel":
        raise Refusal(400, "Invalid action")
    return await cancel(request)


async def cancel(request: Request) -> Response:
    """Cancel a job."""
    found = await mine(request)
    parts = bee(request)
    if found["status"] not in jobs.OPEN:
        raise Refusal(409, f"Job is already {found['status']}")
    faulty = "noop-cancel" in parts.configuration.faults
    if not faulty and not await jobs.cancel(parts.database, found["id"]):
        raise Refusal(409, "Job has already ended")
    told = {"id": found["id"], "status": "cancelled"}
    return success(request, told, "Job cancelled successfully")


async def tasks(request: Request) -> Response:
    """A job's tasks."""
    found = await mine(request)
    return await task_listing(request, found["id"])


async def task_listing(request: Request, job: UUID) -> Response:
    """One page of a job's tasks, filtered by status."""
    limit, offset = window(request)
    status = request.query_params.get("status")
    if status and status not in TASK_STATUSES:
        raise Refusal(400, "Invalid status")
    where = f"{jobs.FROM_TASKS} and (%s::text is null or t.status::text = %s)"
    database = bee(request).database
    total = await database.one(f"select count(*) as total {where}", job, status, status)
    query = f"select {jobs.TASK} {where} order by t.created_at, t.id limit %s offset %s"
    rows = await database.all(query, job, status, status, limit, offset)
    told = {
        "pagination": pagination(limit, offset, int(total["total"]) if total else 0),
        "tasks": [present(row) for row in rows],
    }
    return success(request, told, "Tasks retrieved successfully")


async def mine(request: Request) -> dict[str, Any]:
    """The job of the path, if it is of the bearer's organisation."""
    who = await person(request)
    wanted = identifier(request, "id", "Job")
    faults = bee(request).configuration.faults
    leaking = "tenant-leak" in faults or (request.method != "GET" and "tenant-writes" in faults)
    found = await jobs.job(bee(request).database, wanted, None if leaking else who.organisation)
    if found is None:
        raise Refusal(404, "Job not found")
    return found


def shown(request: Request, row: dict[str, Any]) -> dict[str, Any]:
    """A job as it is told."""
    found = present(row)
    if "missing-field" in bee(request).configuration.faults:
        found.pop("progress", None)
    return found


ROUTES = [
    Route("/v1/jobs", listed, methods=["GET"]),
    Route("/v1/jobs", create, methods=["POST"]),
    Route("/v1/jobs/{id}", read, methods=["GET"]),
    Route("/v1/jobs/{id}", act, methods=["PUT"]),
    Route("/v1/jobs/{id}", cancel, methods=["DELETE"]),
    Route("/v1/jobs/{id}/cancel", cancel, methods=["POST"]),
    Route("/v1/jobs/{id}/tasks", tasks, methods=["GET"]),
]
