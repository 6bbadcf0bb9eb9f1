"""How every answer is wrapped, and how every refusal is told."""

import json
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response

CODES = {
    400: "BAD_REQUEST",
    401: "UNAUTHORISED",
    403: "FORBIDDEN",
    404: "NOT_FOUND",
    405: "METHOD_NOT_ALLOWED",
    409: "CONFLICT",
    422: "VALIDATION_ERROR",
    429: "RATE_LIMIT_EXCEEDED",
    500: "INTERNAL_ERROR",
    503: "SERVICE_UNAVAILABLE",
}


FURTHEST = 2**31
"""No list is longer; PostgreSQL's numbers end too."""


class Refusal(Exception):
    """An answer that is an error; `code` where the status alone does not say it."""

    def __init__(self, status: int, message: str, code: str = "") -> None:
        super().__init__(message)
        self.status, self.message, self.code = status, message, code or CODES[status]


class Document(Response):
    """A JSON answer; times end in Z, whole seconds."""

    media_type = "application/json"

    def render(self, content: object) -> bytes:
        """The document as bytes."""
        return json.dumps(content, default=_plain, separators=(",", ":")).encode()


def success(request: Request, data: object, message: str, *, status: int = 200) -> Document:
    """What was asked for."""
    return Document(
        {
            "status": "success",
            "data": data,
            "message": message,
            "request_id": request.state.request_id,
        },
        status_code=status,
    )


def refused(request: Request, refusal: Refusal) -> Document:
    """Why it is not given."""
    return Document(
        {
            "status": refusal.status,
            "message": refusal.message,
            "code": refusal.code,
            "request_id": request.state.request_id,
        },
        status_code=refusal.status,
    )


def present(row: dict[str, Any]) -> dict[str, Any]:
    """A row without the fields that are not set."""
    return {key: value for key, value in row.items() if value is not None}


async def body(request: Request) -> dict[str, Any]:
    """The request's JSON object."""
    try:
        found = await request.json()
    except ValueError:
        raise Refusal(400, "Invalid JSON request body") from None
    if not isinstance(found, dict):
        raise Refusal(400, "Invalid JSON request body")
    return found


def identifier(request: Request, name: str, what: str, *, wrong: int = 404) -> UUID:
    """A UUID from the path; another text is `wrong`: 404, or 400 where the contract says so."""
    try:
        return UUID(request.path_params[name])
    except ValueError:
        message = f"Invalid {what.lower()} ID" if wrong == 400 else f"{what} not found"
        raise Refusal(wrong, message) from None


def window(request: Request) -> tuple[int, int]:
    """The limit and offset of a list, within bounds."""
    try:
        limit = int(request.query_params.get("limit", 10))
        offset = int(request.query_params.get("offset", 0))
    except ValueError:
        limit, offset = 10, 0
    return min(max(limit, 1), 100), min(max(offset, 0), FURTHEST)


def pagination(limit: int, offset: int, total: int) -> dict[str, Any]:
    """Where in a list an answer is."""
    return {
        "has_next": offset + limit < total,
        "has_prev": offset > 0,
        "limit": limit,
        "offset": offset,
        "total": total,
    }


def _plain(value: object) -> object:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
    if isinstance(value, Decimal):
        return int(value) if value == int(value) else float(value)
    return str(value)
