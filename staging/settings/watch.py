"""What staging.toml says of `invoke watch`: the queue to look at, and when to raise an alarm."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from math import isfinite
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Alarm:
    """A rule of [alerts]: what it says replaces the usual rule's; None leaves that as it is."""

    figure: str | None = None
    above: float | None = None
    below: float | None = None
    for_seconds: float | None = None
    off: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Watch:
    """`queue` is a query that gives one number: what waits to be worked off."""

    queue: str = ""
    alarms: Mapping[str, Alarm] = field(default_factory=dict)


def watch(document: dict[str, Any]) -> Watch:
    """The two sections that say it."""
    alarms = {name: Alarm(**entry) for name, entry in document.get("alerts", {}).items()}
    return Watch(queue=document.get("watch", {}).get("queue", ""), alarms=alarms)


def endless(document: dict[str, Any]) -> Iterator[tuple[str, float]]:
    """Each limit of an alarm that is no number: TOML has nan and inf."""
    for name, entry in document.get("alerts", {}).items():
        for key, value in entry.items():
            if isinstance(value, float) and not isfinite(value):
                yield f"alerts.{name}.{key}", value
