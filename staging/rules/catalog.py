"""Two databases' catalogs, compared object by object and fact by fact."""

from collections import Counter
from collections.abc import Collection, Mapping
from typing import Any

from staging.rules.resources import Change, compared

Catalog = Mapping[tuple[str, str], Mapping[str, Any]]

SCHEMA = "database schema"
RESOURCES = {
    "extension": "extensions",
    "publication": "realtime publication",
    "publication table": "realtime publication",
    "bucket": "storage buckets",
    "platform trigger": "triggers on Supabase's tables",
    "platform policy": "policies on Supabase's tables",
    "server": "PostgreSQL settings",
    "database": "PostgreSQL settings",
    "setting": "PostgreSQL settings",
    "role settings": "PostgreSQL settings",
    "role": "database roles",
    "cron job": "cron jobs",
    "vault secret": "vault secrets",
}
"""The resource that each kind belongs to; every other kind is the schema."""

BESIDE = (
    "extensions",
    "realtime publication",
    "storage buckets",
    "triggers on Supabase's tables",
    "policies on Supabase's tables",
)
"""Resources that provisioning mends one by one, no row being lost."""

BORN = frozenset({"schema", "default privileges", *RESOURCES})
"""Kinds that a new project has, or that say nothing of what somebody has made."""


def resource(kind: str) -> str:
    """The resource that objects of this kind belong to."""
    return RESOURCES.get(kind, SCHEMA)


def differences(production: Catalog, staging: Catalog) -> tuple[tuple[str, Change], ...]:
    """Each difference with its kind; an object that is missing or too much is one difference."""
    common = production.keys() & staging.keys()
    wanted, found = _ranked(production, common), _ranked(staging, common)
    return tuple(
        (key[0], change)
        for key in sorted({*production, *staging})
        for change in _object(key, wanted.get(key), found.get(key))
    )


def _object(
    key: tuple[str, str], wanted: Mapping[str, Any] | None, found: Mapping[str, Any] | None
) -> tuple[Change, ...]:
    path = " ".join(key)
    if found is None:
        return (Change(path, None, "there"),)
    if wanted is None:
        return (Change(path, "there", None),)
    return compared(found, wanted, path)


def _ranked(side: Catalog, common: Collection[tuple[str, str]]) -> Catalog:
    """A column's place counts among those that both have: one that is missing moves no other."""
    kept = [key for key in side if key[0] == "column" and key in common]
    kept.sort(key=lambda key: (key[1].rpartition(".")[0], side[key]["position"]))
    places: dict[tuple[str, str], dict[str, Any]] = {}
    counts: Counter[str] = Counter()
    for key in kept:
        table = key[1].rpartition(".")[0]
        counts[table] += 1
        places[key] = {**side[key], "position": counts[table]}
    return {**side, **places}


def untouched(staging: Catalog) -> bool:
    """Whether nobody has made anything in this database yet."""
    return all(kind in BORN for kind, _ in staging)
