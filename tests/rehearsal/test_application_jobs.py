"""Jobs as they are made, listed, cancelled, exported and shared."""

import time
import uuid
from collections import Counter

import pytest

from tests.rehearsal.conftest import Application
from tests.waiting import until

REFUSED = ["127.0.0.1", "[::1]", "10.0.0.8", "localhost", "a.local", "b.internal", "c.test"]
REFUSED += ["site.example:8080", "http://site.example:81/", "no dots", "x.localhost", "-"]
CANCELS = [("PUT", "", {"action": "cancel"}), ("POST", "/cancel", None), ("DELETE", "", None)]
CANCEL_IDS = ["PUT", "POST", "DELETE"]


def test_a_job_is_told_as_it_was_made(application: Application, token: str) -> None:
    job = application.job(token, max_pages=2)
    assert uuid.UUID(job["id"])
    assert (job["status"], job["total_tasks"], job["progress"]) == ("pending", 0, 0)
    assert application.data("GET", f"/v1/jobs/{job['id']}", token)["domain"] == job["domain"]


@pytest.mark.parametrize("domain", REFUSED)
def test_a_domain_that_is_not_public_is_refused(
    application: Application, token: str, domain: str
) -> None:
    for path in ("/v1/jobs", "/v1/domains"):
        answer = application.ask("POST", path, token, json={"domain": domain})
        assert (answer.status_code, answer.json()["code"]) == (400, "BAD_REQUEST")


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b'"text"'])
def test_a_body_that_is_no_object_is_refused(
    application: Application, token: str, body: bytes
) -> None:
    answer = application.ask("POST", "/v1/jobs", token, data=body)
    assert (answer.status_code, answer.json()["message"]) == (400, "Invalid JSON request body")


def test_a_job_needs_a_domain(application: Application, token: str) -> None:
    answer = application.ask("POST", "/v1/jobs", token, json={})
    assert (answer.status_code, answer.json()["message"]) == (400, "Domain is required")


@pytest.mark.parametrize("job", ["00000000-0000-4000-8000-000000000000", "not-a-uuid"])
def test_an_unknown_job_is_not_found(application: Application, token: str, job: str) -> None:
    answer = application.ask("GET", f"/v1/jobs/{job}", token)
    assert (answer.status_code, answer.json()["message"]) == (404, "Job not found")


def test_jobs_are_listed_newest_first_in_pages(application: Application, token: str) -> None:
    made = [application.job(token, max_pages=1)["id"] for _ in range(5)]
    pages = [
        application.data("GET", f"/v1/jobs?limit=2&offset={offset}", token) for offset in (0, 2, 4)
    ]
    assert [job["id"] for page in pages for job in page["jobs"]] == made[::-1]
    assert [page["pagination"]["has_next"] for page in pages] == [True, True, False]
    assert [page["pagination"]["has_prev"] for page in pages] == [False, True, True]
    assert {page["pagination"]["total"] for page in pages} == {5}


def test_jobs_are_filtered_by_status(application: Application, token: str) -> None:
    kept, ended = (application.job(token, "slow")["id"] for _ in range(2))
    application.data("POST", f"/v1/jobs/{ended}/cancel", token)
    cancelled = application.data("GET", "/v1/jobs?status=cancelled", token)
    assert [job["id"] for job in cancelled["jobs"]] == [ended]
    application.data("POST", f"/v1/jobs/{kept}/cancel", token)


def test_a_page_past_the_end_counts_what_the_filter_counts(
    application: Application, token: str
) -> None:
    for _ in range(2):
        job = application.job(token, "slow")["id"]
    application.data("POST", f"/v1/jobs/{job}/cancel", token)
    past = application.data("GET", "/v1/jobs?status=cancelled&offset=5", token)
    assert (past["jobs"], past["pagination"]["total"]) == ([], 1)


@pytest.mark.parametrize(("method", "path", "body"), CANCELS, ids=CANCEL_IDS)
def test_a_cancelled_job_stays_cancelled(
    application: Application, token: str, method: str, path: str, body: dict[str, str] | None
) -> None:
    job = application.job(token, "slow")["id"]
    told = application.data(method, f"/v1/jobs/{job}{path}", token, json=body)
    assert told == {"id": job, "status": "cancelled"}
    again = application.ask(method, f"/v1/jobs/{job}{path}", token, json=body)
    assert (again.status_code, again.json()["code"]) == (409, "CONFLICT")
    assert application.data("GET", f"/v1/jobs/{job}", token)["status"] == "cancelled"


