"""Put back what ran before: image and configuration together, on as many machines."""

import time
from collections.abc import Mapping
from dataclasses import dataclass, replace

from staging.errors import NotFound, Refused, ServiceFailed, StagingError
from staging.operations import bundles, unfinished
from staging.operations.deploy import HEALTHY, Deployment, deploy
from staging.operations.opening import Clouds
from staging.operations.steps import note
from staging.rules.bundles import Bundle, differing
from staging.rules.leftover import leftover


@dataclass(frozen=True, slots=True, kw_only=True)
class Restored(Deployment):
    """What runs again. `not_restored` says what is not as it was, and what that means.

    `seconds` is the time to recover: from the first call to good answers and the machines read.
    """

    release: int
    removed: tuple[str, ...]
    not_restored: tuple[str, ...]


def restore(
    clouds: Clouds,
    bundle: Bundle,
    *,
    machines: Mapping[str, str],
    command: str,
    wait: float = HEALTHY,
) -> Restored:
    """Deploy the bundle; `machines` gives the process group of each that there should be, by id.

    It is a release like any other, with a bundle of its own, which `command` made.
    """
    started, app = time.monotonic(), bundle.app
    note(f"  Putting back {bundle.tagged or bundle.image} of release {bundle.release} …")
    config = bundles.write_config(clouds.settings, bundle) if bundle.config else None
    images = list(dict.fromkeys(filter(None, (bundle.image, bundle.tagged))))
    try:
        done = deploy(
            clouds, images=images, digest=bundle.digest, config=config, app=app, wait=wait
        )
    except NotFound as error:
        raise _gone(bundle, error) from error
    except StagingError as error:
        raise _not_put_back(bundle, error) from error
    removed = _removed(clouds, app, machines)
    unfinished.ended(clouds.settings, app)
    now = bundles.observed(clouds, clouds.fly.machines(app), app=app, command=command)
    same = now.migration == bundle.migration
    bundles.keep(clouds.settings, replace(now, verdict=bundle.verdict if same else ""))
    return Restored(
        app=done.app,
        url=done.url,
        image=done.image,
        digest=done.digest,
        machines=done.machines - len(removed),
        seconds=round(time.monotonic() - started, 2),
        release=bundle.release,
        removed=removed,
        not_restored=_not_restored(bundle, now),
    )


def _removed(clouds: Clouds, app: str, wanted: Mapping[str, str]) -> tuple[str, ...]:
    gone = leftover(wanted, clouds.fly.machines(app))
    for machine in gone:
        note(f"  removing machine {machine.id}, which the deploy left behind")
        clouds.fly.remove(app, machine.id)
    return tuple(machine.id for machine in gone)


def _not_restored(bundle: Bundle, now: Bundle) -> tuple[str, ...]:
    left = () if bundle.config else ("configuration: what ran then is not known; it stays",)
    return (*left, *differing(bundle, secrets=now.secrets, migration=now.migration))


def _gone(bundle: Bundle, error: NotFound) -> Refused:
    return Refused(
        f"The registry no longer has the image of release {bundle.release}: nothing was touched.",
        detail=f"{bundle.image}: {error.problem}",
        remedy="`invoke releases` lists others; or build it again and `invoke deploy` it.",
    )


def _not_put_back(bundle: Bundle, error: StagingError) -> ServiceFailed:
    return ServiceFailed(
        f"What ran before could not be put back: {error.problem}",
        detail=error.detail,
        remedy=f"Run `invoke rollback`: it goes on from here, to {bundle.tagged or bundle.image}.",
    )
