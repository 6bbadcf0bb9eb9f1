"""What a plan is made of: rows, what is wanted, and what was found. Records only."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from staging.inventory import App, Certificate, Guest, Machine, Project
from staging.rules.cost import Cost
from staging.rules.services import Compared

LONGEST = 160
"""Characters of a value that are shown; a digest tells two longer ones apart."""

Action = Literal["create", "update", "replace", "nothing", "refused"]


@dataclass(frozen=True, slots=True)
class Change:
    """One value that is not as it is wanted; None stands for its absence."""

    path: str
    found: str | None
    wanted: str | None

    def __str__(self) -> str:
        if self.found is None:
            return f"{self.path} = {self.wanted} is missing"
        if self.wanted is None:
            return f"{self.path} = {self.found} is too much"
        return f"{self.path} {self.found} → {self.wanted}"


@dataclass(frozen=True, slots=True)
class Row:
    """One resource of the mirror, and what provisioning does about it.

    `monthly_usd` is what it costs; None where it costs nothing, or no price is known.
    `usual_seconds` is the median of earlier runs from here; None where there was none.
    """

    resource: str
    action: Action
    detail: str
    changes: tuple[Change, ...] = ()
    monthly_usd: float | None = None
    usual_seconds: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """A process group as production runs it: so many machines of one size."""

    name: str
    count: int
    guest: Guest


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """The mirror as settings and production say it should be. `engine` is PostgreSQL's version.

    `hostnames` are those that take a certificate; `domains` counts production's where staging
    answers at none.
    """

    app: str
    project: str
    region: str
    database_region: str
    size: str
    engine: str
    config: Mapping[str, Any]
    digest: str
    groups: Sequence[Group]
    cost: Cost
    budget_usd: float | None
    hostnames: Sequence[str] = ()
    domains: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """The mirror as the clouds say it is. None stands for what is not there yet.

    `schema` lists how staging's database differs, by resource; `blank` says that nobody has made
    anything there. `services` says how each group of Supabase's settings differs.
    `secrets` says of each wanted secret whether Fly holds its value; `config` is what the
    app's release was made with, `file` what fly.staging.toml says.
    """

    project: Project | None
    password_accepted: bool
    schema: Sequence[tuple[str, Change]] | None
    blank: bool
    services: Sequence[Compared] | None
    keys: bool
    smoke_user: bool
    app: App | None
    addresses: Sequence[str]
    secrets: Mapping[str, bool | None]
    config: Mapping[str, Any] | None
    file: Mapping[str, Any] | None
    machines: Sequence[Machine]
    certificates: Sequence[Certificate] = ()


def told(changes: Sequence[Change], *, most: int = 5) -> str:
    """The first of them in words, and how many more there are."""
    some = "; ".join(map(str, changes[:most]))
    return f"{some}; and {len(changes) - most} more" if len(changes) > most else some


def compared(found: object, wanted: object, path: str = "") -> tuple[Change, ...]:
    """Every leaf of two documents (mappings, lists, values) that is not the same in both."""
    if found == wanted:
        return ()
    if _is_map(found) and _is_map(wanted):
        keys = sorted({*_map(found), *_map(wanted)})
        return tuple(
            change
            for key in keys
            for change in compared(_map(found).get(key), _map(wanted).get(key), _join(path, key))
        )
    if isinstance(found, list) and isinstance(wanted, list) and len(found) == len(wanted):
        return tuple(
            change
            for number, (one, other) in enumerate(zip(found, wanted, strict=True))
            for change in compared(one, other, f"{path}[{number}]")
        )
    return (Change(path, _text(found), _text(wanted)),)


def _is_map(value: object) -> bool:
    return isinstance(value, Mapping) or value is None


def _map(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _join(path: str, key: str) -> str:
    return f"{path}.{key}" if path else key


def _text(value: object) -> str | None:
    if value is None:
        return None
    text = str(value).lower() if isinstance(value, bool) else str(value)
    if len(text) <= LONGEST:
        return text
    digest = hashlib.sha256(text.encode()).hexdigest()[:12]
    return f"{text[:LONGEST]}… ({len(text)} characters, sha256 {digest})"
