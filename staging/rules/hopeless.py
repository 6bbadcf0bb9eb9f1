"""Whether a run that is not over can still meet its objectives, whatever comes."""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from staging.rules.limits import FRACTIONS, NAMES, Limit


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """Requests that have ended so far: how many were wrong, and above which limit, by its key."""

    samples: int
    errors: int
    over: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """The whole of a run; `shares` is each endpoint's part of the requests."""

    requests: int
    seconds: float
    shares: Mapping[str, float] = field(default_factory=dict)


def hopeless(
    asked: tuple[Limit, ...], seen: Mapping[str, Seen], planned: Planned, *, in_time: int
) -> tuple[str, ...]:
    """A line for each objective that cannot be met any more; `seen` is by endpoint, "" is all.

    Nothing is hopeless before there are samples enough to call it failed.
    """
    found: list[str] = []
    for limit in asked:
        sight = seen.get(limit.scope)
        if sight and sight.samples >= limit.minimum:
            found += _lost(limit, sight, planned, in_time)
    return tuple(found)


def _lost(limit: Limit, sight: Seen, planned: Planned, in_time: int) -> Iterator[str]:
    total = _requests(limit.scope, planned)
    if limit.key in FRACTIONS:
        bad, may = sight.over.get(limit.key, 0), spare(FRACTIONS[limit.key], total)
        if bad > may:
            yield (
                f"{limit.name} cannot be met any more: {bad} requests took over "
                f"{limit.value:g} ms, and of {total} only {may} may."
            )
    elif limit.key == "error_rate":
        may = math.floor(limit.value * total + 1e-9)
        if sight.errors > may:
            yield (
                f"{limit.name} cannot be met any more: {sight.errors} errors, and of {total} "
                f"requests only {may} may be wrong."
            )
    elif limit.key == "requests_per_second" and not limit.scope:
        left = max(0, planned.requests - sight.samples)
        best = (in_time + left) / planned.seconds
        if planned.requests / planned.seconds >= limit.value > best:
            yield (
                f"{NAMES[limit.key]} cannot be met any more: at best {best:.1f}/s of "
                f"{limit.value:.1f}/s."
            )


def spare(fraction: float, total: int) -> int:
    """How many of `total` may be above a limit on this percentile (nearest rank)."""
    return total - max(1, math.ceil(fraction * total - 1e-9)) if total else 0


def _requests(scope: str, planned: Planned) -> int:
    """How many requests of this kind there can be; one more than its share, as shares round."""
    if not scope:
        return planned.requests
    return math.ceil(planned.requests * planned.shares.get(scope, 1.0)) + 1
