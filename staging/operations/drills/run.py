"""Run drills, one after another: each by itself, judged, and put back before the next."""

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import replace

from staging.clouds import postgres, process
from staging.clouds.postgres import rows
from staging.errors import Refused, StagingError
from staging.inventory import Machine
from staging.operations import access, previews, reach
from staging.operations.drills import accounts, putback
from staging.operations.drills.jobs import Jobs
from staging.operations.drills.records import Check, Drill, Drilled, Drilling, planned, worst
from staging.operations.drills.scene import Scene
from staging.operations.drills.traffic import Traffic
from staging.operations.journal import Change, changing
from staging.operations.opening import Clouds, open_clouds
from staging.operations.steps import note, until
from staging.operations.wanted import the_project
from staging.rules.conservation import Conservation
from staging.settings import Settings

WELL = 20.0
"""Seconds for staging to answer as it should before anything is done to it."""


def run(settings: Settings, drills: Sequence[Drill], *, dry_run: bool = False) -> Drilling:
    """Run these on staging, or on a preview; never on production."""
    started, found, done = time.monotonic(), list[str](), list[Drilled]()
    _refuse_production(settings)
    if dry_run:
        done = [planned(drill) for drill in drills]
    else:
        clouds, memory = open_clouds(settings), dict[str, float]()
        for drill in drills:
            note(f"Drill {drill.name}: {drill.does}")
            result, left = _drilled(clouds, drill, memory)
            found += left
            done.append(result)
            note(f"  {drill.name}: {result.verdict}, after {result.seconds:.0f} s")
    return Drilling(
        verdict=worst(tuple(each.verdict for each in done)),
        target=settings.target.name,
        app=settings.staging.app,
        drills=tuple(done),
        found_unfinished=tuple(found),
        dry_run=dry_run,
        seconds=round(time.monotonic() - started, 1),
    )


def _refuse_production(settings: Settings) -> None:
    """Settings refuse it as well; an accident is worth asking twice."""
    ours, theirs = settings.staging, settings.production
    if theirs.app == ours.app or theirs.project == ours.project:
        raise Refused("Drills are never held on production.")


def _drilled(
    clouds: Clouds, drill: Drill, memory: dict[str, float]
) -> tuple[Drilled, tuple[str, ...]]:
    started = time.monotonic()
    with _held(clouds, drill) as (change, left):
        scene = replace(_scene(clouds, drill, change), memory=memory)
        try:
            jobs = _happened(scene, drill)
        except BaseException:
            _put_back(scene)
            raise
        done, failed = _put_back(scene)
    verdicts = [check.verdict for check in scene.checks]
    verdicts += [jobs.verdict] if jobs else []
    result = replace(
        planned(drill),
        verdict=worst(tuple(verdicts)),
        checks=tuple(scene.checks),
        measured=scene.measured() if scene.traffic.began else None,
        jobs=jobs,
        put_back=(*done, *(f"NOT {each}" for each in failed)),
        figures=scene.figures,
        seconds=round(time.monotonic() - started, 1),
    )
    return result, left


@contextmanager
def _held(clouds: Clouds, drill: Drill) -> Iterator[tuple[Change | None, tuple[str, ...]]]:
    """The lock, and what a drill that was killed has left put back; then the drill under it."""
    settings, command = clouds.settings, f"drill {drill.name}"
    with changing(settings, command) as change:
        change.hold_of(clouds)
        previews.settle_config(clouds)
        left = putback.outstanding(clouds)
        if drill.locked:
            change.note("machines, database", "drill", drill.does)
            yield change, left
    if not drill.locked:
        yield None, left


def _scene(clouds: Clouds, drill: Drill, change: Change | None) -> Scene:
    """Staging as it is now; who cannot see all of it begins nothing."""
    settings, project = clouds.settings, the_project(clouds)
    app = clouds.fly.app(settings.staging.app)
    url = reach.application_url(clouds, app)
    where = reach.staging_database(clouds, project, access.database_password(clouds))
    known = accounts.signed_in(clouds, project)
    domain = clouds.environ.get("SMOKE_CRAWL_DOMAIN") or settings.crawl_domain or ""
    return Scene(
        clouds=clouds,
        app=app,
        url=url,
        project=project,
        where=where,
        machines=clouds.fly.machines(app.name),
        accounts=known,
        traffic=Traffic(url=url, health=settings.staging.health, token=known[0].token),
        jobs=Jobs(url=url, where=where, domain=domain),
        journal=putback.Journal(settings, drill.name),
        change=change,
        memory={},
    )


def _happened(scene: Scene, drill: Drill) -> Conservation | None:
    """Make jobs, let traffic flow, let it happen, and balance the jobs."""
    conserved = None
    try:
        if drill.jobs:
            _enqueue(scene)
        with scene.traffic:
            until(scene.traffic.settled, what="Good answers before the drill", limit=WELL)
            if drill.jobs:
                scene.jobs.at_work()
            drill.happen(scene)
            if drill.jobs:
                conserved = scene.jobs.balance(superseded=drill.superseded)
    except StagingError as error:
        if process.ending():
            raise
        told = f"{error.problem} {error.detail}".strip()
        scene.check("the drill is carried out", seen=None, told=told)
    finally:
        scene.jobs.stop()
    if scene.traffic.began and scene.measured().recovered is None:
        told = "; ".join(scene.measured().signs)
        scene.check("it ends in good answers", seen=False, told=told[:200])
    if drill.jobs and conserved is None:
        scene.check("jobs are conserved", seen=None, told="they were not counted")
    return conserved


def _enqueue(scene: Scene) -> None:
    if not scene.jobs.domain:
        raise StagingError(
            "No jobs can be made, so that none can be conserved.",
            detail="staging.toml names no [smoke] crawl_domain.",
        )
    owners = [account.user for account in scene.accounts]
    with postgres.connect(scene.where, read_only=True) as connection:
        since = str(rows(connection, "select clock_timestamp()")[0][0])
    scene.journal.will("jobs", owners=owners, since=since)
    scene.jobs.enqueue(scene.accounts)
    scene.traffic.job = scene.jobs.ids[0]


def _put_back(scene: Scene) -> tuple[list[str], list[str]]:
    """Whatever came of the drill; and then all must be as it was."""
    with process.tidying() if process.ending() else nullcontext():
        done, failed = scene.journal.back(scene.clouds)
        now = scene.clouds.fly.machines(scene.name)
    scene.checks.append(_as_before(scene.machines, now))
    if failed:
        scene.check("all is put back", seen=False, told="; ".join(failed))
    return done, failed


def _as_before(before: Sequence[Machine], now: Sequence[Machine]) -> Check:
    """The same machines with the same image, and running."""
    differ = [
        f"{m.id} {m.state} {m.digest[:19]}" for m in now if _kind(m) not in map(_kind, before)
    ]
    differ += [f"{m.id} is gone" for m in before if m.id not in {each.id for each in now}]
    told = "; ".join(differ) or f"{len(now)} machines"
    what = "the machines are as they were"
    return Check(what=what, verdict="fail" if differ else "pass", told=told)


def _kind(machine: Machine) -> tuple[str, str, str, str]:
    return machine.id, machine.digest, machine.process_group, machine.state
