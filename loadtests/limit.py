"""Looks for the limit: one trial after the other, at the rates that the rules ask for."""

import time
from array import array
from dataclasses import dataclass, replace
from math import ceil, nan
from statistics import fmean

from loadtests.capacity import Limited, Trial
from loadtests.course import Course
from loadtests.engine import Effort, drive
from loadtests.greenlets import sleep
from loadtests.latency import Recorder
from loadtests.mix import sequence
from loadtests.order import Order
from loadtests.profile import Search
from loadtests.result import measure
from loadtests.schedule import Departure, Schedule
from loadtests.site import Site
from loadtests.watching import Watch
from staging.inventory import Objectives
from staging.rules.knee import Bracket, Ground, Trials, growing, trials
from staging.rules.limits import limits
from staging.rules.objectives import Outcome, judge
from staging.settings import Settings

FEWEST = 40
"""Requests in a trial; a slow rate takes longer for them."""

STALL = 2.0
"""Seconds for which nobody may answer before the users of a trial are too few."""

CALM = 0.1
PATIENCE = 20.0
"""Seconds for the queue of one trial to be gone before the next."""


class Timed(Recorder):
    """Knows of each request when it was due, too."""

    def __init__(self) -> None:
        super().__init__()
        self.when = array("d")
        self.took = array("d")

    def record(self, name: str, *, departure: Departure, took_ms: float, error: str) -> None:
        """Add one request."""
        super().record(name, departure=departure, took_ms=took_ms, error=error)
        latency = departure.late_ms + took_ms
        self.when.append(time.perf_counter() - latency / 1000)
        self.took.append(latency)


@dataclass(slots=True)
class _Best:
    rate: float = 0.0
    schedule: Schedule | None = None
    recorder: Recorder | None = None
    effort: Effort | None = None


def limit(course: Course, order: Order, settings: Settings) -> None:
    """Search until the answer is narrow enough or the time is up."""
    search = order.profile.search
    assert search  # the profile's schema asks for it
    ground = _ground(search, order)
    asked, best = _of_a_trial(settings.objectives), _Best()
    found: list[Bracket] = []
    done: list[Trial] = []
    until = time.monotonic() + order.seconds
    try:
        steps = trials(ground, found)
        rate: float | None = next(steps)
        while rate:
            seconds = max(search.trial_seconds, FEWEST / rate)
            if time.monotonic() + seconds > until:
                course.warnings.append(f"The time was up after {len(done)} trials.")
                break
            done.append(_trial(course, order, rate, seconds, asked, best))
            if done[-1].outcome is Outcome.INVALID:
                course.warnings.append(f"At {rate:.1f}/s: {done[-1].why}")
                break
            rate = _next(steps, held=done[-1].outcome is Outcome.PASS)
    finally:
        _tell(course, settings, done, found, best)


def _ground(search: Search, order: Order) -> Ground:
    return Ground(
        start=search.start,
        top=order.rate,
        growth=search.growth,
        precision=search.precision,
        rounds=search.rounds,
    )


def _of_a_trial(objectives: Objectives) -> Objectives:
    """What one trial can be judged by: latency and errors of all requests, of few samples."""
    return replace(
        objectives,
        minimum_samples=min(objectives.minimum_samples, FEWEST // 2),
        requests_per_second=0.0,
        endpoints={},
        samples={},
        p99_9_ms=None,
        queue_ms=None,
        query_ms=None,
        cpu=None,
        memory=None,
    )


def _trial(
    course: Course, order: Order, rate: float, seconds: float, asked: Objectives, best: _Best
) -> Trial:
    schedule, recorder, effort = Schedule.steady(rate=rate, seconds=seconds), Timed(), Effort()
    watch = Watch(limits(asked), recorder, schedule)
    users = min(order.users, ceil(rate * STALL) + 5)
    course.view.begin(f"{rate:.1f}/s")
    plan = course.plan(order, sequence(course.errands), schedule=schedule, over=watch)
    drive(replace(plan, users=users, recorder=recorder), effort)
    measured = measure(recorder, seconds=effort.seconds, planned_rate=rate, cpu=effort.cpu)
    verdict = judge(measured, asked)
    rising = growing(list(zip(recorder.when, recorder.took, strict=True)))
    outcome, reasons = verdict.outcome, verdict.reasons
    if outcome is Outcome.PASS and rising:
        outcome, reasons = Outcome.FAIL, ("latency rose all the while: a queue grew",)
    if outcome is Outcome.PASS and rate > best.rate:
        best.rate, best.schedule, best.recorder, best.effort = rate, schedule, recorder, effort
    sent = [ms for tally in recorder.tallies.values() for ms in tally.sent]
    made = Trial(
        rate=rate,
        outcome=outcome,
        why="; ".join(reasons),
        p95_ms=measured.due.p95_ms,
        mean_ms=fmean(sent) if sent else nan,
    )
    course.view.say(made.line)
    if course.site and outcome is not Outcome.PASS:
        _calm(course.site)
    return made


def _calm(site: Site) -> None:
    """Wait until what is left of a trial that broke has been worked off."""
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        asked = time.monotonic()
        if not site.silence() and time.monotonic() - asked < CALM:
            return
        sleep(0.5)


def _next(steps: Trials, *, held: bool) -> float | None:
    try:
        return steps.send(held)
    except StopIteration:
        return None


def _tell(
    course: Course, settings: Settings, done: list[Trial], found: list[Bracket], best: _Best
) -> None:
    """What there is so far; the figures of the report are those of the best trial that held."""
    if best.schedule and best.recorder and best.effort:
        course.schedule, course.recorder, course.effort = best.schedule, best.recorder, best.effort
    course.special = Limited(
        trials=tuple(done),
        brackets=tuple(found),
        wanted=settings.objectives.requests_per_second,
        machines=settings.load.machines,
    )
