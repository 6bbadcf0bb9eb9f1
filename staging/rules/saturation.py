"""What a generator that could not keep up would have needed."""

import math
from dataclasses import dataclass

BUSY = 0.8
"""Of a core; above it the generator measures itself."""

CALM = 0.4
"""Of a core; up to it the requests hardly wait for each other in the generator."""

MOST = 32
"""Processes that one computer starts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Carried:
    """What `workers` processes with `users` in all did of a planned rate (requests a second).

    `cpu` is the busiest one's share of a core, `slowest_ms` what the longest answer took.
    """

    planned: float
    achieved: float
    cpu: float
    workers: int
    users: int
    slowest_ms: float


def workers(carried: Carried, *, up_to: float = BUSY) -> int | None:
    """How many processes would carry the planned rate; None if that is not known.

    What one carries up to such a share of a core follows from what it did, as a request costs the
    same whoever sends it.
    """
    figures = (carried.planned, carried.achieved, carried.cpu)
    if not all(map(math.isfinite, figures)) or min(figures) <= 0:
        return None
    each = carried.achieved / carried.workers / carried.cpu * up_to
    return max(carried.workers, math.ceil(carried.planned / each - 1e-9))


def users(carried: Carried) -> int | None:
    """How many never lack one to send the next request, however long an answer took."""
    needed = carried.planned * carried.slowest_ms / 1000
    return math.ceil(needed) + 1 if math.isfinite(needed) and needed > 0 else None


def remedy(carried: Carried, *, cores: int, up_to: float = BUSY) -> str:
    """What to do about it, in a sentence; `cores` is 0 where nobody counted them."""
    needed = workers(carried, up_to=up_to)
    if needed is None or needed <= carried.workers:
        waited = users(carried)
        if waited and waited > carried.users > 0:
            return f"--users {waited} would do, or a less busy computer."
        return "More workers would not help: use a less busy computer, or a lower rate."
    if needed > MOST:
        return f"Use a lower rate: it would take more than {MOST} workers."
    where = f", on a computer of more than its {cores} cores" if 0 < cores < needed else ""
    return f"--workers {needed} would do{where}; or use a lower rate."
