"""What a generator that could not keep up would have needed."""

import math

BUSY = 0.8
"""Of a core; above it the generator measures itself."""

MOST = 32
"""Processes that one computer starts."""


def workers(*, planned: float, achieved: float, cpu: float, of: int) -> int | None:
    """How many processes would carry the planned rate (a second); None if that is not known.

    `cpu` is the busiest process's share of a core while `of` of them carried `achieved`: what one
    carries up to BUSY follows, as a request costs the same whoever sends it.
    """
    figures = (planned, achieved, cpu)
    if not all(map(math.isfinite, figures)) or min(figures) <= 0:
        return None
    carried = achieved / of / cpu * BUSY
    return max(of, math.ceil(planned / carried - 1e-9))


def remedy(*, planned: float, achieved: float, cpu: float, of: int, cores: int) -> str:
    """What to do about it, in a sentence; `cores` is 0 where nobody counted them."""
    needed = workers(planned=planned, achieved=achieved, cpu=cpu, of=of)
    if needed is None or cpu <= BUSY:
        return "Use more users, or a less busy computer."
    if needed > MOST:
        return f"Use a lower rate: it would take more than {MOST} workers."
    where = f", on a computer of more than its {cores} cores" if 0 < cores < needed else ""
    return f"--workers {needed} would do{where}; or use a lower rate."
