"""A preview declares itself: its app's configuration names it and its expiry, in the clouds."""

import math
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from staging import flyconfig
from staging.errors import ConfigurationError, Refused
from staging.operations import sighting
from staging.operations.opening import Clouds, open_clouds
from staging.operations.steps import note
from staging.rules.environments import Seen, foreign, state, written
from staging.settings import Settings
from staging.settings.environments import DEFAULT, EXPIRES, LABEL

LONGEST = 8760.0  # hours


def declared(settings: Settings, *, ttl: str = "") -> Settings:
    """The settings with the expiry that the preview has, or is given now; staging has none.

    What exists keeps its expiry unless `ttl` names hours, so that nothing is left to do.
    """
    ttl_hours = _hours(ttl) if ttl else None
    if not settings.environment:
        if ttl:
            raise ConfigurationError("Staging itself does not expire: name an --environment.")
        return settings
    clouds = open_clouds(settings)
    seen = sighting.one(clouds)
    _refuse_foreign(seen)
    if state(seen) == "absent":
        _room(clouds)
    now = datetime.now(UTC)
    expires = _expires(settings, seen, now, ttl_hours)
    if expires <= now and ttl_hours is None:
        note(f"{settings.environment} expired {written(expires)}: --ttl HOURS gives it more time.")
    env = {**settings.staging.env, EXPIRES: written(expires)}
    return replace(settings, staging=replace(settings.staging, env=env))


def settle_config(clouds: Clouds) -> None:
    """Have the preview's fly.toml here before a deploy from it: it may have been made elsewhere.

    Its label is the cloud's: a deploy of an older file would take back the time it was given.
    """
    settings = clouds.settings
    if not settings.environment:
        return
    seen = sighting.one(clouds)
    _refuse_foreign(seen)
    if not seen.label.deployed:
        return
    config = released = clouds.fly.config(settings.staging.app)
    if settings.app_config.is_file():
        config = flyconfig.read(settings.app_config)
    labels = {k: v for k, v in released["env"].items() if k in (LABEL, EXPIRES)}
    config = {"app": settings.staging.app, "primary_region": None, "build": {}, **config}
    config["env"] = {**config.get("env", {}), **labels}
    flyconfig.write(settings.app_config, {k: v for k, v in config.items() if v is not None})


def _refuse_foreign(seen: Seen) -> None:
    if why := foreign(seen):
        raise Refused(f"{seen.name} is not ours: {why}.", remedy="Choose another name.")


def _hours(text: str) -> float:
    try:
        hours = float(text)
    except ValueError:
        hours = math.nan
    if not 0 <= hours <= LONGEST:
        detail = f"Expected hours from 0 to {LONGEST:g}."
        raise ConfigurationError(f"--ttl {text} will not do.", detail=detail)
    return hours


def _expires(settings: Settings, seen: Seen, now: datetime, ttl_hours: float | None) -> datetime:
    if ttl_hours is None and seen.label.expires:
        return seen.label.expires
    hours = settings.previews.ttl_hours if ttl_hours is None else ttl_hours
    return now + timedelta(hours=hours)


def _room(clouds: Clouds) -> None:
    """One more preview must not be one too many."""
    found = [s.name for s in sighting.every(clouds) if s.name != DEFAULT and not foreign(s)]
    maximum = clouds.settings.previews.maximum
    if len(found) >= maximum:
        raise Refused(
            f"There are {len(found)} previews, and [previews] maximum is {maximum}.",
            detail=f"They are {', '.join(found) or 'none'}.",
            remedy="End one with `invoke destroy --environment NAME`, or run `invoke prune`.",
        )
