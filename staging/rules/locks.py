"""PostgreSQL's locks on tables: which stops whom, and for how long. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from staging.rules.traced import Held, Traced

MODES = (
    "AccessShareLock",
    "RowShareLock",
    "RowExclusiveLock",
    "ShareUpdateExclusiveLock",
    "ShareLock",
    "ShareRowExclusiveLock",
    "ExclusiveLock",
    "AccessExclusiveLock",
)
"""Weakest first, as the manual lists them (Explicit Locking, table-level locks)."""

CONFLICTS: Mapping[str, frozenset[str]] = {
    "AccessShareLock": frozenset(MODES[7:]),
    "RowShareLock": frozenset(MODES[6:]),
    "RowExclusiveLock": frozenset(MODES[4:]),
    "ShareUpdateExclusiveLock": frozenset(MODES[3:]),
    "ShareLock": frozenset({MODES[2], MODES[3], *MODES[5:]}),
    "ShareRowExclusiveLock": frozenset(MODES[2:]),
    "ExclusiveLock": frozenset(MODES[1:]),
    "AccessExclusiveLock": frozenset(MODES),
}
READS, WRITES = "AccessShareLock", "RowExclusiveLock"
READERS_TOO = "reads and writes"


@dataclass(frozen=True, slots=True, kw_only=True)
class Stopped:
    """Whom one file keeps from a table: `reads and writes` or `writes`, and from when how long.

    `brief`: it was seen for a small part of a statement that does its work without it, as when
    REINDEX CONCURRENTLY takes the old index away.
    """

    object: str
    stops: str
    mode: str
    statement: int
    seconds: float
    brief: bool = False


def stops(mode: str) -> str:
    """Whom the mode keeps waiting: "" if neither SELECT nor INSERT, UPDATE, DELETE."""
    if mode in CONFLICTS[READS]:
        return READERS_TOO
    return "writes" if mode in CONFLICTS[WRITES] else ""


def stopped(traced: Traced) -> tuple[Stopped, ...]:
    """Each table that others wait for, by the strictest way in which they do."""
    found: dict[tuple[str, str], Stopped] = {}
    for lock in traced.locks:
        kind = stops(lock.mode)
        if not kind or lock.new:
            continue
        key = lock.of or lock.object, kind
        seconds = waits(traced, lock)
        if key not in found or found[key].seconds < seconds:
            found[key] = Stopped(
                object=key[0],
                stops=kind,
                mode=lock.mode,
                statement=lock.statement,
                seconds=seconds,
                brief=_brief(traced, lock),
            )
    return tuple(found[key] for key in sorted(found) if not _covered(found, key))


def _covered(found: Mapping[tuple[str, str], Stopped], key: tuple[str, str]) -> bool:
    """Whoever keeps readers waiting keeps writers waiting for as long."""
    whole = found.get((key[0], READERS_TOO))
    return key[1] != READERS_TOO and whole is not None and found[key].seconds <= whole.seconds


def waits(traced: Traced, lock: Held) -> float:
    """How long others wait, without the time that the tracing itself took."""
    if lock.seen != "own":
        return lock.held
    within = [s for s in traced.statements if lock.statement <= s.number <= lock.last]
    late = max(0.0, lock.taken - within[0].started) if within else 0.0
    at_end = not traced.statements or lock.last == traced.statements[-1].number
    work = sum(s.seconds for s in within)
    return max(0.0, work - late) + (traced.commit if at_end else 0.0)


def _brief(traced: Traced, lock: Held) -> bool:
    whole = sum(s.seconds for s in traced.statements if s.number == lock.statement)
    return lock.seen == "watched" and lock.held < whole / 2


def strictest(modes: Iterable[str]) -> str:
    """The one that stops most."""
    return max(modes, key=MODES.index)
