"""End the environments whose time is over, and only those."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial

from staging.clouds import process
from staging.errors import CHANGES_PENDING, FAILED, SUCCESS, StagingError
from staging.operations import sighting
from staging.operations.destroy import Spared, end
from staging.operations.opening import open_clouds
from staging.operations.steps import note
from staging.rules.environments import Seen, spared
from staging.settings import Settings
from staging.settings.environments import for_environment


@dataclass(frozen=True, slots=True, kw_only=True)
class Left:
    """An environment that is still there, and why."""

    name: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Pruned:
    """What was ended because its time is over, and what was not; `expired` names all that is."""

    target: str
    dry_run: bool
    expired: tuple[str, ...]
    destroyed: tuple[str, ...]
    failed: tuple[Left, ...]
    spared: tuple[Left, ...]

    @property
    def exit_code(self) -> int:
        """3 if one could not be ended, 2 if a dry run found some that would be."""
        if self.failed:
            return FAILED
        return CHANGES_PENDING if self.dry_run and self.expired else SUCCESS


def prune(settings: Settings, *, dry_run: bool) -> Pruned:
    """End each environment whose time is over; that one fails does not keep the others."""
    reasons = {s.name: _spared(settings, s) for s in sighting.every(open_clouds(settings))}
    expired = tuple(name for name, why in reasons.items() if why is None)
    run = _Run(settings, [Left(name=name, reason=why) for name, why in reasons.items() if why])
    for name in () if dry_run else expired:
        run.end(name)
    return Pruned(
        target=settings.target.name,
        dry_run=dry_run,
        expired=expired,
        destroyed=tuple(run.destroyed),
        failed=tuple(run.failed),
        spared=tuple(run.spared),
    )


@dataclass(slots=True)
class _Run:
    settings: Settings
    spared: list[Left]
    destroyed: list[str] = field(default_factory=list)
    failed: list[Left] = field(default_factory=list)

    def end(self, name: str) -> None:
        """End one, if a last look at it, with nobody else changing it, says so too."""
        note(f"{name} has expired: it is destroyed.")
        try:
            end(
                open_clouds(for_environment(self.settings, name)),
                spared=partial(_spared, self.settings),
            )
        except Spared as error:
            self.spared.append(Left(name=name, reason=error.problem))
        except StagingError as error:
            if process.ending():
                raise
            self.failed.append(Left(name=name, reason=str(error)))
        else:
            self.destroyed.append(name)


def _spared(settings: Settings, seen: Seen) -> str | None:
    previews = settings.previews
    now, ttl = datetime.now(UTC), previews.ttl_hours
    return spared(seen, now=now, ttl_hours=ttl, orphans=previews.orphans)
