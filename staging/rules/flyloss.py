"""What flyctl would accept in a configuration and then do otherwise, without a word."""

import re
from collections.abc import Collection, Iterator, Mapping
from typing import Any

from staging.errors import ConfigurationError
from staging.settings.checks import nearest

DURATIONS = {
    *("interval", "timeout", "grace_period", "kill_timeout", "wait_timeout"),
    *("release_command_timeout", "idle_timeout", "read_timeout"),
}
NANOSECONDS = re.compile(r"\d+(ns)?")


def refuse_losses(config: Mapping[str, Any], *, regions: Collection[str] | None) -> None:
    """Raise for the first loss. `regions` are Fly's, None where they were not asked for."""
    for key, value in _durations(config, ""):
        raise ConfigurationError(
            f"fly.toml: {key} = {value} is no duration.",
            detail=f"flyctl reads a bare number as nanoseconds: {value} of them, and says nothing.",
            remedy=f'Write it with its unit in production\'s fly.toml: {key} = "{value}s".',
        )
    region = str(config.get("primary_region", ""))
    if regions is not None and region not in regions:
        raise ConfigurationError(
            f"Fly has no region {region!r}{nearest(region, regions)}.",
            detail="flyctl would say so only when machines are launched, after the release exists.",
            remedy="Correct [staging] region in staging.toml: see `flyctl platform regions`.",
        )


def _durations(value: object, path: str) -> Iterator[tuple[str, object]]:
    """Every key of a duration whose value has no unit."""
    if isinstance(value, Mapping):
        for key, inner in value.items():
            if key in DURATIONS and _unitless(inner):
                yield f"{path}{key}", inner
            elif key != "env":
                yield from _durations(inner, f"{path}{key}.")
    elif isinstance(value, list):
        for each in value:
            yield from _durations(each, path)


def _unitless(value: object) -> bool:
    number = isinstance(value, int | float) and not isinstance(value, bool)
    return number or (isinstance(value, str) and bool(NANOSECONDS.fullmatch(value)))
