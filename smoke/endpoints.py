"""Every endpoint of the application, what it promises, and which part of a run calls it."""

from collections.abc import Mapping
from dataclasses import dataclass, field

NOBODY = "00000000-0000-4000-8000-000000000000"
"""An id that no object has."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint:
    """One method and path. `journey` names who calls it in passing; "" is called by its check.

    `contract` is a file in contracts/, or "" where the answer is no JSON. `guarded` says that it
    refuses a caller without a token.
    """

    request: str
    statuses: tuple[int, ...] = (200,)
    contract: str = ""
    guarded: bool = True
    journey: str = ""
    body: Mapping[str, object] | None = None
    query: Mapping[str, str] = field(default_factory=dict)

    def __str__(self) -> str:
        return self.request


def _public(request: str, contract: str = "", *, journey: str = "") -> Endpoint:
    return Endpoint(request=request, contract=contract, guarded=False, journey=journey)


def _guarded(
    request: str, contract: str, *statuses: int, journey: str = "", query: Mapping[str, str] = {}
) -> Endpoint:
    statuses = statuses or (200,)
    return Endpoint(
        request=request, contract=contract, statuses=statuses, journey=journey, query=query
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
        contract="registration",
        guarded=False,
        journey="profile",
    ),
    _public("POST /v1/auth/session", "session", journey="profile"),
    _guarded("GET /v1/auth/profile", "profile", journey="profile"),
    _guarded("PATCH /v1/auth/profile", "profile", journey="profile"),
    _guarded("GET /v1/organisations", "organisations"),
    # Made once in an environment: there is no way to end an organisation. Later it only refuses.
    _guarded("POST /v1/organisations", "organisation", 200, 201, 400, journey="organisations"),
    _guarded("POST /v1/organisations/switch", "switched", journey="organisations"),
    # An invitation would send an e-mail to somebody, so only its refusal is seen.
    _guarded("POST /v1/organisations/invites", "", 400, journey="organisations"),
)
_JOBS = (
    _guarded("GET /v1/jobs", "jobs", query={"limit": "5"}),
    _guarded("POST /v1/jobs", "job-made", 201, journey="crawl"),
    _guarded("GET /v1/jobs/{id}", "one-job", journey="crawl"),
    _guarded("GET /v1/jobs/{id}/tasks", "tasks", journey="crawl"),
    _guarded("GET /v1/jobs/{id}/export", "export", journey="crawl"),
    _guarded("PUT /v1/jobs/{id}", "cancelled", journey="cancelling"),
    _guarded("POST /v1/jobs/{id}/cancel", "cancelled", journey="cancelling"),
    _guarded("DELETE /v1/jobs/{id}", "cancelled", journey="cancelling"),
    _guarded("POST /v1/jobs/{id}/share-links", "share-link", 200, 201, journey="sharing"),
    _guarded("GET /v1/jobs/{id}/share-links", "share-link", journey="sharing"),
    _guarded("DELETE /v1/jobs/{id}/share-links/{share}", "revoked", journey="sharing"),
    _public("GET /v1/shared/jobs/{share}", "one-job", journey="sharing"),
    _public("GET /v1/shared/jobs/{share}/tasks", "tasks", journey="sharing"),
    _public("GET /v1/shared/jobs/{share}/export", "export", journey="sharing"),
)
_SCHEDULERS = (
    _guarded("GET /v1/schedulers", "schedulers"),
    _guarded("POST /v1/schedulers", "one-scheduler", 201, journey="scheduling"),
    _guarded("GET /v1/schedulers/{id}", "one-scheduler", journey="scheduling"),
    _guarded("PUT /v1/schedulers/{id}", "one-scheduler", journey="scheduling"),
    _guarded("GET /v1/schedulers/{id}/jobs", "scheduler-jobs", journey="scheduling"),
    _guarded("DELETE /v1/schedulers/{id}", "deleted", journey="scheduling"),
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
    _guarded("POST /v1/domains", "domain", 200, 201, journey="scheduling"),
    _guarded("GET /v1/notifications", "notifications", journey="notifications"),
    _guarded("POST /v1/notifications/{id}/read", "", 200, 204, 400, journey="notifications"),
    _guarded("POST /v1/notifications/read-all", "", 200, 204, journey="notifications"),
    _public("GET /config.js"),
)

ENDPOINTS = {
    endpoint.request: endpoint
    for group in (_HEALTH, _PAGES, _ACCOUNTS, _JOBS, _SCHEDULERS, _REST)
    for endpoint in group
}

CLOSED = ("GET /debug/pprof/", "POST /v1/admin/reset-db")
"""What is for the system's administrators; the harmless one first."""
