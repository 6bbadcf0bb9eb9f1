"""Whether the application, and its database, are well."""

import asyncio
from datetime import UTC, datetime

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from rehearsal.application.envelope import Document, Refusal
from rehearsal.application.people import bee

DATABASE_WITHIN = 4.0


async def health(request: Request) -> Response:
    """The application itself; no database is touched."""
    configuration = bee(request).configuration
    if "sick" in configuration.faults:
        return _answer("unhealthy", "blue-banded-bee", status=500)
    return _answer("healthy", "blue-banded-bee", version=configuration.version)


async def database_health(request: Request) -> Response:
    """The database, asked for an answer within five seconds."""
    asked = asyncio.create_task(_answers(request))
    # Not cancelled when it is late: to cancel a query waits for the very server that is away.
    await asyncio.wait({asked}, timeout=DATABASE_WITHIN)
    if not asked.done() or not asked.result():
        return _answer("unhealthy", "postgresql", status=503)
    return _answer("healthy", "postgresql")


async def _answers(request: Request) -> bool:
    try:
        return await bee(request).database.one("select 1 as one") is not None
    except Refusal:
        return False


def _answer(state: str, service: str, *, status: int = 200, **more: str) -> Response:
    told = {"status": state, "timestamp": datetime.now(UTC), "service": service, **more}
    return Document(told, status_code=status)


ROUTES = [
    Route("/health", health, methods=["GET"]),
    Route("/health/db", database_health, methods=["GET"]),
]
