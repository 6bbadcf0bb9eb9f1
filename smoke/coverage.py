"""How much of what is promised a run has seen: endpoints, and the statuses of each."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from staging.rules.endpoints import ENDPOINTS, Endpoint

UNAUTHORISED = 401


@dataclass(frozen=True, slots=True, kw_only=True)
class Coverage:
    """Endpoints and pairs of endpoint and status: seen, and promised; `unseen` names the rest."""

    endpoints: tuple[int, int]
    statuses: tuple[int, int]
    unseen: tuple[str, ...]


def promised(endpoint: Endpoint) -> list[int]:
    """The statuses that an endpoint may answer with, and that a run can bring about."""
    guard = (UNAUTHORISED,) if endpoint.guarded else ()
    return sorted({endpoint.statuses[0], *endpoint.refusals, *guard})


def covered(seen: Mapping[str, Collection[int]]) -> Coverage:
    """Hold what was seen against the table."""
    wanted = [(e.request, status) for e in ENDPOINTS.values() for status in promised(e)]
    missing = [f"{name} {status}" for name, status in wanted if status not in seen.get(name, ())]
    answered = sum(any(s < 400 for s in seen.get(name, ())) for name in ENDPOINTS)
    return Coverage(
        endpoints=(answered, len(ENDPOINTS)),
        statuses=(len(wanted) - len(missing), len(wanted)),
        unseen=tuple(missing),
    )
