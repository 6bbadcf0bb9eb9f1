"""How long production's users will wait for what, because of a file. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from staging.rules.extrapolation import Estimate, foreseen
from staging.rules.locks import stopped
from staging.rules.traced import Ran, Scale, Traced

MANY = 1000
"""Rows changed in one transaction, from which on others are likely to want one of them."""

ROWS = "writes to the same rows"


@dataclass(frozen=True, slots=True, kw_only=True)
class Foreseen:
    """How long others wait for an object in production, because of one file."""

    file: str
    object: str
    stops: str
    mode: str
    statement: int
    seconds: Estimate


def foresee(scales: Sequence[Scale], production: Mapping[str, int]) -> tuple[Foreseen, ...]:
    """For each file and each table that it keeps from others, the wait at production's size."""
    whole = float(sum(production.values()))
    found = []
    for traced in scales[-1].files if scales else ():
        points = [
            (float(sum(scale.rows.values())), each)
            for scale in scales
            for each in scale.files
            if each.file == traced.file
        ]
        found += _locked(traced, points, whole) + _changed(traced, points, whole)
    return tuple(found)


def works(statements: Sequence[Ran]) -> bool:
    """Whether they work through rows, so that they take longer with more."""
    return any(s.scanned or s.rows or any(r.bytes for r in s.rewritten) for s in statements)


def _locked(traced: Traced, points: Sequence[tuple[float, Traced]], whole: float) -> list[Foreseen]:
    found = []
    for each in stopped(traced):
        within = [s for s in traced.statements if s.number >= each.statement]
        times = [
            (rows, other.seconds)
            for rows, file in points
            for other in stopped(file)
            if (other.object, other.stops) == (each.object, each.stops)
        ]
        found.append(
            Foreseen(
                file=traced.file,
                object=each.object,
                stops=each.stops,
                mode=each.mode,
                statement=each.statement,
                seconds=foreseen(times, whole, grows=works(within)),
            )
        )
    return found


def _changed(
    traced: Traced, points: Sequence[tuple[float, Traced]], whole: float
) -> list[Foreseen]:
    """Rows that are changed stay locked to other writers until the end."""
    first = next((s for s in traced.statements if s.kind in {"Update", "Delete"} and s.rows), None)
    rows = max(rows for rows, _ in points)
    if first is None or first.rows * max(1.0, whole / max(rows, 1.0)) < MANY:
        return []
    times = [
        (rows, sum(s.seconds for s in file.statements if s.number >= first.number) + file.commit)
        for rows, file in points
    ]
    told = f"{first.rows:,} rows changed in one transaction"
    return [
        Foreseen(
            file=traced.file,
            object=told,
            stops=ROWS,
            mode="row locks",
            statement=first.number,
            seconds=foreseen(times, whole, grows=True),
        )
    ]
