"""Whether what a process holds grows as it must not under steady gentle traffic. Pure."""

from collections.abc import Mapping, Sequence
from itertools import pairwise

CONNECTIONS = 10
MEGABYTES = 40.0
"""More than so much, from the first look to the last, and in every part of it."""

PARTS = 3


def growing(looks: Sequence[Mapping[str, float]]) -> tuple[str, ...]:
    """What grew all the time, of `connections` and `megabytes`; needs a look for each part."""
    found = []
    for name, limit in (("connections", float(CONNECTIONS)), ("megabytes", MEGABYTES)):
        seen = [look[name] for look in looks if name in look]
        if len(seen) <= PARTS or seen[-1] - seen[0] < limit:
            continue
        marks = [seen[round(part * (len(seen) - 1) / PARTS)] for part in range(PARTS + 1)]
        if all(later > before for before, later in pairwise(marks)):
            found.append(f"{name} grew from {seen[0]:.0f} to {seen[-1]:.0f}")
    return tuple(found)
