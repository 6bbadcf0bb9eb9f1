"""Every endpoint of the application, what it promises, and which part of a run calls it."""

from collections.abc import Mapping
from dataclasses import dataclass, field

NOBODY = "00000000-0000-4000-8000-000000000000"
"""An id that no object has."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint:
    """One method and path. `journey` names who calls it in passing; "" is called by its check.

    `contract` is a file in contracts/, or "" where the answer is no JSON. `guarded` says that it
    refuses a caller without a token; `refusals` are the other statuses with which it refuses.
    """

    request: str
    statuses: tuple[int, ...] = (200,)
    refusals: tuple[int, ...] = ()
    contract: str = ""
    guarded: bool = True
    journey: str = ""
    body: Mapping[str, object] | None = None
    query: Mapping[str, str] = field(default_factory=dict)

    def __str__(self) -> str:
        return self.request


def _public(
    request: str, contract: str = "", *, journey: str = "", refusals: tuple[int, ...] = ()
) -> Endpoint:
    return Endpoint(
        request=request, contract=contract, guarded=False, journey=journey, refusals=refusals
    )


def _guarded(
    request: str,
    contract: str,
    *statuses: int,
    journey: str = "",
    query: Mapping[str, str] = {},
    refusals: tuple[int, ...] = (),
) -> Endpoint:
    return Endpoint(
        request=request,
        contract=contract,
        statuses=statuses or (200,),
        refusals=refusals,
        journey=journey,
        query=query,
    )


_HEALTH = (
    _public("GET /health", "health"),
    _public("HEAD /health"),
    _public("GET /health/db", "database-health"),
)
_PAGES = tuple(_public(f"GET {p}") for p in ("/", "/dashboard", "/settings", "/welcome"))
_ACCOUNTS = (
    Endpoint(
        request="POST /v1/auth/register",
        statuses=(201,),
        refusals=(400,),
        contract="registration",
        guarded=False,
        journey="profile",
    ),
    _public("POST /v1/auth/session", "session", journey="profile"),
    _guarded("GET /v1/auth/profile", "profile", journey="profile"),
    _guarded("PATCH /v1/auth/profile", "profile", journey="profile", refusals=(400,)),
    _guarded("GET /v1/organisations", "organisations"),
    # There is no way to end an organisation: without a database to remove it from, it is made once.
    _guarded(
        "POST /v1/organisations",
        "organisation",
        201,
        200,
        400,  # where it is there already, its refusal is all that is seen
        journey="organisations",
        refusals=(400,),
    ),
    _guarded("POST /v1/organisations/switch", "switched", journey="organisations", refusals=(403,)),
    # An invitation would send an e-mail to somebody, so only its refusal is seen.
    _guarded("POST /v1/organisations/invites", "", 400, journey="organisations"),
)
_JOBS = (
    _guarded("GET /v1/jobs", "jobs", query={"limit": "5"}),
    _guarded("POST /v1/jobs", "job-made", 201, journey="crawl", refusals=(400,)),
    _guarded("GET /v1/jobs/{id}", "one-job", journey="crawl", refusals=(404,)),
    _guarded("GET /v1/jobs/{id}/tasks", "tasks", journey="crawl", refusals=(404,)),
    _guarded("GET /v1/jobs/{id}/export", "export", journey="crawl", refusals=(404,)),
    _guarded("PUT /v1/jobs/{id}", "cancelled", journey="cancelling", refusals=(400, 404, 409)),
    _guarded("POST /v1/jobs/{id}/cancel", "cancelled", journey="cancelling", refusals=(404, 409)),
    _guarded("DELETE /v1/jobs/{id}", "cancelled", journey="cancelling", refusals=(404, 409)),
    _guarded(
        "POST /v1/jobs/{id}/share-links", "share-link", 200, 201, journey="sharing", refusals=(404,)
    ),
    _guarded("GET /v1/jobs/{id}/share-links", "share-link", journey="sharing", refusals=(404,)),
    _guarded("DELETE /v1/jobs/{id}/share-links/{share}", "revoked", journey="sharing"),
    _public("GET /v1/shared/jobs/{share}", "one-job", journey="sharing", refusals=(404,)),
    _public("GET /v1/shared/jobs/{share}/tasks", "tasks", journey="sharing", refusals=(404,)),
    _public("GET /v1/shared/jobs/{share}/export", "export", journey="sharing", refusals=(404,)),
)
_SCHEDULERS = (
    _guarded("GET /v1/schedulers", "schedulers"),
    _guarded("POST /v1/schedulers", "one-scheduler", 201, journey="scheduling", refusals=(400,)),
    _guarded("GET /v1/schedulers/{id}", "one-scheduler", journey="scheduling", refusals=(400, 404)),
    _guarded(
        "PUT /v1/schedulers/{id}", "one-scheduler", journey="scheduling", refusals=(400, 404, 409)
    ),
    _guarded(
        "GET /v1/schedulers/{id}/jobs", "scheduler-jobs", journey="scheduling", refusals=(404,)
    ),
    _guarded("DELETE /v1/schedulers/{id}", "deleted", journey="scheduling", refusals=(404,)),
)
_REST = (
    _guarded("GET /v1/dashboard/stats", "stats"),
    _guarded("GET /v1/dashboard/activity", "activity"),
    _guarded("GET /v1/dashboard/slow-pages", "slow-pages"),
    _guarded("GET /v1/dashboard/external-redirects", "external-redirects"),
    _guarded("GET /v1/usage", "usage"),
    _guarded("GET /v1/usage/history", "usage-history"),
    _public("GET /v1/plans", "plans"),
    _guarded("GET /v1/metadata/metrics", "metrics"),
    _guarded("POST /v1/domains", "domain", 200, 201, journey="scheduling", refusals=(400,)),
    _guarded("GET /v1/notifications", "notifications", journey="notifications"),
    _guarded(
        "POST /v1/notifications/{id}/read",
        "",
        204,
        200,
        400,  # where there is nothing to read yet, its refusal is all that is seen
        journey="notifications",
        refusals=(400,),
    ),
    _guarded("POST /v1/notifications/read-all", "", 204, 200, journey="notifications"),
    _public("GET /config.js"),
)

ENDPOINTS = {
    endpoint.request: endpoint
    for group in (_HEALTH, _PAGES, _ACCOUNTS, _JOBS, _SCHEDULERS, _REST)
    for endpoint in group
}

CLOSED = ("GET /debug/pprof/", "POST /v1/admin/reset-db")
"""What is for the system's administrators; the harmless one first."""


def guarded(request: str) -> bool:
    """Whether the table says that it refuses whoever has no token."""
    found = ENDPOINTS.get(request)
    return found is not None and found.guarded
