"""Drills on machines: one is killed under load, or in the middle of its jobs."""

import threading
import time

from staging.clouds.fly import CHANGE
from staging.clouds.sessions import Sessions
from staging.errors import StagingError
from staging.operations.drills.records import Drill
from staging.operations.drills.scene import Scene
from staging.operations.steps import note, until

BY_ITSELF = 20.0  # seconds for the platform to start it again
NOTICED, LOOK = 30.0, 0.05


def killed(scene: Scene) -> None:
    """End what a machine runs, and see it come back."""
    machine = scene.machines[0]
    scene.journal.will("machines", ids=[each.id for each in scene.machines])
    scene.figures["tasks in hand"] = scene.jobs.in_hand()
    with Sessions(scene.where) as sessions:
        before = sessions.ids()
        scene.begin()
        killing = threading.Thread(
            target=scene.clouds.fly.kill, args=(scene.name, machine.id), daemon=True
        )
        killing.start()
        _noticed(scene, sessions, before)
        killing.join(CHANGE)
    _comes_back(scene, machine.id)
    scene.recovers()
    scene.errors_are_clean()


def in_mid_job(scene: Scene) -> None:
    """The same, of a machine that has tasks in hand."""
    in_hand = scene.jobs.in_hand()
    told = f"{in_hand} tasks were running"
    scene.check("a worker was killed in mid-job", seen=True if in_hand else None, told=told)
    killed(scene)


def _noticed(scene: Scene, sessions: Sessions, before: frozenset[int]) -> None:
    """Its sessions end with the process: its share of them all, where it is one of several.

    Requests may show nothing: the proxy may hold them back until it runs again.
    """
    deadline, enough = time.monotonic() + NOTICED, len(before) / (len(scene.machines) + 1)
    while len(before - sessions.ids()) < enough and time.monotonic() < deadline:
        time.sleep(LOOK)
    gone = len(before - sessions.ids())
    if gone >= enough:
        scene.sign()
    lost = scene.measured().signs
    told = f"{gone} of {len(before)} sessions ended; {'; '.join(lost) or 'no request failed'}"
    died = True if before and gone >= enough else None
    scene.check("the process died", seen=died, told=told[:200])


def _comes_back(scene: Scene, machine: str) -> None:
    what = "the machine runs again"
    try:
        until(lambda: _runs(scene), what=what.capitalize(), limit=BY_ITSELF)
        scene.check(what, seen=True, told="by itself")
    except StagingError:
        note(f"  {machine} stays down: `flyctl machine start`")
        scene.clouds.fly.start(scene.name, machine)
        scene.check(what, seen=True, told="by `flyctl machine start`")
    scene.figures["seconds until the machine ran again"] = round(scene.traffic.seconds(), 1)


def _runs(scene: Scene) -> str | None:
    states = {machine.state for machine in scene.clouds.fly.machines(scene.name)}
    return None if states == {"started"} else f"machines are {', '.join(sorted(states))}"


DRILLS = (
    Drill(
        name="machine-killed",
        does="kills a machine under traffic (`flyctl machine kill`)",
        expects="it runs again by itself, or by `flyctl machine start`; no job is lost",
        happen=killed,
    ),
    Drill(
        name="worker-killed",
        does="kills a machine while its workers have tasks in hand",
        expects="those tasks are taken again once (after 2 minutes), none twice; jobs complete",
        happen=in_mid_job,
    ),
)
