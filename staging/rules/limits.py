"""The objectives as one list of limits, each with the samples that it takes to be judged."""

import math
from collections.abc import Iterator
from dataclasses import dataclass

from staging.inventory import EndpointObjectives, Objectives

FRACTIONS = {
    "p50_ms": 0.50,
    "p90_ms": 0.90,
    "p95_ms": 0.95,
    "p99_ms": 0.99,
    "p99_9_ms": 0.999,
    "max_ms": 1.0,
}
OF_REQUESTS = (*FRACTIONS, "error_rate", "requests_per_second")
RESOURCES = ("queue_ms", "query_ms", "cpu", "memory")
NAMES = {
    "p50_ms": "p50",
    "p90_ms": "p90",
    "p95_ms": "p95",
    "p99_ms": "p99",
    "p99_9_ms": "p99.9",
    "max_ms": "max",
    "error_rate": "error rate",
    "requests_per_second": "requests per second",
    "queue_ms": "time in queue",
    "query_ms": "query time",
    "cpu": "CPU",
    "memory": "memory",
}
FEWEST = 20
"""Requests to one endpoint that say anything about it."""

LOOKS = {"queue_ms": 20, "query_ms": 1, "cpu": 5, "memory": 5}


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """One objective: `key` as in staging.toml, `scope` an endpoint or "" for all requests."""

    key: str
    scope: str
    value: float
    minimum: int

    @property
    def name(self) -> str:
        """As a reader knows it."""
        return f"{self.scope} {NAMES[self.key]}".strip()


def limits(objectives: Objectives) -> tuple[Limit, ...]:
    """Every objective that is set: of all requests, of each endpoint, of what is behind them."""
    return (*_overall(objectives), *_of_endpoints(objectives), *_resources(objectives))


def natural(key: str) -> int:
    """The fewest samples in which one may be slower than this percentile says."""
    fraction = FRACTIONS.get(key, 0.0)
    return math.ceil(1 / (1 - fraction) - 1e-9) if fraction < 1 else 1


def _overall(objectives: Objectives) -> Iterator[Limit]:
    for key in OF_REQUESTS:
        value: float | None = getattr(objectives, key)
        usual = objectives.minimum_samples
        if key == "p99_9_ms":  # the others are what minimum_samples was always about
            usual = max(usual, natural(key))
        if value is not None:
            minimum = objectives.samples.get(key, usual)
            yield Limit(key=key, scope="", value=value, minimum=minimum)


def _of_endpoints(objectives: Objectives) -> Iterator[Limit]:
    for endpoint, goals in objectives.endpoints.items():
        for key in OF_REQUESTS:
            value: float | None = getattr(goals, key)
            if value is not None:
                minimum = _minimum(key, goals)
                yield Limit(key=key, scope=endpoint, value=value, minimum=minimum)


def _minimum(key: str, goals: EndpointObjectives) -> int:
    given = goals.minimum_samples
    return max(FEWEST, natural(key)) if given is None else given


def _resources(objectives: Objectives) -> Iterator[Limit]:
    for key in RESOURCES:
        value: float | None = getattr(objectives, key)
        if value is not None:
            minimum = objectives.samples.get(key, LOOKS[key])
            yield Limit(key=key, scope="", value=value, minimum=minimum)
