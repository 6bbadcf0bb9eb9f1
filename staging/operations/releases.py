"""The releases of the environment, with what is kept of each and how it was judged."""

from collections.abc import Sequence
from dataclasses import dataclass

from staging.inventory import Machine, Release
from staging.operations import bundles, unfinished
from staging.operations.opening import open_clouds
from staging.operations.steps import together
from staging.rules.bundles import Bundle, of_release
from staging.rules.rollback import COMPLETE, runs
from staging.settings import Settings


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """One release: Fly's word (`status`), and ours (`verdict`, "" if nobody judged it here)."""

    release: int
    status: str
    image: str
    digest: str
    migration: str
    at: str
    who: str
    why: str
    commit: str
    verdict: str
    reason: str
    running: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Releases:
    """Newest first; Fly tells of 25 at most. `unfinished` is a deploy whose end nobody saw."""

    target: str
    app: str
    releases: tuple[Listed, ...]
    unfinished: str


def releases(settings: Settings) -> Releases:
    """Ask Fly, and put what is kept beside it."""
    clouds, app = open_clouds(settings), settings.staging.app
    machines: list[Machine] = []
    told: list[Release] = []
    together(
        read_machines=lambda: machines.extend(clouds.fly.machines(app)),
        read_releases=lambda: told.extend(clouds.fly.releases(app)),
    )
    kept, standing = bundles.kept(settings), unfinished.read(settings, app)
    newest = next((r.version for r in told if _runs_on_all(r, machines)), None)
    return Releases(
        target=settings.target.name,
        app=app,
        releases=tuple(_listed(r, of_release(kept, r.version), newest) for r in told),
        unfinished=str(standing) if standing else "",
    )


def _runs_on_all(release: Release, machines: Sequence[Machine]) -> bool:
    complete = release.status == COMPLETE
    return complete and bool(machines) and all(runs(m, release.image) for m in machines)


def _listed(release: Release, bundle: Bundle | None, running: int | None) -> Listed:
    return Listed(
        release=release.version,
        status=release.status,
        image=bundle.tagged if bundle else release.image,
        digest=bundle.digest if bundle else "",
        migration=bundle.migration if bundle else "",
        at=release.created_at,
        who=bundle.who if bundle else "",
        why=bundle.why if bundle else "",
        commit=bundle.commit if bundle else "",
        verdict=bundle.verdict if bundle else "",
        reason=bundle.reason if bundle else "",
        running=release.version == running,
    )
