"""Drills on machines: one is killed under load, or in the middle of its jobs."""

from staging.errors import StagingError
from staging.operations.drills.records import Drill
from staging.operations.drills.scene import Scene
from staging.operations.steps import note, until

BY_ITSELF = 20.0  # seconds for the platform to start it again


def killed(scene: Scene) -> None:
    """End what a machine runs, and see it come back."""
    machine = scene.machines[0]
    scene.journal.will("machines", ids=[each.id for each in scene.machines])
    scene.figures["tasks in hand"] = scene.jobs.in_hand()
    scene.begin()
    scene.clouds.fly.kill(scene.name, machine.id)
    try:
        until(lambda: _runs(scene), what="The machine running again", limit=BY_ITSELF)
        scene.check("the machine runs again", seen=True, told="by itself")
    except StagingError:
        note(f"  {machine.id} stays down: `flyctl machine start`")
        scene.clouds.fly.start(scene.name, machine.id)
        scene.check("the machine runs again", seen=True, told="by `flyctl machine start`")
    scene.recovers()
    noticed = scene.measured().detected is not None
    told = scene.measured().signs
    scene.check("traffic noticed it", seen=noticed or None, told="; ".join(told)[:200])
    scene.errors_are_clean()


def in_mid_job(scene: Scene) -> None:
    """The same, of a machine that has tasks in hand."""
    in_hand = scene.jobs.in_hand()
    told = f"{in_hand} tasks were running"
    scene.check("a worker was killed in mid-job", seen=True if in_hand else None, told=told)
    killed(scene)


def _runs(scene: Scene) -> str | None:
    """Down, or not seen to have been down yet: neither is running again."""
    if scene.measured().detected is None:
        return "no request has noticed yet"
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
