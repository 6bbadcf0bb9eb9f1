"""Faults of workers: each does what its name says, and a good pool does not."""

from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import pytest

from tests.rehearsal.application_wrong import Having, Probe, crawled, having, tasks
from tests.rehearsal.conftest import GONE, Application, Issuer, Start
from tests.waiting import until


def _one_at_a_time(made: Application, issuer: Issuer) -> bool:
    done = crawled(made, issuer.token(), "slow", concurrency=3, max_pages=3, find_links=False)
    return _most_at_once(made, done) == 1


def _ignores_concurrency(made: Application, issuer: Issuer) -> bool:
    done = crawled(made, issuer.token(), "slow", concurrency=1, max_pages=3, find_links=False)
    return _most_at_once(made, done) > 1


def _no_retry(made: Application, issuer: Issuer) -> bool:
    down = {task["path"]: task for task in crawled(made, issuer.token())}["/down"]
    return bool((down["status"], down["retry_count"]) == ("failed", 0))


def _a_failure_ends_the_job(made: Application, issuer: Issuer) -> bool:
    done = crawled(made, issuer.token(), concurrency=1)
    return "skipped" in {task["status"] for task in done}


def _never_second_fetch(made: Application, issuer: Issuer) -> bool:
    done = crawled(made, issuer.token(), max_pages=2)
    return not any("second_response_time" in task for task in done)


def _counters_off(made: Application, issuer: Issuer) -> bool:
    token = issuer.token()
    job = made.ended(token, made.job(token, max_pages=2)["id"])
    statuses = Counter(task["status"] for task in tasks(made, token, job["id"]))
    return bool(job["completed_tasks"] == statuses["completed"] + 1)


def _progress_falls(made: Application, issuer: Issuer) -> bool:
    token = issuer.token()
    job = made.job(token, "slow", concurrency=1, max_pages=3, find_links=False)["id"]
    seen: list[float] = []

    def over() -> bool:
        found = made.data("GET", f"/v1/jobs/{job}", token)
        seen.append(found["progress"])
        return found["status"] in GONE

    until(over, within=30)
    return seen != sorted(seen)


def _hardly_any_page(made: Application, issuer: Issuer) -> bool:
    token = issuer.token()
    job = made.ended(token, made.job(token, max_pages=3)["id"])
    return bool((job["max_pages"], job["completed_tasks"]) == (3, 1))


def _page_limit_ignored(made: Application, issuer: Issuer) -> bool:
    done = crawled(made, issuer.token(), max_pages=2, find_links=False)
    return {task["status"] for task in done} == {"completed"}


def _one_job_at_a_time(made: Application, issuer: Issuer) -> bool:
    owners = [issuer.token(), issuer.token()]
    wanted = {"concurrency": 1, "max_pages": 3, "find_links": False}
    jobs = [made.job(owner, "slow", **wanted)["id"] for owner in owners]
    for owner, job in zip(owners, jobs, strict=True):
        made.ended(owner, job)
    query = """select min(started_at), max(completed_at) from public.tasks
               where job_id = '{}' and started_at is not null"""
    first, second = sorted(made.sql(query.format(job))[0] for job in jobs)
    return bool(first[1] <= second[0])


def _links_ignored(made: Application, issuer: Issuer) -> bool:
    return "link" not in _sources(made, issuer, find_links=True)


def _links_followed_unasked(made: Application, issuer: Issuer) -> bool:
    return "link" in _sources(made, issuer, find_links=False)


def _sitemap_ignored(made: Application, issuer: Issuer) -> bool:
    done = crawled(made, issuer.token(), find_links=False)
    return {task["path"] for task in done} == {"/"}


def _double_task(made: Application, issuer: Issuer) -> bool:
    done = crawled(made, issuer.token(), find_links=False)
    often = Counter(task["path"] for task in done if task["status"] == "completed")
    return often == {"/": 1} | {f"/p/{n}": 2 if n == 1 else 1 for n in range(1, 6)}


def _lost_task(made: Application, issuer: Issuer) -> bool:
    return _stays(made, issuer) == {"completed": 5, "pending": 1}


