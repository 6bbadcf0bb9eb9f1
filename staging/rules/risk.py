"""What a migration's trial says of production: safe, a window, unsafe, or not known. Pure."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from staging.rules.foresight import ROWS, Foreseen
from staging.rules.traced import Traced

Risk = Literal["safe", "window", "unsafe", "invalid"]
"""`window`: users wait longer than is allowed. `invalid`: it was not rehearsed well enough."""

Level = Literal["note", "window", "unsafe", "invalid"]
ORDER: tuple[Level, ...] = ("unsafe", "invalid", "window", "note")
UNITS = {"us": 1e-6, "ms": 0.001, "": 0.001, "s": 1.0, "min": 60.0, "h": 3600.0, "d": 86400.0}
ALLOWED = 0.5
"""Seconds that users wait without being told to: a page that hesitates."""

BREAKS = "The running version of the application may not know how to do without it"
BROKEN_REMEDY = (
    "Expand, deploy, contract: add what is new beside it, deploy a version that uses it, and take "
    "the old away in a later release. `invoke migrations.rehearse` with the square says more."
)
REMEDIES = {
    "reads and writes": "Do it without rewriting or scanning under the lock (`invoke "
    "migrations.lint` names the safe form), or apply it in a window.",
    "writes": "Use the form that lets writers in (CONCURRENTLY, NOT VALID and VALIDATE later), or "
    "apply it in a window.",
    ROWS: "Change rows in batches of some thousands, each committed, outside of a migration.",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """Why the verdict is what it is; a note changes nothing. `seconds` is how long users wait.

    `of_running`: it is about the version of the application that runs meanwhile.
    """

    level: Level
    file: str
    told: str
    statement: int | None = None
    object: str = ""
    seconds: float | None = None
    remedy: str = ""
    of_running: bool = False


def ordered(reasons: Iterable[Reason]) -> tuple[Reason, ...]:
    """The worst first; of one level the longest wait first, then as they came."""
    return tuple(sorted(reasons, key=lambda each: (ORDER.index(each.level), -(each.seconds or 0))))


def risk(reasons: Sequence[Reason]) -> Risk:
    """What the worst reason says; nothing against it is safe."""
    levels = {each.level for each in reasons}
    if "unsafe" in levels:
        return "unsafe"
    if "invalid" in levels:
        return "invalid"
    return "window" if "window" in levels else "safe"


def window(reasons: Sequence[Reason]) -> float:
    """The longest that users wait at a time, as it is foreseen at most."""
    return max((each.seconds or 0.0 for each in reasons if each.level == "window"), default=0.0)


def of_waits(waits: Sequence[Foreseen], *, allowed: float) -> tuple[Reason, ...]:
    """A wait that may be longer than is allowed needs a window; the others are worth a note."""
    return tuple(_wait(each, allowed) for each in waits)


def of_files(files: Sequence[Traced], wanted: Sequence[str]) -> tuple[Reason, ...]:
    """What failed, what did not come to its turn, what the running version loses, what is left."""
    found = [reason for each in files for reason in _of_file(each)]
    missing = [name for name in wanted if name not in {each.file for each in files}]
    told = "It was not tried: an earlier file failed"
    return (*found, *(Reason(level="invalid", file=name, told=told) for name in missing))


def of_limits(waits: Sequence[Foreseen], limits: Mapping[str, str]) -> tuple[Reason, ...]:
    """What production would cancel half way, by a statement_timeout of its own."""
    most = seconds(limits.get("statement_timeout", "0"))
    return tuple(
        Reason(
            level="unsafe",
            file=each.file,
            told=f"Production cancels it after {most:g} s (statement_timeout): "
            f"it is likely to take {each.seconds.likely:g} s",
            statement=each.statement,
            object=each.object,
            remedy="set statement_timeout = …;  -- first in the file, where a window is agreed on",
        )
        for each in waits
        if most and each.seconds.likely > most
    )


def seconds(setting: str) -> float:
    """A setting of PostgreSQL's that is a time: a bare number is milliseconds."""
    found = re.fullmatch(r"\s*([\d.]+)\s*(us|ms|s|min|h|d|)\s*", setting)
    return float(found[1]) * UNITS[found[2]] if found else 0.0


def _wait(each: Foreseen, allowed: float) -> Reason:
    time = each.seconds
    over = time.high > allowed
    span = f"{time.likely:g} s ({time.low:g} to {time.high:g})"
    what = each.object if each.stops == ROWS else f"{each.stops} of {each.object}"
    told = f"{each.stops}: {what} wait {span}" if each.stops == ROWS else f"{what} wait {span}"
    return Reason(
        level="window" if over else "note",
        file=each.file,
        told=f"{told}, {time.how}",
        statement=each.statement,
        object=each.object,
        seconds=time.high,
        remedy=REMEDIES[each.stops] if over else "",
    )


def _of_file(traced: Traced) -> list[Reason]:
    file = traced.file
    found = []
    if traced.error:
        last = traced.statements[-1].number if traced.statements else None
        told = f"It fails: {traced.error}"
        found.append(Reason(level="unsafe", file=file, told=told, statement=last))
    for lost in traced.breaks:
        told = f"{lost}. {BREAKS}"
        found.append(
            Reason(level="unsafe", file=file, told=told, remedy=BROKEN_REMEDY, of_running=True)
        )
    found += [
        Reason(
            level="unsafe",
            file=file,
            told=f"It leaves the index {name} invalid",
            statement=ran.number,
            object=name,
            remedy=f"drop index concurrently {name};",
        )
        for ran in traced.statements
        for name in ran.invalid
    ]
    return found


def of_rows(files: Sequence[Traced], lacking: Mapping[str, str]) -> tuple[Reason, ...]:
    """Times on an empty table say nothing of a full one: invalid, if a file works there."""
    used = {lock.of or lock.object for file in files for lock in file.locks if not lock.new}
    return tuple(
        Reason(
            level="invalid" if table in used else "note",
            file="",
            told=f"{table} has too few made-up rows: {why}",
            object=table,
        )
        for table, why in lacking.items()
    )
