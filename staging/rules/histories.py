"""Migrations here, on staging and in production, side by side: what is wrong between them. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from staging.rules.migrations import version
from staging.rules.statements import comparable

Place = Literal["staging", "production"]
PLACES: tuple[Place, ...] = ("staging", "production")


@dataclass(frozen=True, slots=True, kw_only=True)
class Applied:
    """A row of a database's history; `text` is None where it keeps no statements."""

    version: str
    name: str
    text: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Migration:
    """One version, where it is, and what is wrong with it; `pending` is where it is yet to come."""

    version: str
    name: str
    time: str
    local: bool
    staging: bool
    production: bool
    pending: tuple[Place, ...]
    wrong: tuple[str, ...]


def side_by_side(
    files: Mapping[str, str], applied: Mapping[Place, Sequence[Applied]]
) -> tuple[Migration, ...]:
    """Every version that is anywhere, in order. `files` are texts by the files' names."""
    here: dict[str, list[str]] = {}
    for name in sorted(files):
        if found := version(name):
            here.setdefault(found, []).append(name)
    there = {place: {each.version: each for each in applied[place]} for place in PLACES}
    known = sorted({*here, *(v for rows in there.values() for v in rows)})
    return tuple(_migration(each, here, files, there) for each in known)


def _migration(
    one: str,
    here: Mapping[str, Sequence[str]],
    files: Mapping[str, str],
    there: Mapping[Place, Mapping[str, Applied]],
) -> Migration:
    names = here.get(one, ())
    rows = {place: there[place][one] for place in PLACES if one in there[place]}
    kept = next((each.name for each in rows.values() if each.name), "")
    pending = tuple(place for place in PLACES if names and place not in rows)
    return Migration(
        version=one,
        name=names[0].removeprefix(f"{one}_").removesuffix(".sql") if names else kept,
        time=time(one),
        local=bool(names),
        staging="staging" in rows,
        production="production" in rows,
        pending=pending,
        wrong=(
            *_twice(names),
            *_missing(names, rows),
            *_late(one, pending, there),
            *(_edited(files[names[0]], rows) if names else ()),
            *_behind(rows),
        ),
    )


def time(found: str) -> str:
    """A version as the time that it is made of; "" if it is of none."""
    if len(found) != 14:
        return ""
    day, rest = found[:8], found[8:]
    return f"{day[:4]}-{day[4:6]}-{day[6:]} {rest[:2]}:{rest[2:4]}:{rest[4:]}"


def _twice(names: Sequence[str]) -> list[str]:
    return [f"the version of {len(names)} files: {', '.join(names)}"] if len(names) > 1 else []


def _missing(names: Sequence[str], rows: Mapping[Place, Applied]) -> list[str]:
    if names:
        return []
    return [f"no file here, though {' and '.join(rows)} {_have(rows)} it: push will refuse"]


def _late(
    one: str, pending: Sequence[Place], there: Mapping[Place, Mapping[str, Applied]]
) -> list[str]:
    """What comes before what a database has already is left out by a push, which says so."""
    late = [place for place in pending if there[place] and one < max(there[place])]
    told = "out of order: {} is past it, and push wants --include-all"
    return [told.format(" and ".join(late))] if late else []


def _edited(text: str, rows: Mapping[Place, Applied]) -> list[str]:
    wanted = comparable(text)
    edited = [
        place
        for place, each in rows.items()
        if each.text is not None and comparable(each.text) != wanted
    ]
    return [f"edited after {' and '.join(edited)} got it"] if edited else []


def _behind(rows: Mapping[Place, Applied]) -> list[str]:
    if "production" in rows and "staging" not in rows:
        return ["production has it and staging has not"]
    return []


def _have(rows: Mapping[Place, Applied]) -> str:
    return "have" if len(rows) > 1 else "has"
