"""How the services of two Supabase projects differ, and what would make staging's equal."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from staging.inventory import (
    ADDONS,
    API,
    AUTH,
    COMPUTE,
    POSTGRES,
    REALTIME,
    STORAGE,
    Services,
)
from staging.rules import leftout

GROUPS = (AUTH, API, STORAGE, REALTIME, POSTGRES, COMPUTE, ADDONS)
WHOLE = frozenset({POSTGRES, COMPUTE, ADDONS})
"""Groups of which an answer names all that is set: what it does not name is not set."""

UNORDERED = frozenset({"uri_allow_list", "webauthn_rp_origins"})
LISTS = UNORDERED | {"db_schema", "db_extra_search_path"}
"""Texts that hold several values, divided by commas."""


@dataclass(frozen=True, slots=True)
class Difference:
    """One key that is not as wanted; `by_hand` says what a person has to do for it."""

    key: str
    production: Any
    wanted: Any
    staging: Any
    by_hand: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """One group: `wanted` beside `found`, by dotted keys, without what is left out.

    `left_out` gives the reasons for those keys that are left out and differ; `unreadable` says
    which side could not be read, in which case nothing was compared.
    """

    name: str
    wanted: Mapping[str, Any]
    found: Mapping[str, Any]
    differences: tuple[Difference, ...] = ()
    left_out: tuple[tuple[str, str], ...] = ()
    unreadable: str = ""


def differences(
    production: Services, staging: Services, renamed: Mapping[str, str]
) -> tuple[Compared, ...]:
    """Every group; `renamed` gives staging's hostnames and ref for production's."""
    return tuple(_group(name, production, staging, renamed) for name in GROUPS)


def patch(compared: Compared) -> dict[str, Any] | None:
    """What to give the Management API for staging to be as wanted; None if there is nothing."""
    changed = {
        each.key: "" if each.production == "" else each.wanted
        for each in compared.differences
        if not each.by_hand
    }
    if not changed:
        return None
    if compared.name == POSTGRES:
        return {key: value for key, value in compared.wanted.items() if value is not None}
    if compared.name != STORAGE:
        return changed
    body: dict[str, Any] = {}
    for key in changed:
        unit = ".".join(key.split(".")[:2])  # a feature is taken whole only
        for other, value in {**compared.found, **compared.wanted}.items():
            if other == key or other.startswith(f"{unit}."):
                _put(body, other.split("."), value)
    return body


def _group(
    name: str, production: Services, staging: Services, renamed: Mapping[str, str]
) -> Compared:
    sides = {"production": production, "staging": staging}
    reasons = [f"{who}: {s.unreadable[name]}" for who, s in sides.items() if name in s.unreadable]
    if reasons:
        return Compared(name=name, wanted={}, found={}, unreadable="; ".join(reasons))
    told, has = dict(_flat(production.groups[name])), dict(_flat(staging.groups[name]))
    keys = sorted(told.keys() | has.keys() if name in WHOLE else told.keys())
    wanted = {key: _plain(key, told.get(key), renamed) for key in keys}
    found = {key: _plain(key, has.get(key), {}) for key in keys}
    reason = {key: leftout.reason(name, key, production, staging) for key in keys}
    differing = [key for key in keys if wanted[key] != found[key]]
    return Compared(
        name=name,
        wanted={key: value for key, value in wanted.items() if not reason[key]},
        found={key: value for key, value in found.items() if not reason[key]},
        differences=tuple(
            Difference(
                key,
                told.get(key),
                wanted[key],
                has.get(key),
                leftout.by_hand(name, key, wanted[key], staging),
            )
            for key in differing
            if not reason[key]
        ),
        left_out=tuple((key, reason[key]) for key in differing if reason[key]),
    )


def _flat(found: Mapping[str, Any], above: str = "") -> Iterator[tuple[str, Any]]:
    for key, value in found.items():
        if isinstance(value, Mapping):
            yield from _flat(value, f"{above}{key}.")
        else:
            yield f"{above}{key}", value


def _put(body: dict[str, Any], path: list[str], value: object) -> None:
    for name in path[:-1]:
        body = body.setdefault(name, {})
    body[path[-1]] = value


def _plain(key: str, value: Any, renamed: Mapping[str, str]) -> Any:  # noqa: ANN401 - any JSON
    """With staging's addresses, in the one form of all that mean the same; None for no value."""
    if not isinstance(value, str):
        return value
    if key not in LISTS:
        return address(value, renamed) or None
    each = [address(part.strip(), renamed) for part in value.split(",") if part.strip()]
    return ",".join(sorted(set(each)) if key in UNORDERED else each) or None


def address(text: str, renamed: Mapping[str, str]) -> str:
    """The text with staging's names; a host below production's is staging's one host."""
    new = {name.lower(): instead for name, instead in renamed.items() if name}
    hosts, others = ([n for n in new if ("." in n) is dotted] for dotted in (True, False))
    patterns = []
    if hosts:
        patterns.append(rf"(?<![\w.*-])(?:[\w*-]+\.)*?({_any(hosts)})(?![\w-]|\.[\w-])")
    if others:
        patterns.append(rf"(?<![\w-])({_any(others)})(?![\w-])")
    if not patterns:
        return text
    named = re.compile("|".join(patterns), re.IGNORECASE)
    return named.sub(lambda at: new[str(at[at.lastindex or 0]).lower()], text)


def _any(names: Iterable[str]) -> str:
    return "|".join(map(re.escape, sorted(names, key=len, reverse=True)))
