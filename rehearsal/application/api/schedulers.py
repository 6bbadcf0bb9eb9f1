"""Jobs that come again every so many hours."""

from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from rehearsal.application import jobs
from rehearsal.application.api.jobs import listing, options
from rehearsal.application.domains import checked
from rehearsal.application.envelope import Refusal, body, identifier, success
from rehearsal.application.people import Person, bee, person

INTERVALS = frozenset({6, 12, 24, 48})
SHOWN = """s.id, d.name as domain, s.schedule_interval_hours, s.next_run_at, s.is_enabled,
    s.concurrency, s.find_links, s.max_pages, s.created_at, s.updated_at"""
FROM = "from public.schedulers s join public.domains d on d.id = s.domain_id"


async def create(request: Request) -> Response:
    """Make a scheduler; one for each domain and organisation."""
    who, given = await person(request), await body(request)
    domain, hours, wanted = checked(given.get("domain")), _hours(given), options(given)
    async with bee(request).database.connection() as connection, connection.transaction():
        number = await jobs.domain_id(connection, domain)
        made = await connection.execute(
            """insert into public.schedulers (domain_id, organisation_id, schedule_interval_hours,
                   next_run_at, concurrency, find_links, max_pages)
               values (%s, %s, %s, now() + make_interval(hours => %s), %s, %s, %s)
               on conflict do nothing returning id""",
            (
                *(number, who.organisation, hours, hours, wanted["concurrency"]),
                *(wanted["find_links"], wanted["max_pages"]),
            ),
        )
        row = await made.fetchone()
    if row is None:
        raise Refusal(400, "A scheduler for this domain exists already")
    found = await _find(request, who, row["id"])
    return success(request, found, "Scheduler created successfully", status=201)


async def listed(request: Request) -> Response:
    """The organisation's schedulers."""
    who = await person(request)
    query = f"select {SHOWN} {FROM} where s.organisation_id = %s order by s.created_at, s.id"
    found = await bee(request).database.all(query, who.organisation)
    return success(request, found, "Schedulers retrieved successfully")


async def read(request: Request) -> Response:
    """One scheduler."""
    return success(request, (await _mine(request))[1], "Scheduler retrieved successfully")


async def change(request: Request) -> Response:
    """Change a scheduler, unless somebody else has changed it meanwhile."""
    _, found = await _mine(request)
    given = await body(request)
    expected = given.get("expected_is_enabled")
    if expected is not None and expected != found["is_enabled"]:
        raise Refusal(409, "The scheduler was changed by somebody else")
    enabled = given.get("is_enabled", found["is_enabled"])
    hours = (
        _hours(given) if "schedule_interval_hours" in given else found["schedule_interval_hours"]
    )
    await bee(request).database.run(
        """update public.schedulers set is_enabled = %s, schedule_interval_hours = %s,
               next_run_at = now() + make_interval(hours => %s) where id = %s""",
        bool(enabled),
        hours,
        hours,
        found["id"],
    )
    return success(request, (await _mine(request))[1], "Scheduler updated successfully")


async def delete(request: Request) -> Response:
    """End a scheduler; its jobs stay."""
    _, found = await _mine(request)
    await bee(request).database.run("delete from public.schedulers where id = %s", found["id"])
    told = {"id": found["id"], "status": "deleted"}
    return success(request, told, "Scheduler deleted successfully")


async def its_jobs(request: Request) -> Response:
    """The jobs that a scheduler began."""
    who, found = await _mine(request)
    return await listing(request, organisation=who.organisation, scheduler=found["id"])


async def _mine(request: Request) -> tuple[Person, dict[str, Any]]:
    who = await person(request)
    wanted = identifier(request, "id", "Scheduler", wrong=400)
    return who, await _find(request, who, wanted)


async def _find(request: Request, who: Person, wanted: object) -> dict[str, Any]:
    query = f"select {SHOWN} {FROM} where s.id = %s and s.organisation_id = %s"
    found = await bee(request).database.one(query, wanted, who.organisation)
    if found is None:
        raise Refusal(404, "Scheduler not found")
    return found


def _hours(given: dict[str, Any]) -> int:
    hours = given.get("schedule_interval_hours")
    if not isinstance(hours, int) or hours not in INTERVALS:
        raise Refusal(400, "schedule_interval_hours must be 6, 12, 24 or 48")
    return hours


ROUTES = [
    Route("/v1/schedulers", listed, methods=["GET"]),
    Route("/v1/schedulers", create, methods=["POST"]),
    Route("/v1/schedulers/{id}", read, methods=["GET"]),
    Route("/v1/schedulers/{id}", change, methods=["PUT"]),
    Route("/v1/schedulers/{id}", delete, methods=["DELETE"]),
    Route("/v1/schedulers/{id}/jobs", its_jobs, methods=["GET"]),
]
