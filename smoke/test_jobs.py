"""Line 5: jobs are made, listed, read, cancelled and shared."""

from collections.abc import Callable
from typing import Any

import pytest

from smoke.client import Client
from smoke.evidence import require
from smoke.journeys.cancelling import WAYS, Cancelling
from smoke.journeys.crawl import AT_ONCE, EXPORTS, OF_A_JOB, Crawl, every_task
from smoke.journeys.sharing import Sharing
from smoke.journeys.walk import Journeys
from staging.rules.endpoints import NOBODY

LIST, TASKS = "GET /v1/jobs", "GET /v1/jobs/{id}/tasks"
PAGE, MOST = 2, 8
IN_HAND = 3 * AT_ONCE
"""Tasks that may end after a job was last seen at work: those in hand, and some in between."""


@pytest.mark.part("POST /v1/jobs")
def test_a_job_is_made(journeys: Journeys, domain: str, lasted: Callable[[float], None]) -> None:
    if reason := journeys.why_not("crawl"):
        pytest.skip(reason)
    crawl: Crawl = journeys.result("crawl")
    made = crawl.made
    lasted(made.seconds)
    got = made.at("data.domain")
    require(got == domain, made.where, expected=f"domain {domain}", got=got)


def test_a_job_is_read_back(crawl: Crawl, domain: str) -> None:
    for name, expected in {"id": crawl.id, "domain": domain}.items():
        got = crawl.job.get(name)
        require(got == expected, "GET /v1/jobs/{id}", expected=f"{name} {expected}", got=got)


def test_jobs_are_listed_newest_first(cancelling: Cancelling, crawl: Crawl, client: Client) -> None:
    ids = [job.get("id") for job in _jobs(client, limit=20)]
    newest_first = [crawl.id, *(cancelling.ways[way].id for way in reversed(WAYS))]
    seen = [id_ for id_ in ids if id_ in newest_first]
    require(seen == newest_first, LIST, expected=f"{newest_first}", got=seen)


@pytest.mark.parametrize("status", ["completed", "cancelled"])
def test_jobs_are_filtered_by_status(
    cancelling: Cancelling, crawl: Crawl, client: Client, status: str
) -> None:
    if status == "completed" != crawl.last.status:
        pytest.skip("the job was not completed")
    wanted = crawl.id if status == "completed" else cancelling.ways["DELETE"].id
    jobs = _jobs(client, limit=20, status=status)
    others = {str(job.get("status")) for job in jobs} - {status}
    require(not others, f"{LIST}?status={status}", expected=f"only {status}", got=sorted(others))
    found = wanted in [job.get("id") for job in jobs]
    require(found, f"{LIST}?status={status}", expected=f"job {wanted}", got="it is not there")


def test_jobs_are_paged(crawl: Crawl, client: Client) -> None:
    assert crawl
    whole = [job["id"] for job in _jobs(client, limit=MOST)]
    pieces = [
        job["id"] for at in range(0, MOST, PAGE) for job in _jobs(client, limit=PAGE, offset=at)
    ]
    where = f"{LIST}?limit={PAGE}&offset=…"
    require(pieces == whole, where, expected=f"the pages of {whole}", got=pieces)


def test_pages_say_where_they_stand(crawl: Crawl, client: Client) -> None:
    assert crawl
    total = client.call(LIST, query={"limit": 1}).expect(200).at("data.pagination.total")
    for offset in (0, total - 1):
        answer = client.call(LIST, query={"limit": 1, "offset": offset}).expect(200)
        got = (answer.at("data.pagination.has_next"), answer.at("data.pagination.has_prev"))
        expected = (offset + 1 < total, offset > 0)
        where = f"{LIST}?limit=1&offset={offset}"
        require(got == expected, where, expected=f"has_next, has_prev {expected}", got=got)


def test_tasks_are_paged(crawl: Crawl, client: Client) -> None:
    pieces = [task.get("id") for task in every_task(client, crawl.id, page=7)]
    whole = {task.get("id") for task in crawl.tasks}
    got = f"{len(pieces)}, {len(set(pieces))} of them different"
    complete = len(pieces) == len(whole) and set(pieces) == whole
    require(complete, f"{TASKS}?limit=7", expected=f"{len(whole)} tasks", got=got)


@pytest.mark.parametrize("status", ["completed", "failed", "running"])
def test_tasks_are_counted_by_status(crawl: Crawl, client: Client, status: str) -> None:
    if crawl.last.status != "completed":
        pytest.skip("the job was not completed")
    answer = client.call(TASKS, id=crawl.id, query={"status": status, "limit": 1}).expect(200)
    expected = sum(task.get("status") == status for task in crawl.tasks)
    got = answer.at("data.pagination.total")
    require(got == expected, f"{TASKS}?status={status}", expected=f"total {expected}", got=got)


def test_jobs_are_counted_by_status(crawl: Crawl, client: Client) -> None:
    assert crawl
    answer = client.call(LIST, query={"status": "running", "limit": 100}).expect(200)
    jobs, got = answer.at("data.jobs") or [], answer.at("data.pagination.total")
    where = f"{LIST}?status=running"
    require(got == len(jobs), where, expected=f"total {len(jobs)}", got=got)


@pytest.mark.parametrize("request_", OF_A_JOB)
def test_an_unknown_job_is_not_found(client: Client, request_: str) -> None:
    body = {"action": "cancel"} if request_.startswith("PUT") else None
    client.call(request_, id=NOBODY, body=body).expect(404, code="NOT_FOUND")


