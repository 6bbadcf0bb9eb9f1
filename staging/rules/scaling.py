"""At which sizes migrations are tried: as parts of production's rows. Pure."""

from collections.abc import Mapping

PARTS = (0.1, 0.3, 1.0)
"""Of the largest size that is tried: three points make a line, and say how far it is off."""

SMALL = 1_000
"""Rows that a table has at any size, if production has them: as few take no time to make."""


def scales(wanted: Mapping[str, int], *, most: int) -> tuple[float, ...]:
    """Parts of production's rows, smallest first, with no table larger than `most`.

    Where production itself is no larger, it is tried as it is, and nothing is extrapolated.
    """
    largest = max(wanted.values(), default=0)
    if largest <= most:
        return (1.0,)
    return tuple(part * most / largest for part in PARTS)


def scaled(wanted: Mapping[str, int], part: float) -> dict[str, int]:
    """How many rows each table gets."""
    return {table: max(round(count * part), min(count, SMALL)) for table, count in wanted.items()}


def lacking(
    target: Mapping[str, int], there: Mapping[str, int], failed: Mapping[str, str]
) -> dict[str, str]:
    """Which tables have much fewer rows than they should, and why."""
    return {
        table: failed.get(table) or f"{there.get(table, 0):,} of {count:,} rows could be made"
        for table, count in target.items()
        if there.get(table, 0) < count / 2
    }
