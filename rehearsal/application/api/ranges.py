"""The span of time that a list or a figure is about, as `?range=` names it."""

from datetime import UTC, datetime, timedelta

from starlette.requests import Request

from rehearsal.application.envelope import Refusal

DAYS = {"today": 1, "last24": 1, "last7": 7, "last30": 30, "last90": 90}
BEGINNING = datetime(2000, 1, 1, tzinfo=UTC)


def name(request: Request, *, otherwise: str) -> str:
    """The range that was asked for."""
    found = request.query_params.get("range") or otherwise
    if found != "all" and found not in DAYS:
        raise Refusal(400, "Invalid range")
    return found


def since(request: Request, *, otherwise: str) -> datetime:
    """Its first moment."""
    found = name(request, otherwise=otherwise)
    return BEGINNING if found == "all" else datetime.now(UTC) - timedelta(days=DAYS[found])
