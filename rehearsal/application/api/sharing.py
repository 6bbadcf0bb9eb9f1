"""Links that show a job to anybody who has them, and exports."""

import secrets
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from rehearsal.application import jobs
from rehearsal.application.api.jobs import mine, shown, task_listing
from rehearsal.application.envelope import Refusal, present, success
from rehearsal.application.people import bee, person

COLUMNS = {
    "id": "Task ID",
    "job_id": "Job ID",
    "path": "Page path",
    "url": "Page URL",
    "status": "Status",
    "status_code": "Status code",
    "response_time": "Response time (ms)",
    "cache_status": "Cache status",
    "second_response_time": "Second response time (ms)",
    "second_cache_status": "Second cache status",
    "content_type": "Content type",
    "error": "Error",
}
EXPORTS = {
    "job": "true",
    "broken-links": "(t.status = 'failed' or t.status_code >= 400)",
    "slow-pages": "coalesce(t.second_response_time, t.response_time) > 3000",
}
EXPORTED_AT_MOST = 10_000


async def create(request: Request) -> Response:
    """Give a job a link; one that it has stays."""
    found, who = await mine(request), await person(request)
    database = bee(request).database
    await database.run(
        """insert into public.job_share_links (job_id, token, created_by) values (%s, %s, %s)
           on conflict (job_id) where revoked_at is null do nothing""",
        found["id"],
        secrets.token_urlsafe(18),
        who.id,
    )
    token = await _token(request, found["id"])
    return success(request, _link(request, token or ""), "Share link created successfully")


async def show(request: Request) -> Response:
    """A job's link, if it has one."""
    found = await mine(request)
    token = await _token(request, found["id"])
    if token is None:
        return success(request, {"exists": False}, "No share link")
    return success(request, {"exists": True, **_link(request, token)}, "Share link active")


async def revoke(request: Request) -> Response:
    """End a link."""
    found = await mine(request)
    query = """update public.job_share_links set revoked_at = now()
               where job_id = %s and token = %s and revoked_at is null"""
    token = request.path_params["token"]
    if not await bee(request).database.run(query, found["id"], token):
        raise Refusal(404, "Share link not found")
    return success(request, {"revoked": True}, "Share link revoked")


async def shared(request: Request) -> Response:
    """The job of a link, for anybody."""
    found = await _shared(request)
    return success(request, shown(request, found), "Job retrieved successfully")


async def shared_tasks(request: Request) -> Response:
    """Its tasks."""
    return await task_listing(request, (await _shared(request))["id"])


async def shared_export(request: Request) -> Response:
    """Its export."""
    return await _exported(request, await _shared(request))


async def export(request: Request) -> Response:
    """A job's tasks, all of them."""
    return await _exported(request, await mine(request))


async def _exported(request: Request, job: dict[str, Any]) -> Response:
    kind = request.query_params.get("type", "job")
    if kind not in EXPORTS:
        raise Refusal(400, "Invalid export type")
    query = f"""select {jobs.TASK} {jobs.FROM_TASKS} and {EXPORTS[kind]}
                order by t.created_at, t.id limit {EXPORTED_AT_MOST}"""
    rows = await bee(request).database.all(query, job["id"])
    told = {
        "columns": [{"key": key, "label": label} for key, label in COLUMNS.items()],
        "completed_at": job["completed_at"],
        "created_at": job["created_at"],
        "domain": job["domain"],
        "export_time": datetime.now(UTC),
        "export_type": kind,
        "job_id": job["id"],
        "status": job["status"],
        "tasks": [present(row) for row in rows],
        "total_tasks": len(rows),
    }
    return success(request, told, f"Exported {len(rows)} tasks for job {job['id']}")


async def _shared(request: Request) -> dict[str, Any]:
    database = bee(request).database
    link = await database.one(
        "select job_id from public.job_share_links where token = %s and revoked_at is null",
        request.path_params["token"],
    )
    found = await jobs.job(database, link["job_id"], None) if link else None
    if found is None:
        raise Refusal(404, "Shared job not found")
    return found


async def _token(request: Request, job: UUID) -> str | None:
    found = await bee(request).database.one(
        "select token from public.job_share_links where job_id = %s and revoked_at is null", job
    )
    return str(found["token"]) if found else None


def _link(request: Request, token: str) -> dict[str, str]:
    scheme = request.headers.get("x-forwarded-proto", request.url.scheme)
    place = request.headers.get("host", request.url.netloc)
    return {"share_link": f"{scheme}://{place}/shared/jobs/{token}", "token": token}


ROUTES = [
    Route("/v1/jobs/{id}/export", export, methods=["GET"]),
    Route("/v1/jobs/{id}/share-links", create, methods=["POST"]),
    Route("/v1/jobs/{id}/share-links", show, methods=["GET"]),
    Route("/v1/jobs/{id}/share-links/{token}", revoke, methods=["DELETE"]),
    Route("/v1/shared/jobs/{token}", shared, methods=["GET"]),
    Route("/v1/shared/jobs/{token}/tasks", shared_tasks, methods=["GET"]),
    Route("/v1/shared/jobs/{token}/export", shared_export, methods=["GET"]),
]
