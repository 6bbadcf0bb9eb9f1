"""Job conservation, by a table of what may have become of two jobs."""

from dataclasses import replace

import pytest

from staging.rules.conservation import Conservation, Job, Task, conserved, over

JOB = Job(id="a", status="completed", total=2, completed=1, failed=1, announced=1)
DONE = Task(id="1", job="a", page="p", status="completed", started="s1", ended="e1")
DOWN = Task(id="2", job="a", page="q", status="failed", reason="503", started="s1", ended="e2")
BALANCED = (["a"], [JOB], [DONE, DOWN])


def held(
    jobs: list[Job], tasks: list[Task], *earlier: Task, superseded: bool = False
) -> Conservation:
    return conserved(["a"], jobs, tasks, earlier=earlier, superseded=superseded)


def test_what_ended_once_with_a_reason_is_conserved() -> None:
    found = conserved(*BALANCED)
    assert (found.verdict, found.enqueued, found.finished, found.tasks) == ("pass", 1, 1, 2)


def test_without_a_job_nothing_is_proved() -> None:
    assert conserved([], [], []).verdict == "invalid"


@pytest.mark.parametrize(
    ("jobs", "tasks", "told"),
    [
        ([], [], "job a: gone"),
        ([replace(JOB, status="running")], [DONE, DOWN], "job a: still running"),
        ([replace(JOB, status="failed")], [DONE, DOWN], "job a: failed without a reason"),
        ([replace(JOB, status="cancelled")], [DONE, DOWN], "job a: cancelled by nobody"),
        ([Job(id="a", status="completed")], [], "job a: completed without a task"),
        ([JOB], [DONE, replace(DOWN, reason="")], "task 2: failed without a reason"),
        (
            [replace(JOB, failed=0)],
            [DONE, replace(DOWN, status="running")],
            "job a: 1 of 2 tasks have not ended (running)",
        ),
        ([replace(JOB, completed=0)], [DONE, DOWN], "job a: counts 0 completed tasks, there are 1"),
    ],
)
def test_what_is_lost_is_named(jobs: list[Job], tasks: list[Task], told: str) -> None:
    found = held(jobs, tasks)
    assert (found.verdict, found.lost) == ("fail", (told,))


@pytest.mark.parametrize(
    ("jobs", "tasks", "earlier", "told"),
    [
        ([JOB, JOB], [DONE, DOWN], [], "job a: there twice"),
        ([JOB], [DONE, replace(DOWN, page="p")], [], "job a: page p 2 times"),
        ([replace(JOB, completed=2)], [DONE, DOWN], [], "job a: counts 2 completed tasks, there"),
        ([replace(JOB, announced=2)], [DONE, DOWN], [], "job a: its end was told 2 times"),
        ([JOB], [DONE, DOWN], [replace(DONE, started="s0", ended="e0")], "task 1: done again"),
        (
            [JOB],
            [DONE, DOWN],
            [replace(DONE, status="running", started=s, ended="") for s in ("x", "y")],
            "task 1: begun 3 times",
        ),
    ],
)
def test_what_is_doubled_is_named(
    jobs: list[Job], tasks: list[Task], earlier: list[Task], told: str
) -> None:
    found = held(jobs, tasks, *earlier)
    assert found.verdict == "fail"
    assert found.doubled[0].startswith(told)


def test_a_task_may_be_taken_again_once_and_retried_as_often_as_it_says() -> None:
    before = [replace(DOWN, status="running", started=s, ended="") for s in ("x", "y", "z")]
    assert held([JOB], [DONE, replace(DOWN, retries=2)], *before).verdict == "pass"


def test_a_job_that_another_superseded_is_not_lost() -> None:
    skipped = replace(DOWN, status="skipped")
    job = replace(JOB, status="cancelled", failed=0, skipped=1)
    found = held([job], [DONE, skipped], superseded=True)
    assert (found.verdict, found.cancelled) == ("pass", 1)


def test_it_is_over_when_jobs_and_tasks_have_ended() -> None:
    assert over([JOB], [DONE, DOWN], enqueued=1)
    assert not over([JOB], [DONE, DOWN], enqueued=2)
    assert not over([JOB], [DONE, replace(DOWN, status="pending")], enqueued=1)
    assert not over([replace(JOB, status="running")], [DONE], enqueued=1)
