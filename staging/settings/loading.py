"""What staging.toml says of load tests and of advice, as records."""

from collections.abc import Iterator
from datetime import date
from math import isfinite
from typing import Any

from staging.inventory import Allowed, EndpointObjectives, Objectives
from staging.settings.records import Load


def objectives(entry: dict[str, Any]) -> Objectives:
    """What a run is judged by."""
    endpoints = {
        name: EndpointObjectives(**goals) for name, goals in entry.get("endpoints", {}).items()
    }
    return Objectives(**{**entry, "endpoints": endpoints})


def accepted(entry: dict[str, Any]) -> tuple[Allowed, ...]:
    """Advice that somebody lives with: its rule and place, as what is allowed elsewhere."""
    return tuple(
        Allowed(
            resource=each["rule"],
            path=each["place"],
            reason=each["reason"],
            owner=each["owner"],
            expires=date.fromisoformat(each["expires"]),
        )
        for each in entry.get("accepted", ())
    )


def load_limits(entry: dict[str, Any]) -> Load:
    """What a run may do at most, and of what it consists."""
    lists = {name: tuple(map(str.lower, entry.get(name, ()))) for name in ("hosts", "domains")}
    return Load(**{**entry, **lists, "metrics": tuple(entry.get("metrics", ()))})


def endless(document: dict[str, Any]) -> Iterator[tuple[str, float]]:
    """Each number of what load tests are judged and bounded by that is none: TOML has nan, inf."""
    yield from _endless("objectives", document["objectives"])
    yield from _endless("load", document.get("load", {}))


def _endless(path: str, section: dict[str, Any]) -> Iterator[tuple[str, float]]:
    for key, value in section.items():
        if isinstance(value, dict):
            yield from _endless(f"{path}.{key}", value)
        elif isinstance(value, float) and not isfinite(value):
            yield f"{path}.{key}", value
