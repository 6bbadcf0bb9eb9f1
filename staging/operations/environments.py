"""Every environment that the clouds show: its age, its cost, its expiry."""

from dataclasses import dataclass
from datetime import UTC, datetime

from staging.operations import sighting
from staging.operations.opening import open_clouds
from staging.rules.cost import monthly
from staging.rules.environments import Seen, State, spared, state, written
from staging.settings import Settings


@dataclass(frozen=True, slots=True, kw_only=True)
class Environment:
    """One environment. None stands for what is not there, or not known; `spared` says why."""

    name: str
    state: State
    expired: bool
    app: str | None
    project: str | None
    project_ref: str | None
    created_at: str | None
    age_hours: float | None
    expires_at: str | None
    monthly_usd: float | None
    spared: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Environments:
    """All of them; `monthly_usd` is None where a price is not known."""

    target: str
    environments: tuple[Environment, ...]
    monthly_usd: float | None


def environments(settings: Settings) -> Environments:
    """List what there is."""
    now = datetime.now(UTC)
    found = [_told(settings, seen, now) for seen in sighting.every(open_clouds(settings))]
    known = [each.monthly_usd for each in found if each.monthly_usd is not None]
    total = round(sum(known), 2) if len(known) == len(found) else None
    return Environments(target=settings.target.name, environments=tuple(found), monthly_usd=total)


def _told(settings: Settings, seen: Seen, now: datetime) -> Environment:
    previews, expires, created = settings.previews, seen.label.expires, seen.created
    why = spared(seen, now=now, ttl_hours=previews.ttl_hours, orphans=previews.orphans)
    return Environment(
        name=seen.name,
        state=state(seen),
        expired=why is None,
        app=seen.app,
        project=seen.project.name if seen.project else None,
        project_ref=seen.project.ref if seen.project else None,
        created_at=written(created) if created else None,
        age_hours=round((now - created).total_seconds() / 3600, 2) if created else None,
        expires_at=written(expires) if expires else None,
        monthly_usd=_cost(settings, seen),
        spared=why,
    )


def _cost(settings: Settings, seen: Seen) -> float | None:
    """Of what is there: its machines, and a project of the size that staging.toml gives."""
    cost = monthly(seen.guests, region=settings.staging.region, size=settings.staging.size)
    if seen.project is None:
        return cost.machines_usd
    return cost.total_usd
