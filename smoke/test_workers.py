"""Line 4: the worker pool takes up tasks and works them off."""

from collections import Counter
from collections.abc import Callable
from itertools import combinations, pairwise
from typing import Any

import pytest

from smoke.contract import moment
from smoke.environment import Environment
from smoke.evidence import Evidence, require
from smoke.journeys.cancelling import WAYS, Cancelling
from smoke.journeys.crawl import AT_ONCE, ENDED, FEW, Crawl
from smoke.journeys.walk import Journeys

NEEDED = ("status_code", "response_time", "started_at", "completed_at", "path", "url")
SHORT = 2.0
"""Seconds below which tasks one after the other cannot be told from tasks side by side."""

Span = tuple[float, float]


def test_a_job_is_taken_up(crawl: Crawl, environment: Environment) -> None:
    first = next((sight for sight in crawl.sights if sight.started), None)
    limit = environment.patience.take_up
    expected = f"started_at within {limit:.0f} s"
    require(first, _where(crawl), expected=expected, got=f"none; {_last(crawl)}")


def test_a_job_that_will_be_cancelled_is_at_work_before(cancelling: Cancelling) -> None:
    """The one check of this line that is quick."""
    job = cancelling.ways[WAYS[-1]]
    got = f"{job.before.status}, {job.before.done} done, {job.before.running} running"
    require(cancelling.worked, f"job {job.id}", expected="tasks in hand", got=got)


def test_a_job_is_worked_off(
    crawl: Crawl, journeys: Journeys, lasted: Callable[[float], None]
) -> None:
    lasted(journeys.seconds("crawl"))
    status = crawl.last.status
    require(status == "completed", _where(crawl), expected="completed in time", got=_last(crawl))


def test_completed_tasks_rise(crawl: Crawl) -> None:
    counts = [sight.completed for sight in crawl.sights]
    rising = all(earlier <= later for earlier, later in pairwise(counts))
    expected = "completed_tasks that rise and never fall"
    require(rising and counts[-1] > 0, _where(crawl), expected=expected, got=sorted(set(counts)))


def test_progress_never_falls(crawl: Crawl) -> None:
    """It is a share of the tasks: only a page that is found on the way may make it less."""
    told = [(sight.progress, sight.total) for sight in crawl.sights]
    rising = all(was <= now or of < total for (was, of), (now, total) in pairwise(told))
    expected = "progress that falls only where tasks are added"
    require(rising, _where(crawl), expected=expected, got=told)


def test_progress_is_whole(crawl: Crawl) -> None:
    got = crawl.job.get("progress")
    require(got == 100, _where(crawl), expected="progress 100", got=f"{got}; {_last(crawl)}")


def test_the_counts_add_up(crawl: Crawl) -> None:
    last = crawl.last
    require(last.total == last.done > 0, _where(crawl), expected="total = done", got=_last(crawl))


def test_the_tasks_are_those_that_are_counted(crawl: Crawl) -> None:
    listed = Counter(task.get("status") for task in crawl.tasks)
    found = tuple(listed[status] for status in ("completed", "failed", "skipped"))
    counted = (crawl.last.completed, crawl.last.failed, crawl.last.skipped)
    require(found == counted, _where(crawl), expected=f"tasks {counted}", got=dict(listed))


def test_every_task_has_a_result(crawl: Crawl) -> None:
    worked = [task for task in crawl.tasks if task.get("status") == "completed"]
    require(worked, _where(crawl), expected="completed tasks", got=f"none; {_last(crawl)}")
    for task in worked:
        missing = [name for name in NEEDED if task.get(name) is None]
        where = f"task {task.get('path')} of {_where(crawl)}"
        require(not missing, where, expected="a whole result", got=f"none for {missing}")
        start, end = moment(task["started_at"]), moment(task["completed_at"])
        ordered = start and end and start <= end
        require(ordered, where, expected="started_at before completed_at", got=f"{start} {end}")


def test_failed_tasks_say_why(crawl: Crawl) -> None:
    for task in crawl.tasks:
        if task.get("status") == "failed":
            where = f"task {task.get('path')} of {_where(crawl)}"
            require(task.get("error"), where, expected="an error", got="none")


def test_the_pool_works_on_several_tasks_at_once(crawl: Crawl) -> None:
    most = max(sight.running for sight in crawl.sights)
    spans = [span for task in crawl.tasks if (span := _span(task))]
    if most > 1 or any(_overlap(one, other) for one, other in combinations(spans, 2)):
        return
    if len(spans) < 3 or max(end for _, end in spans) - min(start for start, _ in spans) < SHORT:
        pytest.skip("the tasks were too few or too short to see two at once")
    got = f"{len(spans)} tasks, never two at once"
    raise Evidence(_where(crawl), expected="tasks side by side", got=got)


