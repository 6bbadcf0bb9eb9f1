"""Figures: the dashboard, usage, plans."""

from datetime import UTC, datetime, time, timedelta

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from rehearsal.application.api import ranges
from rehearsal.application.envelope import Refusal, success
from rehearsal.application.people import bee, person

DAYS_OF_HISTORY = 30
HELP = {
    "avg_response_time": ("Average Response Time", "Mean response time across all requests"),
    "avg_saved_per_page": ("Avg Saved/Page", "Average time saved per page through caching"),
    "avg_time_per_task": ("Average Time Per Task", "Average time spent on each URL"),
}


async def stats(request: Request) -> Response:
    """How many jobs and tasks there were."""
    who = await person(request)
    if "broken-endpoint" in bee(request).configuration.faults:
        raise Refusal(500, "Something went wrong")
    found = await bee(request).database.one(
        """select count(*) as total_jobs,
               count(*) filter (where status = 'completed') as completed_jobs,
               count(*) filter (where status = 'failed') as failed_jobs,
               count(*) filter (where status = 'running') as running_jobs,
               coalesce(sum(total_tasks), 0) as total_tasks,
               coalesce(avg(extract(epoch from completed_at - started_at))
                   filter (where status = 'completed'), 0)::float8 as avg_completion_time
           from public.jobs where organisation_id = %s and created_at >= %s""",
        who.organisation,
        ranges.since(request, otherwise="last7"),
    )
    told = {**(found or {}), **_period(request)}
    return success(request, told, "Dashboard statistics retrieved successfully")


async def activity(request: Request) -> Response:
    """Jobs and tasks for each quarter of a day."""
    who = await person(request)
    found = await bee(request).database.all(
        """select slot as timestamp, count(j.id) as jobs_count,
               coalesce(sum(j.total_tasks), 0)::integer as tasks_count
           from generate_series(%s::timestamptz, now(), interval '6 hours') slot
           left join public.jobs j on j.organisation_id = %s
               and j.created_at >= slot and j.created_at < slot + interval '6 hours'
           group by slot order by slot""",
        max(ranges.since(request, otherwise="last7"), datetime.now(UTC) - timedelta(days=90)),
        who.organisation,
    )
    told = {"activity": found, **_period(request)}
    return success(request, told, "Dashboard activity retrieved successfully")


async def slow_pages(request: Request) -> Response:
    """The ten pages that took longest when the cache should have helped."""
    who = await person(request)
    found = await bee(request).database.all(
        """select 'https://' || d.name || t.path as url, d.name as domain, t.path,
               t.second_response_time, t.job_id, t.completed_at
           from public.tasks t join public.jobs j on j.id = t.job_id
           join public.domains d on d.id = j.domain_id
           where j.organisation_id = %s and j.created_at >= %s
               and t.second_response_time is not null
           order by t.second_response_time desc, t.id limit 10""",
        who.organisation,
        ranges.since(request, otherwise="last7"),
    )
    told = {"count": len(found), "slow_pages": found or None, **_period(request)}
    return success(request, told, "Slow pages analysis retrieved successfully")


async def external_redirects(request: Request) -> Response:
    """Pages that lead away: none are kept."""
    await person(request)
    told = {"count": 0, "external_redirects": None, **_period(request)}
    return success(request, told, "External redirects analysis retrieved successfully")


async def usage(request: Request) -> Response:
    """What of today's limit is used."""
    who = await person(request)
    found = await bee(request).database.one(
        """select coalesce(p.daily_page_limit, 500) as daily_limit, p.id as plan_id,
               coalesce(p.name, 'free') as plan_name,
               coalesce(p.display_name, 'Free') as plan_display_name,
               coalesce(u.pages_processed, 0) as daily_used
           from public.organisations o left join public.plans p on p.id = o.plan_id
           left join public.daily_usage u
               on u.organisation_id = o.id and u.usage_date = current_date
           where o.id = %s""",
        who.organisation,
    )
    if found is None:
        raise Refusal(404, "Organisation not found")
    limit, used = found["daily_limit"], found["daily_used"]
    tomorrow = datetime.now(UTC).date() + timedelta(days=1)
    found["daily_remaining"] = max(limit - used, 0)
    found["usage_percentage"] = round(100 * used / limit, 2)
    found["resets_at"] = datetime.combine(tomorrow, time(), UTC)
    return success(request, {"usage": found}, "Usage statistics retrieved successfully")


async def usage_history(request: Request) -> Response:
    """What was used each day of the last month."""
    who = await person(request)
    found = await bee(request).database.all(
        """select usage_date::text, pages_processed, jobs_created from public.daily_usage
           where organisation_id = %s and usage_date > current_date - %s::integer
           order by usage_date desc""",
        who.organisation,
        DAYS_OF_HISTORY,
    )
    told = {"days": DAYS_OF_HISTORY, "usage": found}
    return success(request, told, "Usage history retrieved successfully")


async def plans(request: Request) -> Response:
    """What can be bought, for anybody."""
    found = await bee(request).database.all(
        """select id, name, display_name, daily_page_limit, monthly_price_cents
           from public.plans order by sort_order"""
    )
    return success(request, {"plans": found}, "Plans retrieved successfully")


async def metrics_help(request: Request) -> Response:
    """What the figures mean."""
    await person(request)
    told = {
        key: {"name": name, "description": text, "info_html": f"{text}."}
        for key, (name, text) in HELP.items()
    }
    return success(request, told, "Metrics metadata retrieved successfully")


def _period(request: Request) -> dict[str, object]:
    return {
        "date_range": ranges.name(request, otherwise="last7"),
        "period_end": datetime.now(UTC),
        "period_start": ranges.since(request, otherwise="last7"),
    }


ROUTES = [
    Route("/v1/dashboard/stats", stats, methods=["GET"]),
    Route("/v1/dashboard/activity", activity, methods=["GET"]),
    Route("/v1/dashboard/slow-pages", slow_pages, methods=["GET"]),
    Route("/v1/dashboard/external-redirects", external_redirects, methods=["GET"]),
    Route("/v1/usage", usage, methods=["GET"]),
    Route("/v1/usage/history", usage_history, methods=["GET"]),
    Route("/v1/plans", plans, methods=["GET"]),
    Route("/v1/metadata/metrics", metrics_help, methods=["GET"]),
]