def _stuck_running(made: Application, issuer: Issuer) -> bool:
    return _stays(made, issuer) == {"completed": 6}


def _cancel_goes_on(made: Application, issuer: Issuer) -> bool:
    token = issuer.token()
    job = made.job(token, "slow", concurrency=2, find_links=False)["id"]
    until(lambda: "running" in _statuses(made, job))
    made.data("DELETE", f"/v1/jobs/{job}", token)
    until(lambda: not {"waiting", "pending", "running"} & _statuses(made, job).keys())
    assert made.data("GET", f"/v1/jobs/{job}", token)["status"] == "cancelled"
    return _statuses(made, job) == {"completed": 6}


PROBES: dict[str, Probe] = {
    "one-at-a-time": _one_at_a_time,
    "ignores-concurrency": _ignores_concurrency,
    "no-retry": _no_retry,
    "a-failure-ends-the-job": _a_failure_ends_the_job,
    "never-second-fetch": _never_second_fetch,
    "counters-off": _counters_off,
    "progress-falls": _progress_falls,
    "hardly-any-page": _hardly_any_page,
    "page-limit-ignored": _page_limit_ignored,
    "one-job-at-a-time": _one_job_at_a_time,
    "links-ignored": _links_ignored,
    "links-followed-unasked": _links_followed_unasked,
    "sitemap-ignored": _sitemap_ignored,
    "double-task": _double_task,
    "lost-task": _lost_task,
    "stuck-running": _stuck_running,
    "cancel-goes-on": _cancel_goes_on,
}
GROUPS = [
    {"never-second-fetch", "no-retry", "counters-off", "links-followed-unasked", "progress-falls"},
    {"links-ignored", "ignores-concurrency"},
    {"one-at-a-time", "a-failure-ends-the-job"},
    {"one-job-at-a-time"},
    {"stuck-running", "cancel-goes-on"},
    {"hardly-any-page"},
    {"sitemap-ignored"},
    {"page-limit-ignored", "double-task"},
    {"lost-task"},
]


@pytest.fixture(scope="module")
def wrong(start: Start) -> Iterator[Having]:
    with having(start, [frozenset(group) for group in GROUPS]) as found:
        yield found


@pytest.mark.parametrize("fault", PROBES)
def test_a_fault_of_workers_does_what_its_name_says(
    fault: str, wrong: Having, issuer: Issuer
) -> None:
    assert PROBES[fault](wrong(fault), issuer)


@pytest.mark.parametrize("fault", PROBES)
def test_a_good_pool_has_no_fault(fault: str, application: Application, issuer: Issuer) -> None:
    assert not PROBES[fault](application, issuer)


def _sources(made: Application, issuer: Issuer, *, find_links: bool) -> set[str]:
    return {task["source_type"] for task in crawled(made, issuer.token(), find_links=find_links)}


def _stays(made: Application, issuer: Issuer) -> dict[str, int]:
    """The tasks of a job that has not ended although nothing was done for a while; {} if it has."""
    token = issuer.token()
    job = made.job(token, find_links=False)["id"]
    query = f"""select max(completed_at) < clock_timestamp() - interval '2 s'
                from public.tasks where job_id = '{job}'"""
    ended = False

    def over() -> bool:
        nonlocal ended
        ended = made.data("GET", f"/v1/jobs/{job}", token)["status"] in GONE
        return ended or bool(made.sql(query)[0][0])

    until(over, within=30)
    return {} if ended else _statuses(made, job)


def _statuses(made: Application, job: str) -> dict[str, int]:
    query = f"select status::text, count(*) from public.tasks where job_id = '{job}' group by 1"
    return {str(status): int(number) for status, number in made.sql(query)}


def _most_at_once(made: Application, done: list[dict[str, Any]]) -> int:
    """By the database's own times: the API's are whole seconds."""
    query = f"""select started_at, completed_at from public.tasks
                where job_id = '{done[0]["job_id"]}' and started_at is not null"""
    spans: list[tuple[datetime, datetime]] = [(row[0], row[1]) for row in made.sql(query)]
    return max(sum(a < end and start < b for a, b in spans) for start, end in spans)
