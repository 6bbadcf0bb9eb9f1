"""The application with all its parts, and how it is served."""

import asyncio
import json
import logging
import signal
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from typing import Any

import uvicorn
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from rehearsal.application.api import accounts, dashboard, health, jobs, pages, schedulers, sharing
from rehearsal.application.configuration import Configuration
from rehearsal.application.database import Database
from rehearsal.application.distortion import Distorted
from rehearsal.application.envelope import Refusal, refused
from rehearsal.application.fetching import Fetcher
from rehearsal.application.gate import Gate
from rehearsal.application.metrics import Metrics
from rehearsal.application.people import Bee
from rehearsal.application.wrong import parts
from rehearsal.application.wrong.process import process

ROUTES = [
    *health.ROUTES,
    *accounts.ROUTES,
    *jobs.ROUTES,
    *sharing.ROUTES,
    *schedulers.ROUTES,
    *dashboard.ROUTES,
    *pages.ROUTES,
]
DRAIN_SECONDS = 25
MESSAGES = {404: "Not found", 405: "Method not allowed"}
Handler = Callable[[Request, Exception], Coroutine[Any, Any, Response]]


def made(configuration: Configuration) -> Gate | Distorted:
    """The application with all its parts."""
    faults = configuration.faults
    database = Database(configuration)
    fetcher = Fetcher(configuration.crawl_sites)
    workers = parts.workers(configuration, database, fetcher)

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        await database.open()
        await fetcher.open()
        if "no-workers" not in faults:
            workers.start()
        metrics = Metrics(database, workers, gate)
        if configuration.metrics_port:
            await metrics.start(configuration.metrics_port)
        _log("started", version=configuration.version, environment=configuration.environment)
        async with process(faults):
            yield
        await metrics.stop()
        await workers.drain()
        await fetcher.close()
        await database.close()
        _log("ended")

    handlers: dict[Any, Handler] = {
        Refusal: _refusal,
        HTTPException: _missing,
        Exception: _unexpected,
    }
    application = Starlette(routes=ROUTES, lifespan=lifespan, exception_handlers=handlers)
    tokens, profiles = parts.tokens(configuration), parts.profiles(configuration, database)
    application.state.bee = Bee(configuration, database, tokens, profiles)
    gate = parts.gate(configuration, application)
    return Distorted(gate, faults.distortions) if faults.distortions else gate


async def _refusal(request: Request, error: Exception) -> Response:
    return refused(request, error if isinstance(error, Refusal) else Refusal(500, "Error"))


async def _missing(request: Request, error: Exception) -> Response:
    status = error.status_code if isinstance(error, HTTPException) else 500
    message = MESSAGES.get(status, "The request was refused")
    return refused(request, Refusal(status, message, "" if status in MESSAGES else "BAD_REQUEST"))


async def _unexpected(request: Request, error: Exception) -> Response:
    _log("error", kind=type(error).__name__, path=request.url.path)
    return refused(request, Refusal(500, "Something went wrong"))


def _log(event: str, **more: str) -> None:
    print(json.dumps({"event": event, **more}), flush=True)


def serve(configuration: Configuration) -> None:
    """Serve until SIGTERM; then finish what is in hand."""
    if "unhealthy" in configuration.faults:
        asyncio.run(asyncio.Event().wait())
    signal.signal(signal.SIGTERM, lambda *_: None)  # uvicorn raises it again once all is done
    logging.getLogger("psycopg.pool").setLevel(logging.ERROR)  # it would name the host
    uvicorn.run(
        made(configuration),
        host="127.0.0.1",
        port=configuration.port,
        http=parts.protocol(configuration),
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=DRAIN_SECONDS,
        proxy_headers=False,
    )
