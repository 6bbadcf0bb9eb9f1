"""Pages for people, domains, notifications, and what is closed."""

import json

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from rehearsal.application import jobs
from rehearsal.application.domains import checked
from rehearsal.application.envelope import Document, Refusal, body, identifier, success, window
from rehearsal.application.people import bee, person

PAGES = {"/": "Blue Banded Bee", "/dashboard": "Dashboard", "/settings": "Settings"}
PAGES |= {"/welcome": "Welcome"}
PAGE = """<!doctype html><html lang="en-AU"><head><meta charset="utf-8"><title>{title}</title>
<meta name="viewport" content="width=device-width"><script src="/config.js"></script></head>
<body><main><h1>{title}</h1></main></body></html>"""


async def page(request: Request) -> Response:
    """A page."""
    return HTMLResponse(PAGE.format(title=PAGES[request.url.path]))


async def config(request: Request) -> Response:
    """What the pages know: never the service key."""
    found = bee(request).configuration
    told = {
        "environment": found.environment,
        "supabaseUrl": found.auth_url,
        "supabasePublishableKey": found.publishable_key,
    }
    text = f"window.BBB_CONFIG = {json.dumps(told)};\n"
    return Response(text, media_type="application/javascript")


async def domain(request: Request) -> Response:
    """Know a domain, without a job."""
    await person(request)
    name = checked((await body(request)).get("domain"))
    async with bee(request).database.connection() as connection:
        number = await jobs.domain_id(connection, name)
    return success(request, {"domain_id": number, "domain": name}, "Domain saved successfully")


async def notifications(request: Request) -> Response:
    """What the organisation has been told."""
    who = await person(request)
    limit, offset = window(request)
    database = bee(request).database
    found = await database.all(
        """select id, type, subject, preview, message, link, read_at, created_at
           from public.notifications where organisation_id = %s
           order by created_at desc, id limit %s offset %s""",
        who.organisation,
        limit,
        offset,
    )
    count = await database.one(
        """select count(*) as total, count(*) filter (where read_at is null) as unread_count
           from public.notifications where organisation_id = %s""",
        who.organisation,
    )
    shown = [{k: v for k, v in row.items() if v is not None} for row in found]
    return Document({"notifications": shown, **(count or {})})


async def read_one(request: Request) -> Response:
    """Mark one as read."""
    who = await person(request)
    wanted = identifier(request, "id", "Notification", wrong=400)
    query = """update public.notifications set read_at = coalesce(read_at, now())
               where id = %s and organisation_id = %s"""
    if not await bee(request).database.run(query, wanted, who.organisation):
        raise Refusal(404, "Notification not found")
    return Response(status_code=204)


async def read_all(request: Request) -> Response:
    """Mark all as read."""
    who = await person(request)
    query = """update public.notifications set read_at = now()
               where organisation_id = %s and read_at is null"""
    await bee(request).database.run(query, who.organisation)
    return Response(status_code=204)


async def closed(request: Request) -> Response:
    """What nobody but a system administrator may do, and in staging not even he."""
    who = await person(request)
    if not who.admin:
        raise Refusal(403, "System administrator access required")
    raise Refusal(403, "Not available in this environment")


ROUTES = [
    *(Route(path, page, methods=["GET"]) for path in PAGES),
    Route("/config.js", config, methods=["GET"]),
    Route("/v1/domains", domain, methods=["POST"]),
    Route("/v1/notifications", notifications, methods=["GET"]),
    Route("/v1/notifications/read-all", read_all, methods=["POST"]),
    Route("/v1/notifications/{id}/read", read_one, methods=["POST"]),
    Route("/v1/admin/reset-db", closed, methods=["POST"]),
    Route("/debug/pprof/{rest:path}", closed, methods=["GET"]),
]
