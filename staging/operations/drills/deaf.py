"""The drill with an image that does not end when it is told to."""

import re
from functools import partial

from staging.operations.deploy import deploy
from staging.operations.drills.images import bring_back, known_good, plain
from staging.operations.drills.records import Drill
from staging.operations.drills.scene import Scene
from staging.settings import Settings

UNITS = {"ms": 0.001, "s": 1.0, "m": 60.0, "": 1.0}
KILL_TIMEOUT = 5.0
"""Fly's, where nothing is said."""

GRACE = 15.0  # seconds beside the kill timeout and a plain deploy


def ignored(scene: Scene, *, image: str) -> None:
    """Have it run and work, then deploy what ran before over it."""
    before = known_good(scene)
    usual = plain(scene, before)
    deploy(scene.clouds, images=[image])
    scene.jobs.enqueue(scene.accounts)
    scene.jobs.at_work()
    patience = kill_timeout(scene.clouds.fly.machines(scene.name)[0].config)
    scene.begin()
    undone = bring_back(scene, before)
    limit = round(patience + usual + GRACE, 1)
    scene.figures |= {"seconds of a plain deploy": usual, "kill timeout": patience}
    scene.figures["seconds of the deploy over it"] = undone.seconds
    ended = undone.seconds <= limit
    scene.check(f"the deploy over it ends within {limit} s", seen=ended, told=f"{undone.seconds} s")
    right = undone.digest == before.digest
    scene.check("the good image runs", seen=right, told=undone.image)
    scene.recovers()


def kill_timeout(config: object) -> float:
    """After how long Fly kills what does not end, as the machine has it."""
    stop = config.get("stop_config") if isinstance(config, dict) else None
    said = stop.get("timeout") if isinstance(stop, dict) else None
    if isinstance(said, int | float):
        return float(said) / (1e9 if said > 1e6 else 1)  # Go's own durations are nanoseconds
    found = re.fullmatch(r"(\d+(?:\.\d+)?)(ms|s|m|)", str(said or ""))
    return float(found[1]) * UNITS[found[2]] if found else KILL_TIMEOUT


def drills(settings: Settings) -> tuple[Drill, ...]:
    """The one, if staging.toml names an image for it."""
    if not (image := settings.drills.ignores_sigterm):
        return ()
    does = f"deploys {image}, which ignores SIGTERM, then the good image over it"
    expects = "the deploy ends within the kill timeout and some grace; no job is lost"
    happen = partial(ignored, image=image)
    return (
        Drill(name="sigterm-ignored", does=does, expects=expects, happen=happen, superseded=True),
    )
