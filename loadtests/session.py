"""One run from order to result: is anybody there, sign in, load, tidy up, judge."""

import os
from collections.abc import Callable
from dataclasses import replace

from loadtests.access import sign_in
from loadtests.address import client
from loadtests.closed import BLIND, Closed
from loadtests.comparing import compare
from loadtests.course import Course
from loadtests.during import deploy
from loadtests.ledger import Ledger
from loadtests.limit import limit
from loadtests.live import View
from loadtests.mix import Need, choose, known
from loadtests.order import Order
from loadtests.politeness import target
from loadtests.resources.observer import Observer
from loadtests.result import Result, endpoints, measure
from loadtests.schedule import Schedule
from loadtests.site import Site
from loadtests.steady import benchmark, stages
from loadtests.timeline import timeline
from loadtests.watching import shares
from loadtests.workers import workers
from staging.rules.limits import limits
from staging.rules.objectives import judge
from staging.settings import Settings

TIDYING = 10.0
KINDS: dict[str, Callable[[Course, Order, Settings], None]] = {
    "stages": stages,
    "benchmark": benchmark,
    "limit": limit,
    "workers": workers,
    "deploy": deploy,
    "compare": compare,
}


def run(order: Order, settings: Settings) -> Result:
    """Load the site as ordered; Ctrl-C ends it at once with what there is so far."""
    for name in settings.objectives.endpoints:
        known(name, where="[objectives.endpoints]", own=order.profile.own)
    course = Course(
        url=target(order, settings),
        schedule=_schedule(order),
        errands=order.profile.errands(settings.load.weights),
        domain=None if order.against else order.domain or settings.crawl_domain,
        forwarded=settings.load.forwarded and not order.against,
        view=View(limits(settings.objectives)),
    )
    try:
        try:
            _load(order, course, settings)
        finally:
            course.view.close()
            _tidy(order, course)
    except KeyboardInterrupt:
        course.partial = True
        _tidy(order, course)  # again, because it may be this that was interrupted
    return _result(order, course, settings)


def _schedule(order: Order) -> Schedule:
    profile = order.profile
    if not profile.closed:
        return Schedule(profile.stages)
    return Closed(users=profile.users, think=profile.think_seconds, seconds=profile.seconds)


def _load(order: Order, course: Course, settings: Settings) -> None:
    if silence := Site(course.url, token=None).silence():
        course.notes.append(f"Nothing answers at {course.url}: {silence}")
        return
    course.token = sign_in(order.credentials) if order.credentials else order.token
    course.site = Site(course.url, token=course.token)
    if course.token:
        course.job = _job(course.site, course.ledger, None if order.against else course.domain)
    course.errands, course.not_run = choose(_lacking(order, course), course.errands)
    profile = order.profile
    if not course.errands:
        course.notes.append("Nothing of the mix can be asked.")
        return
    if profile.closed:
        course.warnings.append(BLIND)
    course.view.say(_announced(order, course))
    observer = Observer(order.watched.told(settings))
    try:
        with observer.watching():
            KINDS[profile.kind](course, order, settings)
    finally:
        course.explanation = observer.explanation(course.schedule.start or observer.begun)
        course.resources |= course.explanation.figures()


def _announced(order: Order, course: Course) -> str:
    profile = order.profile
    rate = f"{'at most ' * profile.closed}{profile.rate:g}/s"
    users = f"{profile.users} users on {course.url} ({profile.name})"
    return f"{rate} for {profile.seconds:g} s by {users}"


def _job(site: Site, ledger: Ledger, domain: str | None) -> str | None:
    """A job to read: one that exists, or else a new one."""
    found = site.job()
    if found or not domain:
        return found
    with ledger.creating():
        if made := site.create(domain):
            ledger.add(made)
    return made


def _lacking(order: Order, course: Course) -> dict[Need, str]:
    if not course.token:
        missing = ", ".join(order.missing)
        named = "PRODUCTION_ACCESS_TOKEN" if order.against else "STAGING_ACCESS_TOKEN"
        reason = f"there is no token: set {named}" + (f", or {missing}" if missing else "")
        return dict.fromkeys((Need.TOKEN, Need.JOB, Need.DOMAIN), reason)
    lacking = {}
    if not course.job:
        lacking[Need.JOB] = "there is no job to read"
    if not course.domain:
        lacking[Need.DOMAIN] = "SMOKE_CRAWL_DOMAIN is not set, so no job can be created"
    return lacking


def _tidy(order: Order, course: Course) -> None:
    """End the jobs that were created."""
    site = course.site
    if site is None:
        return

    def cancel(job: str, number: int) -> bool:
        address = client(0, turn=number, users=1, rate=order.rate + 100)
        return site.cancel(job, client=address)

    if left := course.ledger.clear(cancel, seconds=TIDYING):
        course.warnings.append(f"{left} of the jobs that were created could not be cancelled.")


def _result(order: Order, course: Course, settings: Settings) -> Result:
    effort, recorder, due = course.effort, course.recorder, course.schedule
    rate = due.planned / due.seconds if due.planned and due.seconds else order.rate
    measured = replace(
        measure(recorder, seconds=effort.seconds, planned_rate=rate, cpu=effort.cpu),
        resources=course.resources,
        workers=order.workers,
        users=order.users,
        cores=os.cpu_count() or 0,
    )
    return Result(
        url=course.url,
        started_at=course.started_at,
        seconds=effort.seconds,
        users=order.users,
        planned=due.planned,
        measured=measured,
        errors=recorder.errors,
        verdict=judge(measured, settings.objectives),
        endpoints=endpoints(recorder),
        not_run=course.not_run,
        notes=tuple(course.notes),
        warnings=tuple(course.warnings),
        partial=course.partial,
        subject=order.subject,
        machines=order.machines,
        mix=shares(course.errands),
        profile=order.profile.name,
        aborted=bool(course.lost),
        special=course.special,
        explanation=course.explanation,
        timeline=timeline(recorder, due),
        spread=recorder.spread(),
        crew=tuple(course.crew),
    )
