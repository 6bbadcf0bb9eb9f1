"""A machine's own configuration, as far as it should be the same in two environments."""

from collections.abc import Mapping
from typing import Any

from staging.flyconfig import rename

ITS_OWN = {"image", "metadata", "guest", "env"}
"""What names the release and the machine, or is compared by itself."""

PLATFORM = {"FLY_PROCESS_GROUP", "PRIMARY_REGION"}
"""Variables that Fly makes from the group and the region, which are compared as such."""


def configuration(config: Mapping[str, Any]) -> dict[str, Any]:
    """Services, checks, mounts, commands, restart policy: all but size, environment and image."""
    kept = {k: v for k, v in config.items() if k not in ITS_OWN}
    return {k: v for k, v in _plain(kept).items() if v not in ({}, [], None)}


def environment(config: Mapping[str, Any]) -> dict[str, str]:
    """The variables that a person has set; secrets are not among them."""
    return {k: str(v) for k, v in (config.get("env") or {}).items() if k not in PLATFORM}


def renamed(value: Any, names: Mapping[str, str]) -> Any:  # noqa: ANN401 - any JSON
    """The same with production's names as staging has them."""
    if isinstance(value, Mapping):
        return {key: renamed(inner, names) for key, inner in value.items()}
    if isinstance(value, list):
        return [renamed(inner, names) for inner in value]
    return rename(value, names) if isinstance(value, str) else value


def _plain(value: Any) -> Any:  # noqa: ANN401 - any JSON
    """Without volumes' numbers, which no two machines share, and without what says nothing."""
    if isinstance(value, Mapping):
        return {k: _plain(v) for k, v in value.items() if k != "volume" and v is not None}
    return [_plain(inner) for inner in value] if isinstance(value, list) else value
