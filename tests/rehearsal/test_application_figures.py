"""Schedulers, the dashboard, usage and notifications."""

import uuid
from typing import Any

import pytest

from tests.rehearsal.conftest import Application, Issuer
from tests.waiting import until

STATS = {"total_jobs", "completed_jobs", "failed_jobs", "running_jobs", "total_tasks"}
STATS |= {"avg_completion_time", "period_start", "period_end", "date_range"}
WANTED = {"domain": "timed.example", "schedule_interval_hours": 12}


def test_a_scheduler_lives_and_is_deleted(application: Application, token: str) -> None:
    made = application.data("POST", "/v1/schedulers", token, json=WANTED)
    path = f"/v1/schedulers/{made['id']}"
    assert application.data("GET", "/v1/schedulers", token) == [made]
    assert application.data("GET", path, token) == made
    assert application.data("GET", f"{path}/jobs", token)["jobs"] == []
    told = application.data("DELETE", path, token)
    assert told == {"id": made["id"], "status": "deleted"}
    assert application.ask("GET", path, token).status_code == 404


@pytest.mark.parametrize("hours", [0, 7, 49, -6, "12", None, 12.5])
def test_a_scheduler_takes_only_some_intervals(
    application: Application, token: str, hours: object
) -> None:
    body = {"domain": "timed.example", "schedule_interval_hours": hours}
    assert application.ask("POST", "/v1/schedulers", token, json=body).status_code == 400


def test_a_second_scheduler_of_a_domain_is_refused(application: Application, token: str) -> None:
    answers = [application.ask("POST", "/v1/schedulers", token, json=WANTED) for _ in range(2)]
    assert [each.status_code for each in answers] == [201, 400]


def test_a_change_on_stale_knowledge_is_refused(application: Application, token: str) -> None:
    made = application.data("POST", "/v1/schedulers", token, json=WANTED)
    path = f"/v1/schedulers/{made['id']}"
    body = {"is_enabled": False, "expected_is_enabled": True}
    assert application.data("PUT", path, token, json=body)["is_enabled"] is False
    answer = application.ask("PUT", path, token, json=body)
    assert (answer.status_code, answer.json()["code"]) == (409, "CONFLICT")


def test_a_scheduler_id_must_be_a_uuid(application: Application, token: str) -> None:
    for method in ("GET", "PUT", "DELETE"):
        assert application.ask(method, "/v1/schedulers/7", token, json={}).status_code == 400


def test_a_foreign_scheduler_is_not_there(
    application: Application, issuer: Issuer, token: str
) -> None:
    made = application.data("POST", "/v1/schedulers", token, json=WANTED)
    other = issuer.token()
    for method in ("GET", "PUT", "DELETE"):
        answer = application.ask(method, f"/v1/schedulers/{made['id']}", other, json={})
        assert answer.status_code == 404


def test_the_dashboard_counts_the_jobs_of_the_organisation(
    application: Application, issuer: Issuer, token: str
) -> None:
    application.ended(token, application.job(token, max_pages=2)["id"])
    stats = application.data("GET", "/v1/dashboard/stats", token)
    assert set(stats) == STATS
    assert (stats["total_jobs"], stats["completed_jobs"]) == (1, 1)
    assert application.data("GET", "/v1/dashboard/stats", issuer.token())["total_jobs"] == 0


def test_the_dashboard_shows_activity_and_slow_pages(application: Application, token: str) -> None:
    job = application.job(token, max_pages=2)
    application.ended(token, job["id"])
    activity = application.data("GET", "/v1/dashboard/activity", token)["activity"]
    assert sum(slot["jobs_count"] for slot in activity) == 1
    slow = application.data("GET", "/v1/dashboard/slow-pages", token)
    assert slow["count"] == len(slow["slow_pages"]) == 2
    assert {page["domain"] for page in slow["slow_pages"]} == {job["domain"]}
    assert application.data("GET", "/v1/dashboard/external-redirects", token)["count"] == 0


def test_usage_counts_pages(application: Application, token: str) -> None:
    fresh = application.data("GET", "/v1/usage", token)["usage"]
    assert (fresh["plan_name"], fresh["daily_limit"], fresh["daily_used"]) == ("free", 500, 0)
    application.ended(token, application.job(token, max_pages=3)["id"])
    until(lambda: application.data("GET", "/v1/usage", token)["usage"]["daily_used"] == 3, within=3)
    history = application.data("GET", "/v1/usage/history", token)
    assert (history["days"], history["usage"][0]["pages_processed"]) == (30, 3)


def test_the_metrics_are_explained(application: Application, token: str) -> None:
    told = application.data("GET", "/v1/metadata/metrics", token)
    assert {"name", "description", "info_html"} == set(told["avg_response_time"])


def test_a_finished_job_is_notified_until_it_is_read(application: Application, token: str) -> None:
    job = application.job(token, max_pages=1)
    application.ended(token, job["id"])
    until(lambda: _inbox(application, token)["total"] == 1, within=3)
    inbox = _inbox(application, token)
    [told] = inbox["notifications"]
    assert (told["type"], told["link"]) == ("job_complete", f"/jobs/{job['id']}")
    assert inbox["unread_count"] == 1
    path = f"/v1/notifications/{told['id']}/read"
    assert application.ask("POST", path, token).status_code == 204
    assert _inbox(application, token)["unread_count"] == 0


def test_all_notifications_are_read_at_once(application: Application, token: str) -> None:
    for _ in range(2):
        application.ended(token, application.job(token, max_pages=1)["id"])
    until(lambda: _inbox(application, token)["unread_count"] == 2, within=3)
    assert application.ask("POST", "/v1/notifications/read-all", token).status_code == 204
    assert _inbox(application, token)["unread_count"] == 0


def test_a_notification_id_must_be_a_uuid(application: Application, token: str) -> None:
    assert application.ask("POST", "/v1/notifications/7/read", token).status_code == 400
    unknown = f"/v1/notifications/{uuid.uuid4()}/read"
    assert application.ask("POST", unknown, token).status_code == 404


def test_a_domain_is_known_without_a_job(application: Application, token: str) -> None:
    body = {"domain": "Just-Known.example"}
    told = application.data("POST", "/v1/domains", token, json=body)
    assert told["domain"] == "just-known.example"
    assert isinstance(told["domain_id"], int)
    assert application.data("GET", "/v1/jobs", token)["pagination"]["total"] == 0


def _inbox(application: Application, token: str) -> dict[str, Any]:
    found: dict[str, Any] = application.ask("GET", "/v1/notifications", token).json()
    return found
