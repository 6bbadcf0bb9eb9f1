"""The table of endpoints: nothing that the application promises is without a check."""

import pytest

from smoke.contract import FOLDER
from smoke.journeys.itinerary import LATE
from staging.rules.endpoints import CLOSED, ENDPOINTS, Endpoint

PROMISED = {
    "/": "GET",
    "/config.js": "GET",
    "/dashboard": "GET",
    "/health": "GET HEAD",
    "/health/db": "GET",
    "/settings": "GET",
    "/v1/auth/profile": "GET PATCH",
    "/v1/auth/register": "POST",
    "/v1/auth/session": "POST",
    "/v1/dashboard/activity": "GET",
    "/v1/dashboard/external-redirects": "GET",
    "/v1/dashboard/slow-pages": "GET",
    "/v1/dashboard/stats": "GET",
    "/v1/domains": "POST",
    "/v1/jobs": "GET POST",
    "/v1/jobs/{id}": "GET PUT DELETE",
    "/v1/jobs/{id}/cancel": "POST",
    "/v1/jobs/{id}/export": "GET",
    "/v1/jobs/{id}/share-links": "GET POST",
    "/v1/jobs/{id}/share-links/{share}": "DELETE",
    "/v1/jobs/{id}/tasks": "GET",
    "/v1/metadata/metrics": "GET",
    "/v1/notifications": "GET",
    "/v1/notifications/read-all": "POST",
    "/v1/notifications/{id}/read": "POST",
    "/v1/organisations": "GET POST",
    "/v1/organisations/invites": "POST",
    "/v1/organisations/switch": "POST",
    "/v1/plans": "GET",
    "/v1/schedulers": "GET POST",
    "/v1/schedulers/{id}": "GET PUT DELETE",
    "/v1/schedulers/{id}/jobs": "GET",
    "/v1/shared/jobs/{share}": "GET",
    "/v1/shared/jobs/{share}/export": "GET",
    "/v1/shared/jobs/{share}/tasks": "GET",
    "/v1/usage": "GET",
    "/v1/usage/history": "GET",
    "/welcome": "GET",
}
NO_JSON = {"/", "/config.js", "/dashboard", "/settings", "/welcome"}
ONLY_REFUSED = {"POST /v1/organisations/invites"}


def test_every_endpoint_that_is_promised_has_a_check() -> None:
    promised = {f"{m} {path}" for path, methods in PROMISED.items() for m in methods.split()}
    assert set(ENDPOINTS) == promised


@pytest.mark.parametrize("endpoint", ENDPOINTS.values(), ids=str)
def test_every_endpoint_has_a_contract(endpoint: Endpoint) -> None:
    method, path = endpoint.request.split()
    bare = path in NO_JSON or method == "HEAD" or path.startswith("/v1/notifications/")
    if bare or endpoint.request in ONLY_REFUSED:
        assert not endpoint.contract
    else:
        assert (FOLDER / f"{endpoint.contract}.json").exists()


@pytest.mark.parametrize("endpoint", ENDPOINTS.values(), ids=str)
def test_whoever_calls_an_endpoint_exists(endpoint: Endpoint) -> None:
    assert endpoint.journey in {"", *LATE}
    assert endpoint.journey or "{" not in endpoint.request


def test_resetting_the_database_is_tried_last() -> None:
    assert CLOSED[-1] == "POST /v1/admin/reset-db"
