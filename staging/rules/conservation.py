"""Job conservation: what was enqueued has finished, or failed with a reason, each once. Pure."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

ENDED = frozenset({"completed", "failed", "skipped"})
"""What ends a task; a job ends as completed, failed or cancelled."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """A task as the database had it at some moment; times are texts that only need to differ."""

    id: str
    job: str
    page: str
    status: str
    reason: str = ""
    started: str = ""
    ended: str = ""
    retries: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """A job with its own counters. `announced` is how often its end was told."""

    id: str
    status: str
    reason: str = ""
    total: int = 0
    completed: int = 0
    failed: int = 0
    skipped: int = 0
    announced: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Conservation:
    """The balance: enqueued = finished + failed with a reason (+ cancelled, where that is meant).

    `lost` and `doubled` name each job or task that breaks it, and how.
    """

    verdict: Literal["pass", "fail", "invalid"]
    enqueued: int
    finished: int
    failed: int
    cancelled: int
    tasks: int
    lost: tuple[str, ...]
    doubled: tuple[str, ...]


def conserved(
    enqueued: Sequence[str],
    jobs: Sequence[Job],
    tasks: Sequence[Task],
    *,
    earlier: Sequence[Task] = (),
    again: int = 1,
    superseded: bool = False,
) -> Conservation:
    """Balance what was enqueued against what the database has in the end.

    `earlier` are states of tasks that were seen on the way; a task may be taken `again` so often
    beside its retries. `superseded`: others may have made jobs that cancel these.
    """
    found = {job.id: job for job in jobs}
    of_job: dict[str, list[Task]] = defaultdict(list)
    for task in tasks:
        of_job[task.job].append(task)
    lost = [line for id_ in enqueued for line in _lost(id_, found.get(id_), of_job[id_])]
    if not superseded:
        lost += [f"job {j.id}: cancelled by nobody" for j in jobs if j.status == "cancelled"]
    doubled = [line for job in jobs for line in _doubled(job, of_job[job.id])]
    doubled += [
        f"job {id_}: there twice" for id_, n in Counter(j.id for j in jobs).items() if n > 1
    ]
    doubled += _done_again(tasks, earlier, again=again)
    states = Counter(job.status for job in jobs)
    return Conservation(
        verdict="invalid" if not enqueued else "fail" if lost or doubled else "pass",
        enqueued=len(enqueued),
        finished=states["completed"],
        failed=states["failed"],
        cancelled=states["cancelled"],
        tasks=len(tasks),
        lost=tuple(lost),
        doubled=tuple(doubled),
    )


def over(jobs: Sequence[Job], tasks: Sequence[Task], *, enqueued: int) -> bool:
    """Whether every job has ended and every task of theirs: nothing will change any more."""
    ended = sum(job.status in {"completed", "failed", "cancelled"} for job in jobs)
    return ended == enqueued and all(task.status in ENDED for task in tasks)


def _lost(id_: str, job: Job | None, tasks: Sequence[Task]) -> Iterator[str]:
    if job is None:
        yield f"job {id_}: gone"
        return
    if job.status not in {"completed", "failed", "cancelled"}:
        yield f"job {id_}: still {job.status}"
    if job.status == "failed" and not job.reason:
        yield f"job {id_}: failed without a reason"
    if job.status == "completed" and not tasks:
        yield f"job {id_}: completed without a task"
    if open_ := [task for task in tasks if task.status not in ENDED]:
        yield f"job {id_}: {len(open_)} of {len(tasks)} tasks have not ended ({open_[0].status})"
    for task in tasks:
        if task.status == "failed" and not task.reason:
            yield f"task {task.id}: failed without a reason"
    for name, rows, counted in _counts(job, tasks):
        if counted < rows:
            yield f"job {id_}: counts {counted} {name}, there are {rows}"


def _doubled(job: Job, tasks: Sequence[Task]) -> Iterator[str]:
    pages = Counter(task.page for task in tasks)
    yield from (f"job {job.id}: page {page} {n} times" for page, n in pages.items() if n > 1)
    for name, rows, counted in _counts(job, tasks):
        if counted > rows:
            yield f"job {job.id}: counts {counted} {name}, there are {rows}"
    if job.announced > 1:
        yield f"job {job.id}: its end was told {job.announced} times"


def _counts(job: Job, tasks: Sequence[Task]) -> Iterator[tuple[str, int, int]]:
    rows = Counter(task.status for task in tasks)
    yield "tasks", len(tasks), job.total
    for name in ("completed", "failed", "skipped"):
        yield f"{name} tasks", rows[name], getattr(job, name)


def _done_again(tasks: Sequence[Task], earlier: Sequence[Task], *, again: int) -> Iterator[str]:
    """What had ended and was done once more, and what was begun more often than it may be."""
    starts: dict[str, set[str]] = defaultdict(set)
    last = {task.id: task for task in tasks}
    redone = set()
    for task in (*earlier, *tasks):
        if task.started:
            starts[task.id].add(task.started)
        now = last.get(task.id, task)
        if task.status in ENDED and (task.started, task.ended) != (now.started, now.ended):
            redone.add(task.id)
    for id_ in sorted(redone):
        yield f"task {id_}: done again after it had ended"
    for id_, times in sorted(starts.items()):
        if id_ in last and id_ not in redone and len(times) > 1 + last[id_].retries + again:
            yield f"task {id_}: begun {len(times)} times, retried {last[id_].retries} times"
