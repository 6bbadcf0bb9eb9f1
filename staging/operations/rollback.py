"""Put the image of an earlier release back on staging, as a deploy does."""

from dataclasses import asdict, dataclass

from staging.errors import NotSo
from staging.inventory import Machine, Release
from staging.operations import previews
from staging.operations.deploy import Deployment, deploy, running
from staging.operations.journal import changing
from staging.operations.opening import Clouds, open_clouds
from staging.operations.steps import note
from staging.rules.rollback import earlier, numbered
from staging.settings import Settings

NOT_RESTORED = ("configuration", "secrets", "database")


@dataclass(frozen=True, slots=True, kw_only=True)
class RolledBack(Deployment):
    """What runs after a rollback: the image of `release`; `before` is what ran until then."""

    release: int
    before: tuple[str, ...]
    not_restored: tuple[str, ...] = NOT_RESTORED


def rollback(settings: Settings, *, to: int | None, wait: float) -> RolledBack:
    """Deploy the image of the release `to`, or of the newest whose image is another."""
    clouds = open_clouds(settings)
    with changing(settings, "rollback") as change:
        change.hold_of(clouds)
        previews.settle_config(clouds)
        app = settings.staging.app
        machines, releases = clouds.fly.machines(app), clouds.fly.releases(app)
        chosen = earlier(releases, machines) if to is None else numbered(releases, to)
        note(f"  Rolling back to release {chosen.version} of {chosen.created_at}: {chosen.image}")
        change.note("machines", "update", f"{running(machines)} → {chosen.image}")
        done = _deployed(clouds, chosen, wait=wait)
        if to is None:
            _prove_another(machines, done, chosen)
    before = sorted({machine.image for machine in machines})
    return RolledBack(**asdict(done), release=chosen.version, before=tuple(before))


def _deployed(clouds: Clouds, release: Release, *, wait: float) -> Deployment:
    return deploy(clouds, images=[release.image], digest=None, wait=wait)


def _prove_another(before: tuple[Machine, ...], done: Deployment, chosen: Release) -> None:
    """Two names may be one image, which only the deploy shows."""
    if {machine.digest for machine in before} == {done.digest}:
        raise NotSo(
            f"Nothing was rolled back: release {chosen.version} has the image that ran already.",
            detail=f"{chosen.image} is {done.digest}.",
            remedy="Name another release with --to; `flyctl releases --image` lists them.",
        )
