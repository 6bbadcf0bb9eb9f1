"""Faults of the rate limit, of connections, of doors: each does what its name says."""

from concurrent.futures import ThreadPoolExecutor

import pytest
import requests

from tests.rehearsal.conftest import Application, Issuer, Start

MANY, LATE = 60, 2.9
LIMITED = {"/health": True, "/config.js": False}
"""Which of these a good application limits."""

LIMITS = {
    "": LIMITED,
    "no-rate-limit": {"/health": False, "/config.js": False},
    "limits-static-files": {"/health": True, "/config.js": True},
}
DOORS = {
    "usage-unguarded": ("GET", "/v1/usage", False),
    "reset-open": ("POST", "/v1/admin/reset-db", True),
}


@pytest.mark.parametrize("fault", LIMITS)
def test_a_client_is_limited_where_it_should_be(fault: str, start: Start) -> None:
    with start(BEE_FAULTS=fault) as made:
        found = {path: 429 in _codes(made, path, client=path) for path in LIMITED}
    assert found == LIMITS[fault]


@pytest.mark.parametrize("fault", ["", "limit-for-everybody"])
def test_one_client_does_not_use_up_the_limit_of_another(fault: str, start: Start) -> None:
    with start(BEE_FAULTS=fault) as made:
        assert (429 in _codes(made, "/health")) is bool(fault)


@pytest.mark.parametrize("fault", ["", "dies-now-and-then"])
def test_the_sixtieth_connection_dies(fault: str, start: Start) -> None:
    with start(BEE_FAULTS=fault) as made:
        answered = [_answered(made) for _ in range(120)]
    assert answered.count(False) == (2 if fault else 0)


@pytest.mark.parametrize("fault", DOORS)
def test_a_door_is_open_and_nothing_happens_behind_it(
    fault: str, start: Start, application: Application, issuer: Issuer
) -> None:
    method, path, signed = DOORS[fault]
    token = issuer.token() if signed else ""
    with start(BEE_FAULTS=fault) as made:
        user = issuer.token()
        job = made.job(user, max_pages=1)["id"]
        assert made.ask(method, path, token).status_code == 200
        assert made.data("GET", f"/v1/jobs/{job}", user)["id"] == job
    assert application.ask(method, path, token).status_code == (403 if signed else 401)


@pytest.mark.parametrize("fault", ["", "error-with-stack"])
def test_a_refusal_tells_of_the_stack(fault: str, start: Start) -> None:
    with start(BEE_FAULTS=fault) as made:
        told = made.ask("GET", "/v1/nothing").json()["message"]
    assert ("goroutine" in told) is bool(fault)


@pytest.mark.parametrize("fault", ["", "slow-database-health"])
def test_the_database_takes_its_time(fault: str, start: Start) -> None:
    with start(BEE_FAULTS=fault) as made:
        late = made.ask("GET", "/health/db").elapsed.total_seconds() > LATE
    assert late is bool(fault)


def _codes(made: Application, path: str, *, client: str = "") -> set[int]:
    with ThreadPoolExecutor(8) as pool:
        asked = [pool.submit(made.ask, "GET", path, client=client) for _ in range(MANY)]
        return {each.result().status_code for each in asked}


def _answered(made: Application) -> bool:
    try:
        made.ask("GET", "/health", headers={"Connection": "close"})
    except requests.ConnectionError:
        return False
    return True
