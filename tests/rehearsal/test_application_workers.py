"""What the workers do with a job's pages."""

from collections import Counter
from datetime import datetime
from typing import Any

from tests.rehearsal.conftest import Application
from tests.waiting import until

GOOD = {"/", *(f"/p/{n}" for n in range(1, 8))}


def test_a_job_is_taken_up_at_once(application: Application, token: str) -> None:
    job = application.job(token, "slow")["id"]
    until(lambda: "started_at" in application.data("GET", f"/v1/jobs/{job}", token), within=3)
    application.data("DELETE", f"/v1/jobs/{job}", token)


def test_pages_are_found_by_sitemap_and_links(application: Application, token: str) -> None:
    tasks = _crawled(application, token)
    sources = {path: task["source_type"] for path, task in tasks.items()}
    assert set(tasks) == GOOD | {"/missing", "/flaky", "/down"}
    assert {sources[f"/p/{n}"] for n in range(1, 6)} == {"sitemap"}
    assert {sources["/p/6"], sources["/p/7"], sources["/missing"]} == {"link"}


def test_each_page_is_fetched_twice_and_the_second_time_is_warm(
    application: Application, token: str, asked: Counter[tuple[str, str]]
) -> None:
    job = application.job(token)
    application.ended(token, job["id"])
    for path in GOOD:
        assert asked[job["domain"], path] == 2
    for task in _tasks(application, token, job["id"]).values():
        if task["path"] in GOOD:
            assert (task["cache_status"], task["second_cache_status"]) == ("MISS", "HIT")
            assert (task["status"], task["status_code"]) == ("completed", 200)
            assert task["response_time"] > 0
            assert task["second_response_time"] > 0
            assert task["content_type"] == "text/html"
            assert task["url"] == f"https://{job['domain']}{task['path']}"


def test_counters_add_up(application: Application, token: str) -> None:
    job = application.ended(token, application.job(token)["id"])
    assert (job["status"], job["progress"]) == ("completed", 100)
    assert (job["completed_tasks"], job["failed_tasks"], job["skipped_tasks"]) == (9, 2, 0)
    assert job["total_tasks"] == 11


def test_pages_over_the_limit_are_skipped(application: Application, token: str) -> None:
    job = application.ended(token, application.job(token, max_pages=3)["id"])
    assert (job["status"], job["progress"], job["completed_tasks"]) == ("completed", 100, 3)
    assert job["skipped_tasks"] == job["total_tasks"] - 3 > 0


def test_a_missing_page_fails_at_once_and_a_failing_one_after_retries(
    application: Application, token: str
) -> None:
    tasks = _crawled(application, token)
    missing, down, flaky = (tasks[path] for path in ("/missing", "/down", "/flaky"))
    assert (missing["status"], missing["status_code"], missing["retry_count"]) == ("failed", 404, 0)
    assert (down["status"], down["status_code"], down["retry_count"]) == ("failed", 500, 2)
    assert (flaky["status"], flaky["retry_count"]) == ("completed", 2)
    assert missing["error"]
    assert down["error"]


def test_links_are_left_alone_when_they_are_not_wanted(
    application: Application, token: str
) -> None:
    assert set(_crawled(application, token, find_links=False)) == {
        "/",
        *(f"/p/{n}" for n in range(1, 6)),
    }


def test_the_sitemap_is_left_alone_when_it_is_not_wanted(
    application: Application, token: str
) -> None:
    tasks = _crawled(application, token, use_sitemap=False)
    assert "/p/6" in tasks
    assert "/p/1" not in tasks


def test_pages_are_fetched_side_by_side(application: Application, token: str) -> None:
    tasks = _crawled(application, token, "slow", concurrency=3, find_links=False)
    assert _most_at_once(application, tasks) >= 2


def test_no_more_pages_at_once_than_the_job_wants(application: Application, token: str) -> None:
    for _ in range(4):
        tasks = _crawled(application, token, concurrency=1, find_links=False)
        assert _most_at_once(application, tasks) == 1


def test_a_finished_job_has_statistics(application: Application, token: str) -> None:
    stats = application.ended(token, application.job(token)["id"])["stats"]
    assert stats["cache_stats"]["misses"] >= len(GOOD)
    assert stats["task_summary"] == {"completed": 9, "failed": 2, "processed": 11, "with_errors": 2}
    assert stats["total_404s"] == 1


def test_a_page_without_an_error_in_the_end_tells_none(
    application: Application, token: str
) -> None:
    assert "error" not in _crawled(application, token)["/flaky"]


def test_a_due_scheduler_makes_its_job(application: Application, token: str) -> None:
    body = {"domain": "due.example", "schedule_interval_hours": 6}
    made = application.data("POST", "/v1/schedulers", token, json=body)["id"]
    application.sql(f"update public.schedulers set next_run_at = now() where id = '{made}'")
    path = f"/v1/schedulers/{made}/jobs"
    until(lambda: bool(application.data("GET", path, token)["jobs"]), within=5)


def _crawled(
    application: Application, token: str, kind: str = "site", **wanted: Any
) -> dict[str, dict[str, Any]]:
    job = application.job(token, kind, **wanted)["id"]
    assert application.ended(token, job)["status"] == "completed"
    return _tasks(application, token, job)


def _tasks(application: Application, token: str, job: str) -> dict[str, dict[str, Any]]:
    found = application.data("GET", f"/v1/jobs/{job}/tasks?limit=100", token)["tasks"]
    return {task["path"]: task for task in found}


def _most_at_once(application: Application, tasks: dict[str, dict[str, Any]]) -> int:
    """By the database's own times: the API's are whole seconds."""
    job = next(iter(tasks.values()))["job_id"]
    query = f"""select started_at, completed_at from public.tasks
                where job_id = '{job}' and completed_at is not null and started_at is not null"""
    spans: list[tuple[datetime, datetime]] = [(row[0], row[1]) for row in application.sql(query)]
    return max(sum(a < end and start < b for a, b in spans) for start, end in spans)
