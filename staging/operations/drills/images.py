"""Drills with images that are broken: each is deployed, and must not stay."""

import time
from functools import partial

from staging.clouds import process
from staging.clouds.metrics import Metrics
from staging.clouds.sessions import Sessions
from staging.errors import NotFound, ServiceFailed, StagingError
from staging.operations import bundles, judged
from staging.operations.deploy import deploy
from staging.operations.drills import putback
from staging.operations.drills.records import Drill
from staging.operations.drills.scene import Scene
from staging.operations.judged import Judged, Ordered
from staging.operations.restoring import Restored, restore
from staging.rules.bundles import Bundle
from staging.rules.growth import growing
from staging.settings import Settings

WAIT = 20.0
"""Seconds for a healthy answer, here: who waits longer is only refused later."""

LOOK_ON, EVERY = 75.0, 1.5
"""For how long what was accepted is watched, and how often: Fly asks for metrics every 15 s."""

MEMORY = "process_resident_memory_bytes"
RECOVERS = 60.0


def refused(scene: Scene, *, image: str) -> None:
    """Deploy it, and see it refused and undone; what is accepted is watched for what grows."""
    before = known_good(scene)
    scene.figures["seconds of a plain deploy"] = plain(scene, before)
    scene.begin()
    done = _deployed(scene, image)
    if done is None:
        return
    if done.verdict == "pass":
        found = _watched(scene)
        told = f"accepted by the deploy; a look afterwards saw: {'; '.join(found) or 'nothing'}"
        scene.figures["seconds until it was noticed"] = round(scene.traffic.seconds(), 1)
        undone: Restored | None = bring_back(scene, before)
    else:
        undone, found, told = done.undone, (done.reason,), f"{done.verdict}: {done.reason}"
        spent = undone.seconds if undone else 0.0
        scene.figures["seconds until it was refused"] = round(scene.traffic.seconds() - spent, 1)
    scene.check("it is not accepted", seen=bool(found), told=told[:400])
    back = undone is not None and undone.digest == before.digest
    told = f"in {undone.seconds} s" if undone else "it was not undone"
    scene.check("what ran before is put back", seen=back, told=told)
    if undone:
        scene.figures["seconds to put back"] = undone.seconds
    scene.recovers(within=RECOVERS)


def known_good(scene: Scene) -> Bundle:
    """What runs now, written down as what is to run in the end."""
    before = bundles.before(scene.clouds, scene.machines, app=scene.name)
    if before is None:
        raise StagingError("The machines run no one image: there is none to come back to.")
    scene.journal.will("image", **putback.of_image(before, scene.machines))
    return before


def plain(scene: Scene, before: Bundle) -> float:
    """How long a deploy of the good image takes; tried once in a run."""
    if "plain" not in scene.memory:
        images = [each for each in (before.image, before.tagged) if each]
        scene.memory["plain"] = deploy(scene.clouds, images=images, digest=before.digest).seconds
    return scene.memory["plain"]


def bring_back(scene: Scene, before: Bundle) -> Restored:
    """Put back what ran."""
    machines = {machine.id: machine.process_group for machine in scene.machines}
    return restore(scene.clouds, before, machines=machines, command="invoke drill, putting back")


def _deployed(scene: Scene, image: str) -> Judged | None:
    """As `invoke deploy` does; None where it did not come to a verdict, which is told."""
    if scene.change is None:
        raise StagingError("The lock is not held.")
    order = Ordered(image=image, why="a drill", wait=WAIT)
    try:
        return judged.deploy_under(scene.clouds, order, scene.change)
    except NotFound:
        raise
    except StagingError as error:
        now = scene.clouds.fly.machines(scene.name)
        same = {m.digest for m in now} == {m.digest for m in scene.machines}
        scene.check("it is not accepted", seen=same, told=f"{error.problem} {error.detail}"[:400])
        return None


def _watched(scene: Scene) -> tuple[str, ...]:
    """What steady traffic shows of an image that was accepted: failures, or growth."""
    looks: list[dict[str, float]] = []
    first, started = len(scene.traffic.samples()), time.monotonic()
    with Sessions(scene.where) as sessions:
        while time.monotonic() - started < LOOK_ON and not process.ending():
            looks.append({**_memory(scene), "connections": float(sessions.count())})
            bad = [s for s in scene.traffic.samples()[first:] if not s.good]
            if found := (*growing(looks), *(f"{s.kind}: {s.told}" for s in bad[:1])):
                scene.sign()
                return found
            time.sleep(EVERY)
    return ()


def _memory(scene: Scene) -> dict[str, float]:
    environ = scene.clouds.environ
    token = environ.secret("FLY_ACCESS_TOKEN") or environ.secret("FLY_API_TOKEN")
    if token is None:
        return {}
    metrics = Metrics(base=environ.get("FLY_API_BASE_URL"), token=token)
    try:
        found = metrics.values(scene.app.organisation, scene.name, MEMORY)
    except ServiceFailed:
        return {}
    return {"megabytes": sum(found.values()) / 1e6} if found else {}


def drills(settings: Settings) -> tuple[Drill, ...]:
    """One for each image that staging.toml names."""
    return tuple(
        Drill(
            name=f"image-{name}",
            does=f"deploys {image}",
            expects="it is not accepted, and what ran before is put back; no job is lost",
            happen=partial(refused, image=image),
            superseded=True,  # smoke makes jobs of its own for the same site
        )
        for name, image in settings.drills.images.items()
    )
