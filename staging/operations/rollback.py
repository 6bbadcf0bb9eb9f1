"""Put an earlier release back on staging: image and configuration together."""

import time
from dataclasses import dataclass, replace
from typing import ClassVar

from staging.errors import CHANGES_PENDING, INVALID, NOT_SO, SUCCESS, NotSo, Refused
from staging.inventory import Machine, Release
from staging.operations import acceptance, bundles, migrations, previews, unfinished
from staging.operations.acceptance import Acceptance, Verdict
from staging.operations.deploy import running
from staging.operations.drills import putback
from staging.operations.journal import changing
from staging.operations.opening import Clouds, open_clouds
from staging.operations.restoring import Restored, restore
from staging.operations.steps import note
from staging.rules import bundles as rules
from staging.rules.bundles import Bundle
from staging.rules.rollback import earlier, numbered
from staging.settings import Settings


@dataclass(frozen=True, slots=True, kw_only=True)
class RolledBack:
    """What was put back, and how it does. `restored` has the time to recover.

    With `dry_run` nothing was done: `warnings` say what would not be as it was.
    """

    verdict: Verdict
    target: str
    app: str
    release: int
    image: str
    before: str
    warnings: tuple[str, ...]
    dry_run: bool = False
    restored: Restored | None = None
    smoke: Acceptance | None = None
    seconds: float = 0.0
    report: ClassVar[str] = "rollback"

    @property
    def exit_code(self) -> int:
        """1 if what runs again does not pass, 6 if that cannot be told; 2 if only planned."""
        if self.dry_run:
            return CHANGES_PENDING
        return {"pass": SUCCESS, "fail": NOT_SO, "invalid": INVALID}[self.verdict]


def rollback(
    settings: Settings, *, to: int | None, wait: float, despite: bool = False, dry_run: bool = False
) -> RolledBack:
    """Restore the release `to`, or what ran before: the newest whose image is another.

    An image that was judged to fail on the schema of now is refused, unless `despite` that.
    """
    clouds, started = open_clouds(settings), time.monotonic()
    if dry_run:
        machines = clouds.fly.machines(settings.staging.app)
        return _told(clouds, _chosen(clouds, machines, to), machines)
    with changing(settings, "rollback") as change:
        change.hold_of(clouds)
        previews.settle_config(clouds)
        putback.outstanding(clouds)
        app = settings.staging.app
        machines, standing = clouds.fly.machines(app), unfinished.read(settings, app)
        bundle = _chosen(clouds, machines, to)
        told = _told(clouds, bundle, machines)
        _refuse_known_to_fail(clouds, bundle, despite=despite)
        given = acceptance.given(clouds)  # first: who cannot judge changes nothing
        change.note("machines", "update", f"{running(machines)} → {bundle.image}")
        restored = _restored(clouds, bundle, machines, wait=wait)
        if to is None and standing is None:
            _prove_another(machines, restored, bundle)
        smoke = acceptance.smoke(clouds, given, mode="quick", name="acceptance")
        newest = bundles.kept(settings)[0]
        bundles.judged(settings, newest, verdict=smoke.verdict, reason=smoke.reason)
    return replace(
        told,
        verdict=smoke.verdict,
        dry_run=False,
        restored=restored,
        smoke=smoke,
        seconds=round(time.monotonic() - started, 2),
    )


def _restored(
    clouds: Clouds, bundle: Bundle, machines: tuple[Machine, ...], *, wait: float
) -> Restored:
    what = "invoke rollback"
    begun = unfinished.begin(
        clouds.settings, app=bundle.app, what=what, before=bundle, machines=machines
    )
    return restore(clouds, bundle, machines=begun.machines, command=what, wait=wait)


def _chosen(clouds: Clouds, machines: tuple[Machine, ...], to: int | None) -> Bundle:
    """What to go back to: as it was kept, else what Fly alone knows of the release."""
    settings, app = clouds.settings, clouds.settings.staging.app
    standing = unfinished.read(settings, app)
    if to is None and standing and standing.before:
        note(f"  {standing}: going back to what ran before it.")
        return standing.before
    kept, releases = bundles.kept(settings), clouds.fly.releases(app)
    if to is None:
        left_out = rules.failed(kept) | rules.rehearsed(kept)
        left_out |= rules.of_digests(kept, {m.digest for m in machines})
        chosen = earlier([r for r in releases if r.version not in left_out], machines)
    else:
        chosen = numbered(releases, to)
    return rules.of_release(kept, chosen.version) or _of(chosen, app)


def _of(release: Release, app: str) -> Bundle:
    """A release of which nothing is kept here: its image, and no more."""
    digest = release.image.partition("@")[2]
    return Bundle(
        app=app,
        release=release.version,
        image=release.image,
        tagged=release.image,
        digest=digest,
        config={},
        secrets={},
        migration="",
        at=release.created_at,
        who="",
        command="",
    )


def _told(clouds: Clouds, bundle: Bundle, machines: tuple[Machine, ...]) -> RolledBack:
    now = bundles.observed(clouds, machines, app=bundle.app, command="")
    warnings = rules.differing(bundle, secrets=now.secrets, migration=now.migration)
    if not bundle.config:
        warnings = ("configuration, secrets and schema of then are not known here", *warnings)
    for line in warnings:
        note(f"  Not restored: {line}")
    return RolledBack(
        verdict="invalid",
        target=clouds.settings.target.name,
        app=bundle.app,
        release=bundle.release,
        image=bundle.image,
        before=running(machines),
        warnings=warnings,
        dry_run=True,
    )


def _refuse_known_to_fail(clouds: Clouds, bundle: Bundle, *, despite: bool) -> None:
    head = migrations.head(clouds)
    failed = rules.failing(bundles.kept(clouds.settings), bundle.digest, head)
    if failed and not despite:
        raise Refused(
            f"Release {bundle.release} is known to fail on the schema that staging has now.",
            detail=f"On {failed.at}, at migration {head or 'none'}: {failed.reason}",
            remedy="Name another with --to, or say --despite-failure.",
        )


def _prove_another(before: tuple[Machine, ...], done: Restored, chosen: Bundle) -> None:
    """Two names may be one image, which only the deploy shows."""
    if {machine.digest for machine in before} == {done.digest}:
        raise NotSo(
            f"Nothing was rolled back: release {chosen.release} has the image that ran already.",
            detail=f"{chosen.image} is {done.digest}.",
            remedy="Name another release with --to; `invoke releases` lists them.",
        )
