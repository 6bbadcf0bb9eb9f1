"""Samples as series: gauges as they are, counters as what they grow by a second."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from loadtests.resources.platform import ALL, USED

POINTS = 600
"""A longer run's points are thinned out: each stands for the highest of its neighbours."""


@dataclass(frozen=True, slots=True)
class Sample:
    """What one look gave; `at` counts in seconds from the start of the load."""

    source: str
    at: float
    values: Mapping[str, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Series:
    """One figure over time; `group` is application, machine or database."""

    name: str
    label: str
    unit: str
    group: str
    points: tuple[tuple[float, float], ...]

    @property
    def highest(self) -> float:
        """The largest of its values."""
        return max(value for _, value in self.points)

    def document(self) -> dict[str, Any]:
        """As JSON, thinned out."""
        step = -(-len(self.points) // POINTS)
        parts = (self.points[i : i + step] for i in range(0, len(self.points), step))
        kept = (max(part, key=lambda point: point[1]) for part in parts)
        return {
            "name": self.name,
            "label": self.label,
            "unit": self.unit,
            "group": self.group,
            "points": [[round(at, 1), float(f"{value:.5g}")] for at, value in kept],
        }


SCRAPED = 20.0
"""Seconds after which what has not grown has stood still: longer than Fly's 15."""

GAUGES = {
    "connections.active": "connections at work",
    "connections.idle": "connections idle",
    "connections.in_transaction": "connections idle in a transaction",
    "connections.waiting": "connections that wait for a lock",
}
COUNTERS = {
    "transactions": ("transactions", "/s"),
    "rollbacks": ("transactions rolled back", "/s"),
    "rows.read": ("rows fetched", "/s"),
    "rows.written": ("rows written", "/s"),
    "temp.bytes": ("temporary files", "B/s"),
    "deadlocks": ("deadlocks", "/s"),
}
COUNTS = re.compile(r".*(_total|_count|_sum|_bucket)")
Values = Mapping[str, float]


def series(samples: Iterable[Sample]) -> tuple[Series, ...]:
    """Every series that has points, the machines' first."""
    kept = sorted(samples, key=lambda sample: sample.at)
    platform = [each for each in kept if each.source == "platform"]
    database = [each for each in kept if each.source == "database"]
    found = (*_machines(platform), *_application(platform), *_database(database))
    return tuple(each for each in found if each.points)


def _machines(samples: list[Sample]) -> Iterator[Series]:
    def busiest(before: Values, now: Values, _: float) -> float | None:
        shares = []
        for machine in _both(before, now, ALL):
            used, whole = (now[f"{machine}/{n}"] - before[f"{machine}/{n}"] for n in (USED, ALL))
            shares += [used / whole] if whole > 0 and used >= 0 else []
        return 100 * max(shares) if shares else None

    def fullest(now: Values) -> float | None:
        shares = [
            1 - now[f"{m}/memory_mem_available"] / total
            for m in _having(now, "memory_mem_total")
            if (total := now[f"{m}/memory_mem_total"]) > 0
        ]
        return 100 * max(shares) if shares else None

    def passed(which: str) -> Callable[[Values, Values, float], float | None]:
        def rate(before: Values, now: Values, seconds: float) -> float | None:
            both = _both(before, now, which)
            grown = [now[f"{m}/{which}"] - before[f"{m}/{which}"] for m in both]
            return sum(grown) / seconds if grown and min(grown) >= 0 else None

        return rate

    names = ("machine.cpu", "CPU of the busiest machine", "%")
    yield _made(*names, "machine", _rates(samples, busiest, (USED, ALL)))
    names = ("machine.memory", "memory in use of the fullest machine", "%")
    yield _made(*names, "machine", _values(samples, fullest))
    for which, label in (("net_recv_bytes", "received"), ("net_sent_bytes", "sent")):
        points = _rates(samples, passed(which), (which,))
        yield _made(f"machine.{which}", f"network, {label}", "B/s", "machine", points)


def _application(samples: list[Sample]) -> Iterator[Series]:
    names = dict.fromkeys(n for sample in samples for n in sample.values if "/" not in n)
    for name in sorted(names):
        unit = "B" if "_bytes" in name else "s" if "_seconds" in name else ""
        unit = "ms" if re.search(r"_ms(_|$)", name) else unit
        if COUNTS.fullmatch(name):
            points, unit = _rates(samples, _growth(name), (name,)), f"{unit}/s"
        else:
            points = _values(samples, lambda values, name=name: values.get(name))  # type: ignore[misc]
        yield _made(f"app.{name}", name.replace("_", " "), unit, "application", points)


def _database(samples: list[Sample]) -> Iterator[Series]:
    for name, label in GAUGES.items():
        points = _values(samples, lambda values, name=name: values.get(name))  # type: ignore[misc]
        yield _made(f"database.{name}", label, "", "database", points)
    for name, (label, unit) in COUNTERS.items():
        points = _rates(samples, _growth(name))
        yield _made(f"database.{name}", label, unit, "database", points)

    def hits(before: Values, now: Values, _: float) -> float | None:
        hit = now["blocks.hit"] - before["blocks.hit"]
        missed = now["blocks.read"] - before["blocks.read"]
        return 100 * hit / (hit + missed) if hit >= 0 and missed >= 0 and hit + missed else None

    found = _rates(samples, hits)
    yield _made("database.cache", "blocks found in the cache", "%", "database", found)


def _made(
    name: str, label: str, unit: str, group: str, points: tuple[tuple[float, float], ...]
) -> Series:
    return Series(name=name, label=label, unit=unit, group=group, points=points)


def _values(
    samples: list[Sample], of: Callable[[Values], float | None]
) -> tuple[tuple[float, float], ...]:
    read = ((sample.at, of(sample.values)) for sample in samples)
    return tuple((at, value) for at, value in read if value is not None)


def _rates(
    samples: list[Sample],
    of: Callable[[Values, Values, float], float | None],
    names: tuple[str, ...] = (),
) -> tuple[tuple[float, float], ...]:
    """Between looks in which `names` differ: what is counted each 15 s is the same in between."""
    found: list[tuple[float, float]] = []
    before: Sample | None = None
    for sample in samples:
        if before is not None:
            old = sample.at - before.at >= SCRAPED
            if names and not old and _of(names, sample.values) == _of(names, before.values):
                continue
            value = of(before.values, sample.values, max(sample.at - before.at, 1e-3))
            if value is not None:
                found.append((sample.at, value))
        before = sample
    return tuple(found)


def _of(names: tuple[str, ...], values: Values) -> dict[str, float]:
    return {key: n for key, n in values.items() if key.rpartition("/")[2] in names}


def _growth(name: str) -> Callable[[Values, Values, float], float | None]:
    def rate(before: Values, now: Values, seconds: float) -> float | None:
        if name not in before or name not in now or now[name] < before[name]:
            return None  # it was not told, or began again at nothing
        return (now[name] - before[name]) / seconds

    return rate


def _having(values: Values, which: str) -> list[str]:
    return [name.partition("/")[0] for name in values if name.endswith(f"/{which}")]


def _both(before: Values, now: Values, which: str) -> list[str]:
    return [m for m in _having(now, which) if f"{m}/{which}" in before]
