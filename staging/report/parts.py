"""The further parts of a trial of migrations, each as a title and rows, for every form."""

from staging.operations.rehearsing.records import Rehearsed
from staging.rules.square import Square
from staging.rules.undertraffic import UnderTraffic
from staging.rules.wayback import WayBack

Section = tuple[str, list[tuple[str, str]]]


def sections(result: Rehearsed) -> list[Section]:
    """Of the parts that were asked for, in the order of their numbers."""
    found: list[Section] = []
    if isinstance(result.traffic, UnderTraffic) and result.traffic.files:
        found.append(("Under traffic", _traffic(result.traffic)))
    if isinstance(result.square, Square) and result.square.corners:
        found.append((f"The square: {result.square.order}", _square(result.square)))
    if isinstance(result.way_back, WayBack) and result.way_back.files:
        found.append((f"The way back, by {result.way_back.how}", _way_back(result.way_back)))
    return found


def _traffic(part: UnderTraffic) -> list[tuple[str, str]]:
    since = f"{part.since} in {part.seconds:.1f} s and after it, {part.before} before"
    return [
        ("requests", since),
        ("longest", f"{part.longest:.2f} s, {part.usual:.2f} s before"),
        ("delayed by a lock", f"{part.delayed}, slow without one {part.slow}"),
        ("failed", f"{part.failed}{f': {part.wrong[0]}' if part.wrong else ''}"),
        ("not sent in their turn", str(part.unsent)),
        ("queue", f"{part.queue} requests at a time"),
        ("sessions waiting for a lock", f"{part.waiting} at a time, {part.blocked:.2f} s at most"),
        ("put back", _put_back(part)),
    ]


def _square(part: Square) -> list[tuple[str, str]]:
    corners = [
        (f"{each.application} on {each.schema} schema", _because(each.verdict, each.told))
        for each in part.corners
    ]
    return [("old", part.old), ("new", part.new), *corners, ("put back", _put_back(part))]


def _way_back(part: WayBack) -> list[tuple[str, str]]:
    if part.error:
        return [("failed", part.error)]
    spent = f"{part.forward_seconds:.2f} s forward, {part.back_seconds:.2f} s back"
    if part.how == "restore":
        spent += f", {part.keep_seconds:.2f} s to keep what was there"
    kept = f"{part.rows - part.rows_lost} of {part.rows}"
    lost = [
        f"{table.table}.{column} {many}"
        for table in part.tables
        for column, many in table.changed.items()
    ]
    values = f"{part.values_lost} ({', '.join(lost)})" if lost else "0"
    return [("time", spent), ("rows kept", kept), ("values lost", values)]


def _put_back(part: Square | UnderTraffic) -> str:
    left = [f"NOT {each}" for each in part.not_put_back]
    return "; ".join([*part.put_back, *left]) or "nothing was left to do"


def _because(verdict: str, told: str) -> str:
    return f"{verdict}: {told}" if told else verdict
