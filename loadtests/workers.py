"""Jobs are enqueued at rising rates, until the workers cannot follow or the rates are through."""

import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field

from loadtests.access import sign_in
from loadtests.course import Course
from loadtests.greenlets import sleep
from loadtests.jobs import Bench, Job
from loadtests.live import View
from loadtests.order import Order
from loadtests.profile import Queue
from loadtests.queued import Queued
from loadtests.taskrows import rows
from staging.errors import ConfigurationError, StagingError
from staging.rules.objectives import Figure
from staging.rules.queueing import Look, Step, Task, Worked, worked
from staging.secret import Secret
from staging.settings import Settings

LOOK = 1.0
"""Seconds between two looks at the queue."""


@dataclass(slots=True)
class Crew:
    """Who enqueues: a site has one job of each organisation at a time, so pairs take turns."""

    benches: tuple[Bench, ...]
    domains: tuple[str, ...]
    queue: Queue
    database: Secret | None
    made: list[Job] = field(default_factory=list)
    busy: dict[tuple[str, str], Job] = field(default_factory=dict)

    def enqueue(self) -> bool:
        """Make a job where none is at work; False if every pair has one."""
        for bench in sorted(self.benches, key=lambda b: sum(j.bench is b for j in self.made)):
            for domain in self.domains:
                pair = (bench.organisation, domain)
                if pair in self.busy:
                    continue
                job = bench.enqueue(domain, pages=self.queue.pages, at_once=self.queue.concurrency)
                if job:
                    self.made.append(job)
                    self.busy[pair] = job
                return True
        return False

    def look(self, at: float) -> Look:
        """How many tasks are unfinished now; jobs that have ended free their pair."""
        unfinished = 0
        for pair, job in tuple(self.busy.items()):
            left = job.bench.left(job.id)
            if left is None:
                del self.busy[pair]
            else:
                unfinished += left
        return Look(at, unfinished)

    def tasks(self, jobs: list[Job]) -> list[Task]:
        """Every task of these jobs: by the database, or else by the API."""
        if self.database:
            return rows(self.database, {job.id: job.bench.organisation for job in jobs})
        return [task for job in jobs for task in job.bench.tasks(job.id)]

    def dismiss(self) -> int:
        """End what is still at work; how many jobs could not be ended."""
        left = 0
        for job in self.made:
            left += not job.bench.cancel(job.id, client="198.18.255.1")
        self.busy.clear()
        return left


def workers(course: Course, order: Order, settings: Settings) -> None:
    """One step for each rate; a step in which the queue grew is the last."""
    queue = order.profile.queue
    assert queue  # the profile's schema asks for it
    crew = _crew(course, order, settings, queue)
    done: list[Worked] = []
    try:
        for rate in _rates(queue, order):
            done.append(worked(_step(crew, rate, queue.step_seconds, course.view)))
            course.view.say(_line(done[-1]))
            if done[-1].saturated:
                break
    finally:
        _tell(course, settings, crew, done)
        if left := crew.dismiss():
            course.warnings.append(f"{left} of the jobs that were created could not be cancelled.")


def _crew(course: Course, order: Order, settings: Settings, queue: Queue) -> Crew:
    domains = tuple(dict.fromkeys(filter(None, (course.domain, *settings.load.domains))))
    if not course.token or not domains:
        raise ConfigurationError(
            "Jobs cannot be enqueued.",
            detail="A token and a site that may be crawled are needed.",
            remedy="Set [smoke] crawl_domain, and sign-in as README.md says.",
        )
    benches = [Bench(course.url, token=course.token, organisation="first")]
    if order.other:
        with suppress(StagingError):
            token = sign_in(order.other)
            benches.append(Bench(course.url, token=token, organisation="second"))
    if len(benches) == 1:
        course.warnings.append("Only one user is known: fairness was not measured.")
    return Crew(tuple(benches), domains, queue, order.database)


def _rates(queue: Queue, order: Order) -> Iterator[float]:
    """Those of the profile that the order leaves: below its highest rate, within its time."""
    for number, rate in enumerate(queue.rates, start=1):
        if rate <= order.rate and number * queue.step_seconds <= order.seconds + 1e-9:
            yield rate


def _step(crew: Crew, rate: float, seconds: float, view: View) -> Step:
    begun, before = time.time(), len(crew.made)
    looks: list[Look] = []
    due = kept_back = 0
    while (passed := time.time() - begun) < seconds:
        while due / rate <= passed and due < rate * seconds:
            due += 1
            kept_back += not crew.enqueue()
        looks.append(crew.look(time.time() - begun))
        told = f"  {rate:g} jobs/s, {passed:.0f} of {seconds:.0f} s"
        view.note(f"{told}: {looks[-1].unfinished} tasks without an outcome")
        sleep(min(LOOK, max(0.0, begun + seconds - time.time())))
    ended = time.time()
    jobs = crew.made[max(0, before - len(crew.busy)) :]
    return Step(
        rate=rate,
        begun=begun,
        ended=ended,
        jobs=len(crew.made) - before,
        kept_back=kept_back,
        tasks=tuple(crew.tasks(jobs)),
        looks=tuple(looks),
    )


def _line(step: Worked) -> str:
    return (
        f"  {step.rate:g} jobs/s: {step.done:.1f} of {step.offered:.1f} tasks/s, "
        f"{step.deepest} in the queue at most, p95 {step.queue_p95_ms:.0f} ms in it"
        + (", and it grew" if step.saturated else "")
    )


def _tell(course: Course, settings: Settings, crew: Crew, done: list[Worked]) -> None:
    calm = [step for step in done if not step.saturated] or done[:1]
    if calm:
        figure = Figure(value=calm[-1].queue_p95_ms, samples=calm[-1].waits)
        course.resources["queue_ms"] = figure
    course.special = Queued(
        steps=tuple(done),
        limit_ms=settings.objectives.queue_ms,
        jobs=len(crew.made),
        refused=sum(bench.refused for bench in crew.benches),
    )
