"""A profile of a database's tables: read back from JSON, and scaled to as many rows as wanted."""

from collections.abc import Iterable, Mapping
from dataclasses import fields
from typing import Any

from staging.errors import ConfigurationError
from staging.inventory.tables import ColumnProfile, TableProfile

SMALLEST, LARGEST = 0.01, 10.0
UNKNOWN_ROWS = 1000
"""What a table gets of which nobody knows how much it holds, at scale 1."""


def wanted(profile: Mapping[str, TableProfile], table: str, scale: float) -> int:
    """How many rows a table should have; one that has any keeps at least one."""
    known = profile.get(table)
    rows = UNKNOWN_ROWS if known is None or known.rows is None else known.rows
    return max(1, round(rows * scale)) if rows else 0


def guessed(profile: Mapping[str, TableProfile], tables: Iterable[str]) -> tuple[str, ...]:
    """The tables whose number of rows is not known from the profile."""
    return tuple(t for t in tables if (p := profile.get(t)) is None or p.rows is None)


def distinct(column: ColumnProfile, rows: int) -> int:
    """How many different values the statistics mean, for a table of so many rows."""
    count = column.distinct if column.distinct > 0 else -column.distinct * rows
    return max(1, min(rows or 1, round(count)))


def checked_scale(scale: float) -> float:
    """The scale, if it is one of those that are meant."""
    if not SMALLEST <= scale <= LARGEST:
        raise ConfigurationError(
            f"--scale {scale:g} is out of range.",
            detail=f"Expected {SMALLEST:g} (a hundredth of production) to {LARGEST:g}.",
        )
    return scale


def from_document(document: Mapping[str, Any]) -> dict[str, TableProfile]:
    """The tables of what `invoke data.profile --json` printed."""
    try:
        return {each["name"]: _table(each) for each in document["tables"]}
    except (KeyError, TypeError, ValueError) as error:
        raise ConfigurationError(
            "This is no profile.",
            detail=f"{type(error).__name__}: {error}",
            remedy="Make one with `invoke data.profile --json`.",
        ) from None


def _table(entry: Mapping[str, Any]) -> TableProfile:
    columns = {name: _column(each) for name, each in entry["columns"].items()}
    return TableProfile(**{**_known(TableProfile, entry), "columns": columns})


def _column(entry: Mapping[str, Any]) -> ColumnProfile:
    given = _known(ColumnProfile, entry)
    return ColumnProfile(**{**given, "frequencies": tuple(given["frequencies"])})


def _known(kind: type, entry: Mapping[str, Any]) -> dict[str, Any]:
    return {each.name: entry[each.name] for each in fields(kind)}
