"""Two databases compared by what their catalogs say: each difference named, with both values."""

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from staging.inventory import Catalog
from staging.rules.resources import Change

SHOWN = 60  # characters of a value
WITHIN, HIDDEN, ORDER = "within", "hidden", "order"
ON_BOTH = frozenset({"platform table"})
"""Kinds of Supabase's own, which come and go with its versions: compared where both have them."""

SCHEMA = "database schema"
TRIGGERS, POLICIES = "triggers on Supabase's tables", "policies on Supabase's tables"
RESOURCES = {
    "extension": "extensions",
    "storage bucket": "storage buckets",
    "publication": "realtime publication",
    "publication table": "realtime publication",
    "publication schema": "realtime publication",
    "setting": "PostgreSQL settings",
    "role settings": "PostgreSQL settings",
    "server": "PostgreSQL settings",
    "database": "PostgreSQL settings",
    "cron job": "cron jobs",
    "vault secret": "vault secrets",
    "role": "database roles",
}
BESIDE = ("extensions", "realtime publication", "storage buckets", TRIGGERS, POLICIES)
"""Resources that provisioning mends one by one, no row being lost."""

ALL = (SCHEMA, *dict.fromkeys(RESOURCES.values()), TRIGGERS, POLICIES)
PLATFORM = ("auth.", "storage.", "realtime.")
BORN = frozenset({"schema", "default privileges", "platform table", *RESOURCES})
"""Kinds that a new project has, or that say nothing of what somebody has made."""

SECRETS = re.compile(
    r"eyJ[\w-]{8,}(\.[\w-]+)*"
    r"|\b(sb_secret|sb_publishable|sbp|sk|pk|rk|whsec|ghp|xox[a-z])[_-]\w[\w-]{7,}"
    r"|(?<=bearer )[^\s'\",}]+|(?<=basic )[^\s'\",}]{8,}"
    r"|(?<=://)[^\s/'\"@]+(?=@)"
    r"|(?<=password=)[^\s'\"&]+"
    r"|(?<=hooks\.slack\.com/services/)[^\s'\"]+",
    re.IGNORECASE,
)
"""What bodies of functions, triggers' arguments and cron's commands are known to carry."""


@dataclass(frozen=True, slots=True, order=True)
class Difference:
    """One thing that is not the same: `what` is missing, unexpected or different.

    A different one has the attribute in which it differs; None is a value that is not there.
    """

    kind: str
    name: str
    what: str
    attribute: str = ""
    production: str | None = None
    staging: str | None = None

    def __str__(self) -> str:
        if not self.attribute:
            return f"{self.kind} {self.name}: {self.what}"
        here, there = (value or "none" for value in (self.staging, self.production))
        return f"{self.kind} {self.name}: {self.attribute} {here}, in production {there}"


def resource(kind: str, name: str) -> str:
    """The plan's resource to which an object belongs."""
    if kind in {"trigger", "policy"} and name.startswith(PLATFORM):
        return TRIGGERS if kind == "trigger" else POLICIES
    return RESOURCES.get(kind, SCHEMA)


def changes(production: Catalog, staging: Catalog) -> tuple[tuple[str, Change], ...]:
    """Each difference as a change to staging, with the resource that it belongs to."""
    return tuple(
        (resource(each.kind, each.name), _change(each)) for each in differences(production, staging)
    )


def untouched(staging: Catalog) -> bool:
    """Whether nobody has made anything in this database yet."""
    made = (key for key in staging if resource(*key) not in BESIDE)
    return all(kind in BORN for kind, _ in made)


def differences(production: Catalog, staging: Catalog) -> tuple[Difference, ...]:
    """What must change for staging's database to be production's.

    What is missing only because it is part of something missing is not told apart.
    """
    untold = _unreadable(production) | _unreadable(staging)
    missing = _alone(production, staging, untold, "missing")
    extra = _alone(staging, production, untold, "unexpected")
    changed: list[Difference] = []
    for key in production.keys() & staging.keys():
        if production[key] == staging[key]:
            continue
        if HIDDEN not in production[key] and HIDDEN not in staging[key]:
            changed += _changes(key, production[key], staging[key])
    return tuple(sorted([*missing, *extra, *changed], key=_place))


def unseen(production: Catalog, staging: Catalog) -> tuple[str, ...]:
    """What could not be compared, because one side did not show it: a line for each."""
    sides = (("production", production), ("staging", staging))
    return tuple(
        f"{kind} {name}: not seen in {side}, {found[HIDDEN]}"
        for side, catalog in sides
        for (kind, name), found in sorted(catalog.items())
        if HIDDEN in found
    )


def _change(each: Difference) -> Change:
    path = f"{each.kind} {each.name}"
    if each.what == "missing":
        return Change(path, None, "there")
    if each.what == "unexpected":
        return Change(path, "there", None)
    return Change(f"{path}: {each.attribute}", each.staging or "none", each.production or "none")


def _unreadable(catalog: Catalog) -> set[str]:
    return {kind for (kind, name), found in catalog.items() if name == "*" and HIDDEN in found}


def _alone(one: Catalog, other: Catalog, untold: set[str], what: str) -> Iterable[Difference]:
    alone = one.keys() - other.keys()
    names = {f"{kind} {name}" for kind, name in alone}
    for kind, name in alone:
        holders = one[kind, name].get(WITHIN, "").split("\n")
        if kind not in ON_BOTH | untold and names.isdisjoint(holders):
            yield Difference(kind, name, what)


def _changes(
    key: tuple[str, str], production: Mapping[str, str], staging: Mapping[str, str]
) -> Iterable[Difference]:
    for attribute in (production.keys() | staging.keys()) - {WITHIN}:
        there, here = production.get(attribute), staging.get(attribute)
        if there == here:
            continue
        if attribute == ORDER:
            there, here = _ordered(there, here)
        if there != here:
            yield Difference(*key, "different", attribute, *_shown(there, here))


def _ordered(production: str | None, staging: str | None) -> tuple[str, str]:
    """Only the columns that both have: one that is missing is told as itself."""
    there, here = (json.loads(text or "[]") for text in (production, staging))
    both = set(there) & set(here)
    return (
        ", ".join(name for name in there if name in both),
        ", ".join(name for name in here if name in both),
    )


def _shown(*values: str | None) -> tuple[str | None, str | None]:
    """Both values without secrets, each cut to the place where they part."""
    there, here = (None if value is None else SECRETS.sub("***", value) for value in values)
    if there == here:
        return f"{_cut(there or '', 0)} (one secret)", f"{_cut(here or '', 0)} (another secret)"
    pairs = enumerate(zip(there or "", here or "", strict=False))
    shorter = min(len(there or ""), len(here or ""))
    parting = next((at for at, (one, other) in pairs if one != other), shorter)
    return (
        None if there is None else _cut(there, parting),
        None if here is None else _cut(here, parting),
    )


def _cut(text: str, parting: int) -> str:
    begin = max(0, parting - SHOWN // 3) if len(text) > SHOWN else 0
    shown = " ".join(text[begin : begin + SHOWN].split())
    return f"{'…' if begin else ''}{shown}{'…' if begin + SHOWN < len(text) else ''}"


def _place(found: Difference) -> tuple[str, str, str]:
    return (found.kind, found.name, found.attribute)
