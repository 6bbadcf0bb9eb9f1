"""What looks at staging, one after the other, say together: the figures that alarms are raised by.

A figure that cannot be told is no zero: it is in `unknown` with the reason, or, where there is
nothing of the kind, in neither.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import ceil

ENOUGH = 20
"""Requests of our own from which a p95 says something."""
WINDOW = 120.0
"""Seconds that are looked back."""
TREND = 30.0
"""Seconds that two looks at the queue must be apart to tell how it grows."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """What was seen at one moment. `at` is in seconds of any clock that never goes back.

    `requests` are times in ms, None for one that was not answered well. `values` are figures that
    one look can tell, `unknown` says why one could not.
    """

    at: float
    requests: tuple[float | None, ...] = ()
    values: Mapping[str, float]
    unknown: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """All figures by name; `samples` are the requests that p95 and errors are made of."""

    values: Mapping[str, float]
    unknown: Mapping[str, str]
    samples: int


TRENDS = ("queue_growth",)
"""Figures that one look cannot tell."""

NAMES = {
    "health": "1 if the newest request was answered well, else 0",
    "machines_down": "machines that are not started; 1 if there is none at all",
    "queue": "what waits to be worked off, by [watch] queue",
    "queue_growth": f"how much more that is a minute, over the last {WINDOW:.0f} s",
    "p95_ms": f"of our own requests in the last {WINDOW:.0f} s, from {ENOUGH} on",
    "error_rate": f"of our own requests in the last {WINDOW:.0f} s",
    "connections": "the share of PostgreSQL's connections that is taken",
    "memory": "the highest share of a machine's memory, by Fly's Prometheus",
    "monthly_usd": "what the mirror costs a month",
    "certificate_hours": "how old the certificate of parity is",
    "blind": "how many questions (to Fly, Supabase, the database, Prometheus) got no answer",
}
"""Every figure that an alarm can be raised by."""


def figures(looks: Sequence[Look]) -> Figures:
    """What the looks say, the newest last; those out of the window are forgotten."""
    newest = looks[-1]
    seen = [look for look in looks if newest.at - look.at <= WINDOW]
    requests = [took for look in seen for took in look.requests]
    values, unknown = dict(newest.values), dict(newest.unknown)
    if requests:
        values["error_rate"] = sum(took is None for took in requests) / len(requests)
    if newest.requests:
        values["health"] = float(newest.requests[-1] is not None)
    answered = sorted(took for took in requests if took is not None)
    if len(answered) >= ENOUGH:
        values["p95_ms"] = answered[ceil(0.95 * len(answered)) - 1]
    else:
        unknown["p95_ms"] = f"{len(answered)} of {ENOUGH} requests that it takes"
    if (growth := _growth(seen)) is not None:
        values["queue_growth"] = growth
    elif "queue" in values:
        unknown["queue_growth"] = f"looked at for less than {TREND:.0f} s"
    return Figures(values=values, unknown=unknown, samples=len(requests))


def _growth(seen: Sequence[Look]) -> float | None:
    """By how much a minute the queue grew between the oldest and the newest look at it."""
    found = [(look.at, look.values["queue"]) for look in seen if "queue" in look.values]
    if not found or found[-1][0] - found[0][0] < TREND:
        return None
    (began, first), (ended, last) = found[0], found[-1]
    return (last - first) * 60 / (ended - began)
