"""What the load consists of: one table of errands, their weights, and what a right answer is."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import Any


class Need(IntEnum):
    """What an errand cannot do without."""

    NOTHING = 0
    TOKEN = 1
    JOB = 2
    DOMAIN = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Errand:
    """One kind of request. `right` is a cheap look at the JSON of the answer."""

    name: str
    weight: int
    path: str
    right: Callable[[Mapping[str, Any]], bool]
    need: Need = Need.TOKEN
    status: int = 200

    @property
    def method(self) -> str:
        """The request's verb."""
        return self.name.partition(" ")[0]


@dataclass(frozen=True, slots=True, kw_only=True)
class Omitted:
    """An errand that the run leaves out, and why."""

    name: str
    reason: str


def _data(name: str, kind: type) -> Callable[[Mapping[str, Any]], bool]:
    return lambda answer: isinstance(answer["data"][name], kind)


CREATION = Errand(
    name="POST /v1/jobs",
    weight=2,
    path="/v1/jobs",
    right=_data("id", str),
    need=Need.DOMAIN,
    status=201,
)
"""Rare, because a new job cancels the running one of the same domain."""

ERRANDS = (
    Errand(
        name="GET /health",
        weight=18,
        path="/health",
        right=lambda answer: answer["status"] == "healthy",
        need=Need.NOTHING,
    ),
    Errand(
        name="GET /v1/plans",
        weight=8,
        path="/v1/plans",
        right=lambda answer: len(answer["data"]["plans"]) > 0,
        need=Need.NOTHING,
    ),
    Errand(
        name="GET /v1/jobs",
        weight=28,
        path="/v1/jobs?limit=20",
        right=_data("jobs", list),
    ),
    Errand(
        name="GET /v1/jobs/:id",
        weight=20,
        path="/v1/jobs/{job}",
        right=_data("status", str),
        need=Need.JOB,
    ),
    Errand(
        name="GET /v1/dashboard/stats",
        weight=12,
        path="/v1/dashboard/stats",
        right=_data("total_jobs", int),
    ),
    Errand(
        name="GET /v1/usage",
        weight=7,
        path="/v1/usage",
        right=_data("usage", dict),
    ),
    Errand(
        name="GET /v1/organisations",
        weight=5,
        path="/v1/organisations",
        right=_data("organisations", list),
    ),
    CREATION,
)


def choose(lacking: Mapping[Need, str]) -> tuple[tuple[Errand, ...], tuple[Omitted, ...]]:
    """The errands that can be run, and the others with the reason that `lacking` gives."""
    kept = tuple(errand for errand in ERRANDS if errand.need not in lacking)
    rest = (errand for errand in ERRANDS if errand.need in lacking)
    return kept, tuple(Omitted(name=e.name, reason=lacking[e.need]) for e in rest)


def sequence(errands: Sequence[Errand]) -> Iterator[Errand]:
    """Errands for ever, spread evenly by weight: the same in every run, so runs compare."""
    credit = dict.fromkeys(range(len(errands)), 0)
    total = sum(errand.weight for errand in errands)
    while True:
        for index, errand in enumerate(errands):
            credit[index] += errand.weight
        chosen = max(credit, key=lambda index: credit[index])
        credit[chosen] -= total
        yield errands[chosen]


def wrong(errand: Errand, *, status: int, answer: object) -> str:
    """What is wrong with an answer, in few words, or nothing."""
    if status != errand.status:
        return f"status {status}"
    try:
        right = isinstance(answer, Mapping) and errand.right(answer)
    except (KeyError, TypeError, IndexError):
        right = False
    return "" if right else "another body than the endpoint gives"
