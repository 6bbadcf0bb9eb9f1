"""Line 4: the worker pool takes up tasks and works them off."""

from collections import Counter
from collections.abc import Callable
from itertools import combinations, pairwise
from typing import Any

import pytest

from smoke.contract import moment
from smoke.environment import Environment
from smoke.evidence import Evidence, require
from smoke.journeys.crawl import Crawl
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
