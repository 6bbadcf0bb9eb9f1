"""The drill in which somebody else has the lock."""

from contextlib import ExitStack
from dataclasses import replace

from staging.clouds.advisory import Advisory
from staging.errors import Refused
from staging.operations import judged
from staging.operations.drills.records import Drill
from staging.operations.drills.scene import Scene
from staging.operations.judged import Ordered

HOLDER = "drill@elsewhere invoke deploy"
PATIENCE = 2.0  # seconds, instead of [lock] wait_seconds
SLACK = 15.0
"""Seconds that it takes two programs to tell their versions, and a connection to be made."""


def held(scene: Scene) -> None:
    """A deploy of what runs anyhow: should it not be refused, it does no harm."""
    hasty = replace(scene.settings, lock_seconds=PATIENCE)
    order = Ordered(image=scene.machines[0].image, why="drill lock-held")
    with ExitStack() as stack:
        other = Advisory(scene.where, name=HOLDER)
        stack.callback(other.close)
        if not other.taken():
            scene.check("another has the lock", seen=None, told=other.holder())
            return
        scene.begin()
        try:
            judged.deploy_judged(hasty, order)
        except Refused as error:
            scene.sign()
            scene.check("the deploy is refused", seen=True, told=error.problem)
            scene.check("it names the holder", seen=HOLDER in error.detail, told=error.detail)
        else:
            scene.check("the deploy is refused", seen=False, told="it went on")
    waited = scene.traffic.seconds()
    scene.figures["seconds until it was refused"] = round(waited, 1)
    soon = waited <= PATIENCE + SLACK
    scene.check(f"within [lock] wait_seconds, here {PATIENCE:g}", seen=soon, told=f"{waited:.1f} s")
    now = {(m.id, m.instance) for m in scene.clouds.fly.machines(scene.name)}
    same = now == {(m.id, m.instance) for m in scene.machines}
    scene.check("no machine was touched", seen=same)
    scene.recovers()
    lost = scene.measured().lost
    scene.check("no request was lost", seen=not lost, told=f"{lost} lost")


DRILLS = (
    Drill(
        name="lock-held",
        does="has another hold the environment's lock while a deploy is asked for",
        expects="the deploy is refused with the holder's name within [lock] wait_seconds",
        happen=held,
        jobs=False,
        locked=False,
    ),
)
