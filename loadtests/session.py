"""One run from order to result: is anybody there, sign in, load, tidy up, judge."""

import sys
from dataclasses import dataclass, field
from datetime import UTC, datetime

from loadtests.access import sign_in
from loadtests.address import client, permitted
from loadtests.engine import Effort, drive
from loadtests.latency import Recorder
from loadtests.ledger import Ledger
from loadtests.mix import Need, Omitted, choose, sequence
from loadtests.order import Order
from loadtests.result import Result, endpoints, measure
from loadtests.schedule import Schedule
from loadtests.site import Site
from loadtests.visitor import Plan
from staging.rules.objectives import judge
from staging.secret import Secret
from staging.settings import Settings

TIDYING = 10.0


@dataclass(slots=True)
class Course:
    """What has happened so far, so that an interrupted run can still tell it."""

    url: str
    schedule: Schedule
    started_at: str = field(default_factory=lambda: datetime.now(UTC).isoformat(timespec="seconds"))
    recorder: Recorder = field(default_factory=Recorder)
    effort: Effort = field(default_factory=Effort)
    ledger: Ledger = field(default_factory=Ledger)
    site: Site | None = None
    not_run: tuple[Omitted, ...] = ()
    notes: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    partial: bool = False


def run(order: Order, settings: Settings) -> Result:
    """Load the site as ordered; Ctrl-C ends it at once with what there is so far."""
    production = {f"{settings.production.app}.fly.dev", *settings.production.domains}
    url = permitted(order.url, staging=order.staging, production=production)
    course = Course(url=url, schedule=Schedule(rate=order.rate, seconds=order.seconds))
    try:
        try:
            _load(order, course, domain=order.domain or settings.crawl_domain)
        finally:
            _tidy(order, course)
    except KeyboardInterrupt:
        course.partial = True
        _tidy(order, course)  # again, because it may be this that was interrupted
    return _result(order, course, settings)


def _load(order: Order, course: Course, *, domain: str | None) -> None:
    if silence := Site(course.url, token=None).silence():
        course.notes.append(f"Nothing answers at {course.url}: {silence}")
        return
    token = sign_in(order.credentials) if order.credentials else order.token
    course.site = Site(course.url, token=token)
    job = _job(course.site, course.ledger, domain) if token else None
    errands, course.not_run = choose(_lacking(order, token=token, job=job, domain=domain))
    plan = Plan(
        url=course.url,
        users=order.users,
        schedule=course.schedule,
        errands=sequence(errands),
        token=token,
        job=job,
        domain=domain,
        ledger=course.ledger,
    )
    print(
        f"{order.rate:g}/s for {order.seconds:g} s by {order.users} users on {course.url}",
        file=sys.stderr,
        flush=True,
    )
    drive(plan, course.recorder, course.effort)


def _job(site: Site, ledger: Ledger, domain: str | None) -> str | None:
    """A job to read: one that exists, or else a new one."""
    found = site.job()
    if found or not domain:
        return found
    with ledger.creating():
        if made := site.create(domain):
            ledger.add(made)
    return made


def _lacking(
    order: Order, *, token: Secret | None, job: str | None, domain: str | None
) -> dict[Need, str]:
    if not token:
        missing = ", ".join(order.missing)
        reason = f"there is no token: set STAGING_ACCESS_TOKEN, or {missing}"
        return dict.fromkeys((Need.TOKEN, Need.JOB, Need.DOMAIN), reason)
    lacking = {}
    if not job:
        lacking[Need.JOB] = "there is no job to read"
    if not domain:
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
    effort, recorder = course.effort, course.recorder
    measured = measure(recorder, seconds=effort.seconds, planned_rate=order.rate, cpu=effort.cpu)
    return Result(
        url=course.url,
        started_at=course.started_at,
        seconds=effort.seconds,
        users=order.users,
        planned=course.schedule.planned,
        measured=measured,
        errors=recorder.errors,
        verdict=judge(measured, settings.objectives),
        endpoints=endpoints(recorder),
        not_run=course.not_run,
        notes=tuple(course.notes),
        warnings=tuple(course.warnings),
        partial=course.partial,
        subject=order.subject,
    )