def test_an_unknown_action_is_refused(crawl: Crawl, client: Client) -> None:
    client.call("PUT /v1/jobs/{id}", id=crawl.id, body={"action": "smoke"}).expect(400)


@pytest.mark.part("DELETE /v1/jobs/{id}")
def test_jobs_can_be_cancelled(
    journeys: Journeys, domain: str, lasted: Callable[[float], None]
) -> None:
    if reason := journeys.why_not("cancelling"):
        pytest.skip(reason)
    assert domain
    seen: Cancelling = journeys.result("cancelling")
    lasted(journeys.seconds("cancelling"))
    require(set(seen.ways) == set(WAYS), "jobs", expected=f"{WAYS}", got=list(seen.ways))


@pytest.mark.parametrize("way", WAYS)
def test_a_job_is_cancelled(cancelling: Cancelling, way: str) -> None:
    seen = cancelling.ways[way]
    answer = seen.answer.expect(200)
    require(answer.at("data.id") == seen.id, answer.where, expected=seen.id, got=answer.text)
    got = seen.after.status
    require(got == "cancelled", answer.where, expected="the job cancelled at once", got=got)


@pytest.mark.parametrize("way", WAYS)
def test_a_cancelled_job_stays_cancelled(cancelling: Cancelling, way: str) -> None:
    seen = cancelling.ways[way]
    got = [sight.status for sight in seen.later]
    require(set(got) == {"cancelled"}, seen.answer.where, expected="it stays cancelled", got=got)


@pytest.mark.parametrize("way", WAYS)
def test_the_tasks_of_a_cancelled_job_stop(cancelling: Cancelling, way: str) -> None:
    seen = cancelling.ways[way]
    running, worked = [s.running for s in seen.later], [s.completed + s.failed for s in seen.later]
    got = f"running {running}, done {worked}"
    quiet = not any(running) and len(set(worked)) == 1
    require(quiet, seen.answer.where, expected="no task at work afterwards", got=got)
    done = seen.before.completed + seen.before.failed
    most = done + IN_HAND
    expected = f"{most} tasks done at most, as {done} were before"
    require(worked[-1] <= most, seen.answer.where, expected=expected, got=worked[-1])


@pytest.mark.parametrize("way", WAYS)
def test_a_second_cancel_is_a_conflict(cancelling: Cancelling, way: str) -> None:
    cancelling.ways[way].again.expect(409, code="CONFLICT")


def test_a_completed_job_cannot_be_cancelled(crawl: Crawl) -> None:
    if crawl.too_late is None:
        pytest.skip("the job was not completed")
    crawl.too_late.expect(409, code="CONFLICT")


def test_a_new_job_of_a_domain_ends_the_former(cancelling: Cancelling) -> None:
    former, _, status = cancelling.succeeded
    require(status == "cancelled", f"job {former}", expected="cancelled by the next", got=status)


@pytest.mark.parametrize("kind", EXPORTS)
def test_a_job_is_exported(crawl: Crawl, kind: str) -> None:
    answer = crawl.exports[kind].expect(200)
    got = len(answer.at("data.tasks") or [])
    whole = kind != "job" or got == len(crawl.tasks) or crawl.last.status != "completed"
    where = f"{answer.where}?type={kind}"
    require(whole, where, expected=f"{len(crawl.tasks)} tasks", got=got)


def test_broken_links_are_those_and_no_others(crawl: Crawl) -> None:
    answer = crawl.exports["broken-links"].expect(200)
    got = sorted(str(task.get("path")) for task in answer.at("data.tasks") or [])
    broken = [t for t in crawl.tasks if t.get("status") == "failed" or _refused(t)]
    expected = sorted(str(task.get("path")) for task in broken)
    require(got == expected, f"{answer.where}?type=broken-links", expected=f"{expected}", got=got)


def test_a_job_is_shared(journeys: Journeys, crawl: Crawl, lasted: Callable[[float], None]) -> None:
    seen: Sharing = journeys.result("sharing")
    lasted(journeys.seconds("sharing"))
    require(seen.job == crawl.id, seen.made.where, expected=crawl.id, got=seen.job)


def test_a_job_has_one_share_link(sharing: Sharing) -> None:
    token = sharing.made.at("data.token")
    for answer in (sharing.again.expect(200, 201), sharing.found.expect(200)):
        same = answer.at("data.token") == token
        require(same, answer.where, expected="the link that there is", got="another")


def test_a_shared_job_is_read_without_a_token(sharing: Sharing, crawl: Crawl) -> None:
    job, tasks, export = (answer.expect(200) for answer in sharing.read)
    require(job.at("data.id") == sharing.job, job.where, expected=sharing.job, got=job.text)
    for answer in (tasks, export):
        there = answer.at("data.tasks") or not crawl.tasks
        require(there, answer.where, expected="tasks", got=answer.text)


def test_a_revoked_link_is_not_found(sharing: Sharing) -> None:
    sharing.revoking.expect(200)
    for answer in sharing.revoked:
        answer.expect(404, code="NOT_FOUND")


def _refused(task: dict[str, Any]) -> bool:
    return int(task.get("status_code") or 0) >= 400


def _jobs(client: Client, **query: str | int) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = client.call(LIST, query=query).expect(200).at("data.jobs") or []
    return found
