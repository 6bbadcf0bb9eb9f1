"""Drills on the database: it goes away, has no connection left, takes no write."""

import time

from staging.clouds import process
from staging.clouds.sessions import EVERY, Occupied, Sessions
from staging.errors import StagingError
from staging.operations.drills import jobs
from staging.operations.drills.records import Drill
from staging.operations.drills.scene import RECOVERS, Scene

AWAY = 10.0  # seconds
USED_UP = 8.0
FULL = 8.0
TOOK_EFFECT = 2.0
SAYS_SO = 6.0
"""Within which /health/db has to say that the database is down; the application promises 5."""


def away(scene: Scene) -> None:
    """Nobody who is connected stays so, and nobody else can connect.

    Nothing is set that would outlive this process: to end sessions alone is not enough, for a
    pool is back within milliseconds.
    """
    ended = 0
    with Sessions(scene.where) as sessions:
        scene.begin()
        with Occupied(scene.where):
            while scene.traffic.seconds() < AWAY:
                ended += sessions.end()
                _pause(EVERY)
    scene.figures |= {"seconds away": round(scene.traffic.seconds(), 1), "sessions ended": ended}
    scene.recovers()
    said = scene.bad("database")
    told = (
        f"after {said[0].answered:.1f} s: {said[0].told}" if said else "it said healthy all along"
    )
    scene.check("/health/db says that the database is down", seen=bool(said), told=told[:200])
    soon = not said or said[0].answered <= SAYS_SO
    scene.check(f"it says so within {SAYS_SO:g} s", seen=soon, told=told[:40])
    _health_stayed(scene)
    scene.errors_are_clean()


def used_up(scene: Scene) -> None:
    """All connections are somebody else's: what the pool has it may keep."""
    with Sessions(scene.where) as sessions:
        before = sessions.count()
        scene.begin()
        with Occupied(scene.where) as occupied:
            while scene.traffic.seconds() < USED_UP:
                _pause(EVERY)
                if occupied.refused:
                    scene.sign()
            held = occupied.held
    scene.figures |= {"connections held": held, "the application had": before}
    reached = True if occupied.refused else None
    scene.check("the server had no connection left", seen=reached, told=f"{held} were held")
    scene.recovers()
    _health_stayed(scene)
    scene.errors_are_clean()


def disk_full(scene: Scene) -> None:
    """What Supabase does when a disk is full: the database can only be read."""
    account, domain = scene.accounts[0], scene.jobs.domain
    with Sessions(scene.where) as sessions:
        if sessions.read_only():
            raise StagingError("The database is read-only already.")
        scene.journal.will("read-only")
        scene.begin()
        sessions.make_read_only()
        sessions.end()
        _pause(TOOK_EFFECT)
        status, text = jobs.write(scene.url, account, domain)
        if status >= 400:
            scene.sign()
        _pause(FULL - scene.traffic.seconds())
        done, failed = scene.journal.back(scene.clouds, kind="read-only")
        sessions.end()
    told = f"{status}: {text}"
    scene.check("a write fails with an error", seen=status >= 500, told=told)
    scene.figures["seconds read-only"] = round(scene.traffic.seconds(), 1)
    samples = [s for s in scene.traffic.samples() if s.kind == "read" and s.sent > TOOK_EFFECT]
    good = sum(s.good for s in samples)
    went_on = good >= 0.9 * len(samples) if samples else None
    scene.check("reads go on", seen=went_on, told=f"{good} of {len(samples)}")
    scene.check("it is made writable again", seen=not failed, told="; ".join((*done, *failed)))
    scene.recovers()
    _writes(scene)
    scene.errors_are_clean()


def _health_stayed(scene: Scene) -> None:
    bad = scene.bad("health")
    told = f"{bad[0].told}" if bad else "it touches no database"
    scene.check("/health stays good", seen=not bad, told=told[:200])


def _writes(scene: Scene) -> None:
    """The first may still meet a session that was ended."""
    told = ""
    account, domain, deadline = scene.accounts[0], scene.jobs.domain, time.monotonic() + RECOVERS
    while time.monotonic() < deadline:
        status, text = jobs.write(scene.url, account, domain)
        told = f"{status}: {text}"[:200]
        if status < 300:
            scene.figures["seconds until a write worked"] = round(scene.traffic.seconds(), 1)
            scene.check("a write works again", seen=True, told=told)
            return
        _pause(1)
    scene.check("a write works again", seen=False, told=told)


def _pause(seconds: float) -> None:
    if process.ending():
        raise StagingError("Interrupted in the middle of a drill.")
    time.sleep(max(seconds, 0))


DRILLS = (
    Drill(
        name="database-away",
        does=f"ends every session of the application and takes every connection for {AWAY:g} s",
        expects="/health/db says so, /health stays good, all recovers by itself; no job is lost",
        happen=away,
    ),
    Drill(
        name="connections-exhausted",
        does=f"holds every connection that the database has left for {USED_UP:g} s",
        expects="answers are good or clean errors, all recovers by itself; no job is lost",
        happen=used_up,
    ),
    Drill(
        name="disk-full",
        does=f"makes the database read-only for {FULL:g} s, as Supabase does with a full disk",
        expects="reads go on, writes fail with a clean error, workers go on; no job is lost",
        happen=disk_full,
    ),
)
