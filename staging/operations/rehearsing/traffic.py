"""The migration applied to staging while users and workers are at work there."""

import time
from collections.abc import Sequence
from dataclasses import replace

from staging.clouds import postgres, process
from staging.clouds.waiting import Look, Waiting
from staging.errors import ConfigurationError, NotSo, Refused, StagingError
from staging.operations import reach
from staging.operations.drills import accounts
from staging.operations.drills.accounts import Account
from staging.operations.drills.jobs import Jobs
from staging.operations.drills.traffic import EVERY, Traffic
from staging.operations.opening import Clouds
from staging.operations.rehearsing.ground import Ground, ground
from staging.operations.rehearsing.run import production
from staging.operations.rehearsing.selection import Chosen
from staging.operations.steps import note, until
from staging.operations.wanted import the_project
from staging.rules.undertraffic import UnderTraffic, Wait, seen

BEFORE, AFTER = 4.0, 3.0
"""Seconds of traffic before the migration, which tell what is usual, and after it."""

WELL = 20.0
NO_JOBS = "what waits while workers write, since staging.toml names no [smoke] crawl_domain"
ASKED = "requests other than those of the traffic: health, database, jobs, one write"


def under_traffic(clouds: Clouds, chosen: Chosen, *, allowed: float) -> UnderTraffic:
    """Apply what is chosen under traffic, and put staging back."""
    files = tuple(chosen.paths)
    if not files:
        return UnderTraffic(files=(), allowed=allowed)
    try:
        known = accounts.signed_in(clouds, the_project(clouds))
        with ground(clouds, chosen, why="under traffic") as made:
            found = _applied(made, known, allowed=allowed)
    except (Refused, ConfigurationError):
        raise
    except StagingError as error:
        if process.ending():
            raise
        told = f"{error.problem} {error.detail} {error.remedy}".strip()
        return UnderTraffic(files=files, allowed=allowed, unwell=told)
    return replace(found, put_back=tuple(made.done), not_put_back=tuple(made.failed))


def _applied(made: Ground, known: Sequence[Account], *, allowed: float) -> UnderTraffic:
    clouds, settings = made.clouds, made.clouds.settings
    url = reach.application_url(clouds, clouds.fly.app(settings.staging.app))
    domain = clouds.environ.get("SMOKE_CRAWL_DOMAIN") or settings.crawl_domain or ""
    jobs = Jobs(url=url, where=made.where, domain=domain)
    traffic = Traffic(url=url, health=settings.staging.health, token=known[0].token, domain=domain)
    error = ""
    try:
        if domain:
            _enqueue(made, jobs, known)
            traffic.job = jobs.ids[0]
        with traffic, Waiting(made.where) as waiting:
            until(traffic.settled, what="Good answers before the migration", limit=WELL)
            _pause(BEFORE)
            traffic.begin()
            began = time.monotonic()
            try:
                made.migrate()
            except NotSo as caught:
                error = f"{caught.problem} {caught.detail}".strip()
            seconds = traffic.seconds()
            _pause(AFTER)
    finally:
        jobs.stop()
    found = seen(
        traffic.samples(),
        _waits(waiting.looks, began),
        files=tuple(made.chosen.paths),
        seconds=seconds,
        allowed=allowed,
        every=EVERY,
    )
    unseen = [ASKED, *([] if domain else [NO_JOBS]), *_size(made)]
    unseen += [f"who waited for a lock: {waiting.failed}"] if waiting.failed else []
    return replace(found, error=error[:400], unseen=tuple(unseen))


def _size(made: Ground) -> list[str]:
    """Locks are held for as long as the work takes, and that depends on the rows."""
    there = sum(production(made.clouds)[0].wanted().values())
    if there <= 2 * made.rows:
        return []
    told = f"staging has {made.rows} rows, production {there}"
    return [f"how long users wait at production's size: {told} (`invoke data.seed` fills staging)"]


def _enqueue(made: Ground, jobs: Jobs, known: Sequence[Account]) -> None:
    """Jobs, so that workers write; they go with the rows that are put back, or by themselves."""
    with postgres.connect(made.where, read_only=True) as connection:
        since = str(postgres.rows(connection, "select clock_timestamp()")[0][0])
    owners = [account.user for account in known]
    made.journal.will("jobs", last=True, owners=owners, since=since)
    jobs.enqueue(known)
    jobs.at_work()


def _waits(looks: Sequence[Look], began: float) -> list[Wait]:
    return [
        Wait(round(each.at - began, 3), each.waiting, round(each.longest, 3))
        for each in looks
        if each.at >= began
    ]


def _pause(seconds: float) -> None:
    """Let the traffic flow."""
    note(f"  {seconds:g} s of traffic …")
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if process.ending():
            raise StagingError("Interrupted while a migration was tried under traffic.")
        time.sleep(0.1)
