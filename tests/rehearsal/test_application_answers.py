"""What every answer of the application bears, and what is open to everybody."""

import re
from concurrent.futures import ThreadPoolExecutor

import pytest
import requests

from tests.rehearsal.conftest import Application, Start

MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z")
CLOSED = [("POST", "/v1/admin/reset-db"), ("GET", "/debug/pprof/"), ("GET", "/debug/pprof/heap")]
CLOSED_IDS = ["reset-db", "pprof", "heap"]


def test_health_tells_service_and_version(application: Application) -> None:
    told = application.ask("GET", "/health").json()
    assert MOMENT.fullmatch(told.pop("timestamp"))
    assert told == {"status": "healthy", "service": "blue-banded-bee", "version": "0.4.1"}


def test_health_of_the_database_names_postgresql(application: Application) -> None:
    answer = application.ask("GET", "/health/db")
    assert answer.status_code == 200
    assert (answer.json()["status"], answer.json()["service"]) == ("healthy", "postgresql")


def test_health_answers_head_without_a_body(application: Application) -> None:
    answer = application.ask("HEAD", "/health")
    assert (answer.status_code, answer.content) == (200, b"")


def test_a_request_id_is_echoed_in_header_and_envelope(application: Application) -> None:
    answer = application.ask("GET", "/v1/plans", headers={"X-Request-Id": "from-the-client"})
    assert answer.headers["X-Request-Id"] == "from-the-client"
    assert answer.json()["request_id"] == "from-the-client"


def test_requests_without_an_id_get_different_ones(application: Application) -> None:
    ids = {application.ask("GET", "/health").headers["X-Request-Id"] for _ in range(3)}
    assert len(ids) == 3


@pytest.mark.parametrize("path", ["/", "/health", "/v1/jobs", "/nowhere"])
def test_every_answer_bears_the_security_headers(application: Application, path: str) -> None:
    headers = application.ask("GET", path).headers
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["X-Frame-Options"] == "DENY"
    assert "Content-Security-Policy" in headers
    assert "Strict-Transport-Security" in headers


def test_any_origin_may_ask_but_without_credentials(application: Application) -> None:
    asking = {"Origin": "https://a.example", "Access-Control-Request-Method": "POST"}
    headers = application.ask("OPTIONS", "/v1/jobs", headers=asking).headers
    assert headers["Access-Control-Allow-Origin"] == "*"
    assert "Access-Control-Allow-Credentials" not in headers


def test_an_unknown_path_is_refused_in_the_envelope(application: Application) -> None:
    answer = application.ask("GET", "/v1/nothing")
    told = answer.json()
    assert (answer.status_code, told["status"], told["code"]) == (404, 404, "NOT_FOUND")
    assert set(told) == {"status", "message", "code", "request_id"}
    assert told["request_id"] == answer.headers["X-Request-Id"]


@pytest.mark.parametrize(
    ("method", "path"), [("PATCH", "/v1/jobs"), ("POST", "/health"), ("DELETE", "/v1/plans")]
)
def test_a_wrong_method_is_405(application: Application, method: str, path: str) -> None:
    answer = application.ask(method, path)
    assert answer.status_code == 405
    assert answer.json()["code"] == "METHOD_NOT_ALLOWED"


@pytest.mark.parametrize("path", ["/", "/dashboard", "/settings", "/welcome"])
def test_pages_are_html(application: Application, path: str) -> None:
    answer = application.ask("GET", path)
    assert answer.status_code == 200
    assert answer.headers["Content-Type"].startswith("text/html")


def test_the_pages_know_the_publishable_key(application: Application) -> None:
    text = application.ask("GET", "/config.js").text
    assert "sb_publishable_test" in text
    assert '"staging"' in text


def test_five_plans_are_told_to_anybody(application: Application) -> None:
    plans = application.data("GET", "/v1/plans")["plans"]
    assert [each["name"] for each in plans] == ["free", "starter", "pro", "business", "enterprise"]
    assert plans[0]["daily_page_limit"] == 500


@pytest.mark.parametrize(("method", "path"), CLOSED, ids=CLOSED_IDS)
def test_what_is_for_administrators_is_closed(
    application: Application, token: str, method: str, path: str
) -> None:
    assert application.ask(method, path).status_code == 401
    answer = application.ask(method, path, token)
    assert (answer.status_code, answer.json()["code"]) == (403, "FORBIDDEN")


def test_a_client_that_hurries_is_held_back(start: Start) -> None:
    with start() as fresh:
        answers = _burst(fresh, "/v1/jobs", client="203.0.113.7")
        held = [each for each in answers if each.status_code == 429]
        assert {each.status_code for each in answers} == {401, 429}  # before authentication
        assert 10 <= len(answers) - len(held) <= 30
        assert held[0].json()["code"] == "RATE_LIMIT_EXCEEDED"


def test_the_first_forwarded_address_is_the_client(application: Application) -> None:
    for n in range(40):
        answer = application.ask("GET", "/health", client=f"203.0.113.{n}, 198.51.100.1")
        assert answer.status_code == 200
    assert any(
        each.status_code == 429
        for each in _burst(application, "/health", client="192.0.2.9, 10.0.0.1")
    )


def test_pages_are_not_held_back(application: Application) -> None:
    answers = _burst(application, "/config.js", client="203.0.113.200")
    assert {each.status_code for each in answers} == {200}


def _burst(application: Application, path: str, *, client: str) -> list[requests.Response]:
    with ThreadPoolExecutor(16) as pool:
        asking = [pool.submit(application.ask, "GET", path, client=client) for _ in range(60)]
        return [each.result() for each in asking]