def test_the_concurrency_asked_for_is_respected(crawl: Crawl) -> None:
    spans = [span for task in crawl.tasks if (span := _span(task))]
    most = max((len(_at_once(span, spans)) for span in spans), default=0)
    most = max(most, *(sight.running for sight in crawl.sights))
    expected = f"{AT_ONCE} tasks at once at most"
    require(most <= AT_ONCE, _where(crawl), expected=expected, got=most)


def test_jobs_of_two_organisations_are_worked_off_side_by_side(crawl: Crawl) -> None:
    if not crawl.beside:
        pytest.skip("no SMOKE_OTHER_EMAIL and SMOKE_OTHER_PASSWORD were given")
    seen = list(zip(crawl.sights, crawl.beside, strict=True))
    both = [two for one, two in seen if one.status not in ENDED and two.completed]
    last = crawl.beside[-1]
    got = f"{last.status} after {last.after:.0f} s, {last.completed} of {last.total} completed"
    expected = "tasks that end while the other job runs"
    require(both, "a small job beside it", expected=expected, got=got)


def test_pages_are_found_by_the_sitemap_and_by_links(crawl: Crawl) -> None:
    """A site that has no sitemap, or no link beyond it, is declared in [[smoke.allowed]]."""
    pages = [task for task in crawl.tasks if task.get("path") != "/"]
    found = {str(task.get("source_type")) for task in pages}
    missing = sorted({"sitemap", "link"} - found)
    require(not missing, _where(crawl), expected="pages by sitemap and link", got=sorted(found))


def test_a_job_does_no_more_than_it_was_asked_for(crawl: Crawl) -> None:
    """The small one beside it: few pages, and no links."""
    if not crawl.few:
        pytest.skip("no SMOKE_OTHER_EMAIL and SMOKE_OTHER_PASSWORD were given")
    where = "a small job beside it"
    taken = [task for task in crawl.few if task.get("status") != "skipped"]
    require(len(taken) <= FEW, where, expected=f"{FEW} pages at most", got=len(taken))
    links = [task.get("path") for task in crawl.few if task.get("source_type") == "link"]
    require(not links, where, expected="no page found by a link", got=links)


def test_a_page_that_fails_is_tried_again(crawl: Crawl) -> None:
    """What a server has no answer for may pass; what it refuses is not asked for again."""
    failed = [task for task in crawl.tasks if task.get("status") == "failed"]
    for task in failed:
        passing = (task.get("status_code") or 500) >= 500
        tried = task.get("retry_count") or 0
        where = f"task {task.get('path')} of {_where(crawl)}"
        require(tried or not passing, where, expected="retry_count over 0", got=tried)


def test_a_page_that_fails_harms_no_other(crawl: Crawl) -> None:
    failed = [task for task in crawl.tasks if task.get("status") == "failed"]
    skipped = [task.get("path") for task in crawl.tasks if task.get("status") == "skipped"]
    expected = "no page skipped because another failed"
    require(not failed or not skipped, _where(crawl), expected=expected, got=skipped)


def test_the_end_of_a_job_is_notified(crawl: Crawl) -> None:
    before, after = crawl.told
    done = crawl.last.status != "completed" or after > before
    require(done, "GET /v1/notifications", expected=f"more than {before}", got=after)


def test_the_pages_of_a_job_are_counted_as_used(crawl: Crawl) -> None:
    before, after = crawl.used
    done = crawl.last.status != "completed" or after > before
    require(done, "GET /v1/usage", expected=f"daily_used over {before}", got=after)


def test_throughput_is_told(crawl: Crawl, note: Callable[[str], None]) -> None:
    spans = [span for task in crawl.tasks if (span := _span(task))]
    if not spans:
        pytest.skip("the job has no task that was worked off")
    took = max(end for _, end in spans) - min(start for start, _ in spans)
    note(f"{len(spans)} tasks in {took:.1f} s, {AT_ONCE} at once at most")


def _at_once(one: Span, spans: list[Span]) -> list[Span]:
    """Those in hand when this one began; a timestamp cut to a second makes them fewer, not more."""
    return [other for other in spans if other[0] <= one[0] < other[1]]


def _span(task: dict[str, Any]) -> Span | None:
    start, end = moment(task.get("started_at")), moment(task.get("completed_at"))
    return (start.timestamp(), end.timestamp()) if start and end else None


def _overlap(one: Span, other: Span) -> bool:
    """Certain even where timestamps are cut to whole seconds, as both ends are cut alike."""
    return one[0] < other[1] and other[0] < one[1]


def _where(crawl: Crawl) -> str:
    return f"job {crawl.id}"


def _last(crawl: Crawl) -> str:
    last = crawl.last
    return (
        f"{last.status} after {last.after:.0f} s, {last.completed} completed, {last.failed} failed,"
        f" {last.skipped} skipped of {last.total}"
    )