def test_no_task_of_a_cancelled_job_starts(
    application: Application, token: str, asked: Counter[tuple[str, str]]
) -> None:
    job = application.job(token, "slow", concurrency=1)
    until(lambda: asked[job["domain"], "/"] > 0, within=10)
    application.data("DELETE", f"/v1/jobs/{job['id']}", token)
    time.sleep(1.5)  # what was in hand ends
    before = _asked_of(asked, job["domain"])
    statuses = {task["status"] for task in _tasks(application, token, job["id"])}
    assert not {"waiting", "pending", "running"} & statuses, statuses
    time.sleep(1.5)
    assert _asked_of(asked, job["domain"]) == before < 10


def test_an_ended_job_cannot_be_cancelled(application: Application, token: str) -> None:
    job = application.job(token, max_pages=1)["id"]
    application.ended(token, job)
    assert application.ask("DELETE", f"/v1/jobs/{job}", token).status_code == 409


def test_an_unknown_action_is_refused(application: Application, token: str) -> None:
    job = application.job(token, max_pages=1)["id"]
    answer = application.ask("PUT", f"/v1/jobs/{job}", token, json={"action": "dance"})
    assert answer.status_code == 400


def test_a_new_job_for_the_same_domain_cancels_the_running_one(
    application: Application, token: str
) -> None:
    first = application.job(token, "slow")
    body = {"domain": first["domain"]}
    second = application.data("POST", "/v1/jobs", token, json=body)
    assert application.data("GET", f"/v1/jobs/{first['id']}", token)["status"] == "cancelled"
    application.data("DELETE", f"/v1/jobs/{second['id']}", token)


def test_tasks_are_paged_and_filtered(application: Application, token: str) -> None:
    job = application.job(token)["id"]
    application.ended(token, job)
    first, second = (_tasks(application, token, job, f"?limit=4&offset={n}") for n in (0, 4))
    assert len({task["id"] for task in first + second}) == 8
    failed = _tasks(application, token, job, "?status=failed")
    assert {task["path"] for task in failed} == {"/missing", "/down"}


def test_exports_hold_what_their_type_says(application: Application, token: str) -> None:
    job = application.job(token)["id"]
    total = application.ended(token, job)["total_tasks"]
    whole = application.data("GET", f"/v1/jobs/{job}/export?type=job", token)
    assert len(whole["tasks"]) == whole["total_tasks"] == total
    assert {"id", "job_id", "path"} <= {each["key"] for each in whole["columns"]}
    broken = application.data("GET", f"/v1/jobs/{job}/export?type=broken-links", token)
    assert "/missing" in {task["path"] for task in broken["tasks"]}
    assert application.data("GET", f"/v1/jobs/{job}/export?type=slow-pages", token)["tasks"] == []
    assert application.ask("GET", f"/v1/jobs/{job}/export?type=x", token).status_code == 400


def test_a_link_shows_a_job_to_anybody_until_it_is_revoked(
    application: Application, token: str
) -> None:
    job = application.job(token, max_pages=2)["id"]
    link = application.data("POST", f"/v1/jobs/{job}/share-links", token, json={})["token"]
    for path in ("", "/tasks", "/export?type=job"):
        application.data("GET", f"/v1/shared/jobs/{link}{path}")
    assert application.data("GET", f"/v1/shared/jobs/{link}")["id"] == job
    revoked = application.data("DELETE", f"/v1/jobs/{job}/share-links/{link}", token)
    assert revoked == {"revoked": True}
    for path in ("", "/tasks", "/export?type=job"):
        assert application.ask("GET", f"/v1/shared/jobs/{link}{path}").status_code == 404


def test_a_job_has_one_link(application: Application, token: str) -> None:
    job = application.job(token, max_pages=1)["id"]
    path = f"/v1/jobs/{job}/share-links"
    made = [application.data("POST", path, token, json={})["token"] for _ in range(2)]
    assert made[0] == made[1] == application.data("GET", path, token)["token"]
    assert application.data("GET", path, token)["exists"] is True


def _tasks(
    application: Application, token: str, job: str, query: str = "?limit=100"
) -> list[dict[str, str]]:
    found: list[dict[str, str]] = application.data("GET", f"/v1/jobs/{job}/tasks{query}", token)[
        "tasks"
    ]
    return found


def _asked_of(asked: Counter[tuple[str, str]], wanted: str) -> int:
    return sum(count for (domain, _), count in list(asked.items()) if domain == wanted)
