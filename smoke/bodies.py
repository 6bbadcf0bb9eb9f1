"""What a caller may send: the body of each request and the parameters of each query."""

from collections.abc import Mapping
from typing import Any

Schema = Mapping[str, Any]
TEXT: Schema = {"type": "string"}
FLAG: Schema = {"type": "boolean"}
UUID: Schema = {"type": "string", "format": "uuid"}
DOMAIN: Schema = {"type": "string", "minLength": 1, "maxLength": 253}
HOURS: Schema = {"enum": [6, 12, 24, 48]}
JOB_STATUSES = ("pending", "initializing", "running", "paused", "completed", "failed", "cancelled")
TASK_STATUSES = ("waiting", "pending", "running", "completed", "failed", "skipped")
RANGES = ("today", "last24", "last7", "last30", "last90", "all")
EXPORTS = ("job", "broken-links", "slow-pages")


def _object(*required: str, **properties: Schema) -> Schema:
    return {"type": "object", "required": list(required), "properties": properties}


_CRAWLING: Mapping[str, Schema] = {
    "find_links": FLAG,
    "concurrency": {"type": "integer", "minimum": 1, "maximum": 100},
    "max_pages": {"type": "integer", "minimum": 0, "maximum": 100_000},
}
BODIES: Mapping[str, Schema] = {
    "POST /v1/auth/register": _object("user_id", "email", user_id=UUID, email=TEXT, org_name=TEXT),
    "POST /v1/auth/session": _object("token", token=TEXT),
    "PATCH /v1/auth/profile": _object(first_name=TEXT, last_name=TEXT, full_name=TEXT),
    "POST /v1/organisations": _object("name", name={**TEXT, "minLength": 1}),
    "POST /v1/organisations/switch": _object("organisation_id", organisation_id=UUID),
    "POST /v1/organisations/invites": _object("email", email=TEXT, role=TEXT),
    "POST /v1/jobs": _object("domain", domain=DOMAIN, use_sitemap=FLAG, **_CRAWLING),
    "PUT /v1/jobs/{id}": _object("action", action={"const": "cancel"}),
    "POST /v1/schedulers": _object(
        "domain", "schedule_interval_hours", domain=DOMAIN, schedule_interval_hours=HOURS
    ),
    "PUT /v1/schedulers/{id}": _object(
        schedule_interval_hours=HOURS, is_enabled=FLAG, expected_is_enabled=FLAG
    ),
    "POST /v1/domains": _object("domain", domain=DOMAIN),
}

_PAGE: Mapping[str, Schema] = {
    "limit": {"type": "integer", "minimum": 1, "maximum": 100},
    "offset": {"type": "integer", "minimum": 0},
}
_RANGE: Mapping[str, Schema] = {"range": {"enum": list(RANGES)}}
_JOBS: Mapping[str, Schema] = {**_PAGE, "status": {"enum": list(JOB_STATUSES)}, **_RANGE}
_TASKS: Mapping[str, Schema] = {**_PAGE, "status": {"enum": list(TASK_STATUSES)}}
_EXPORT: Mapping[str, Schema] = {"type": {"enum": list(EXPORTS)}}
QUERIES: Mapping[str, Mapping[str, Schema]] = {
    "GET /v1/jobs": _JOBS,
    "GET /v1/jobs/{id}/tasks": _TASKS,
    "GET /v1/jobs/{id}/export": _EXPORT,
    "GET /v1/shared/jobs/{share}/tasks": _TASKS,
    "GET /v1/shared/jobs/{share}/export": _EXPORT,
    "GET /v1/schedulers/{id}/jobs": _JOBS,
    "GET /v1/dashboard/stats": _RANGE,
    "GET /v1/dashboard/activity": _RANGE,
    "GET /v1/dashboard/slow-pages": _RANGE,
    "GET /v1/dashboard/external-redirects": _RANGE,
    "GET /v1/notifications": _PAGE,
}
PLACES: Mapping[str, Schema] = {"id": UUID, "share": {"type": "string", "minLength": 1}}
"""What stands in a path's braces."""

CONFLICTS = (
    "PUT /v1/jobs/{id}",
    "POST /v1/jobs/{id}/cancel",
    "DELETE /v1/jobs/{id}",
    "PUT /v1/schedulers/{id}",
)
"""What may come too late: 409."""

FOREIGN = ("POST /v1/organisations/switch", "POST /v1/auth/register")
"""What may name somebody else's: 403."""
