"""What the load consists of: errands made of the table of endpoints, weighed, and what is right."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum
from itertools import cycle
from typing import Any

from staging.errors import ConfigurationError
from staging.rules.endpoints import ENDPOINTS, Endpoint
from staging.settings.checks import nearest


class Need(IntEnum):
    """What an errand cannot do without."""

    NOTHING = 0
    TOKEN = 1
    JOB = 2
    DOMAIN = 3


Right = Callable[[Mapping[str, Any]], bool]


@dataclass(frozen=True, slots=True, kw_only=True)
class Errand:
    """One kind of request. `right` is a cheap look at the JSON of the answer, if it has any.

    `body` is sent with an errand of the application's own.
    """

    name: str
    weight: float
    path: str
    right: Right | None = None
    need: Need = Need.TOKEN
    status: int = 200
    body: bytes = b""

    @property
    def method(self) -> str:
        """The request's verb."""
        return self.name.partition(" ")[0]


@dataclass(frozen=True, slots=True, kw_only=True)
class Omitted:
    """An errand that the run leaves out, and why."""

    name: str
    reason: str


def _data(name: str, kind: type) -> Right:
    return lambda answer: isinstance(answer["data"][name], kind)


CREATES = "POST /v1/jobs"
"""Rare in every mix, because a new job cancels the running one of the same domain."""

USUAL: Mapping[str, float] = {
    "GET /health": 18,
    "GET /v1/plans": 8,
    "GET /v1/jobs": 28,
    "GET /v1/jobs/{id}": 20,
    "GET /v1/dashboard/stats": 12,
    "GET /v1/usage": 7,
    "GET /v1/organisations": 5,
    CREATES: 2,
}
RIGHT: Mapping[str, Right] = {
    "GET /health": lambda answer: answer["status"] == "healthy",
    "GET /health/db": lambda answer: answer["status"] == "healthy",
    "GET /v1/plans": lambda answer: len(answer["data"]["plans"]) > 0,
    "GET /v1/jobs": _data("jobs", list),
    "GET /v1/jobs/{id}": _data("status", str),
    "GET /v1/jobs/{id}/tasks": _data("tasks", list),
    "GET /v1/dashboard/stats": _data("total_jobs", int),
    "GET /v1/usage": _data("usage", dict),
    "GET /v1/organisations": _data("organisations", list),
    CREATES: _data("id", str),
}
QUERIES = {"GET /v1/jobs": "limit=20", "GET /v1/jobs/{id}/export": "type=job"}
OF_A_JOB = ("", "/tasks", "/export")
"""What there always is of a job; a link to share it may be there or not."""


def _sendable(endpoint: Endpoint) -> bool:
    method, path = endpoint.request.split(" ")
    if endpoint.request == CREATES or (method in {"GET", "HEAD"} and "{" not in path):
        return True
    return method == "GET" and path in {f"/v1/jobs/{{id}}{end}" for end in OF_A_JOB}


def _need(endpoint: Endpoint) -> Need:
    if endpoint.request == CREATES:
        return Need.DOMAIN
    if "{id}" in endpoint.request:
        return Need.JOB
    return Need.TOKEN if endpoint.guarded else Need.NOTHING


def _errand(endpoint: Endpoint, weight: float) -> Errand:
    path = endpoint.request.split(" ")[1].replace("{id}", "{job}")
    given = "&".join(f"{name}={value}" for name, value in endpoint.query.items())
    query = QUERIES.get(endpoint.request, given)
    answers = (lambda _: True) if endpoint.contract else None  # any JSON object, or no JSON at all
    return Errand(
        name=endpoint.request,
        weight=weight,
        path=f"{path}?{query}" if query else path,
        right=RIGHT.get(endpoint.request, answers),
        need=_need(endpoint),
        status=endpoint.statuses[0],
    )


SENDABLE = {name: e for name, e in ENDPOINTS.items() if _sendable(e)}
"""Those that can be asked again and again: the others need an object made for them alone."""

READS: Mapping[str, float] = {name: n for name, n in USUAL.items() if name != CREATES}
EACH: Mapping[str, float] = dict.fromkeys((name for name in SENDABLE if name != CREATES), 1)
MIXES: Mapping[str, Mapping[str, float]] = {
    "usual": USUAL,
    "reads": READS,
    "each": EACH,
    "own": {},
}
"""By their names; `own` has nothing but the endpoints that a profile itself names."""


def mixed(weights: Mapping[str, float]) -> tuple[Errand, ...]:
    """The errands of a mix; a weight of 0 leaves one out."""
    for name in weights:
        known(name, where="The mix")
    found = tuple(_errand(SENDABLE[name], weight) for name, weight in weights.items() if weight > 0)
    if not found:
        raise ConfigurationError("The mix is empty.", remedy="Give an endpoint a weight over 0.")
    return found


def known(name: str, *, where: str, own: Sequence[Errand] = ()) -> None:
    """ConfigurationError, unless it is an endpoint that load can be made of."""
    if name not in SENDABLE and name not in {errand.name for errand in own}:
        why = "it needs an object of its own" if name in ENDPOINTS else "it is no endpoint"
        raise ConfigurationError(
            f"{where}: {name}: {why}{nearest(name, SENDABLE)}.",
            detail=f"Expected one of {', '.join(SENDABLE)}.",
        )


ERRANDS = mixed(USUAL)
CREATION = next(errand for errand in ERRANDS if errand.name == CREATES)


def choose(
    lacking: Mapping[Need, str], errands: Sequence[Errand] = ERRANDS
) -> tuple[tuple[Errand, ...], tuple[Omitted, ...]]:
    """The errands that can be run, and the others with the reason that `lacking` gives."""
    kept = tuple(errand for errand in errands if errand.need not in lacking)
    rest = (errand for errand in errands if errand.need in lacking)
    return kept, tuple(Omitted(name=e.name, reason=lacking[e.need]) for e in rest)


def sequence(errands: Sequence[Errand]) -> Iterator[Errand]:
    """Errands for ever, spread evenly by weight: the same in every run, so runs compare."""
    credit: dict[int, float] = dict.fromkeys(range(len(errands)), 0)
    total = sum(errand.weight for errand in errands)
    while True:
        for index, errand in enumerate(errands):
            credit[index] += errand.weight
        chosen = max(credit, key=lambda index: credit[index])
        credit[chosen] -= total
        yield errands[chosen]


def blocks(errands: Sequence[Errand], *, requests: int) -> Iterator[Errand]:
    """Errands one after the other, each as often as `requests` in all allow; then once more."""
    each = max(1, requests // len(errands))
    for errand in cycle(errands):
        for _ in range(each):
            yield errand


def wrong(errand: Errand, *, status: int, answer: object) -> str:
    """What is wrong with an answer, in few words, or nothing."""
    if status != errand.status:
        return f"status {status}"
    if errand.right is None:
        return ""
    try:
        right = isinstance(answer, Mapping) and errand.right(answer)
    except (KeyError, TypeError, IndexError):
        right = False
    return "" if right else "another body than the endpoint gives"
