"""How long a row usually takes: the median of what earlier runs here measured. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from statistics import median

from staging.rules.catalog import BESIDE, SCHEMA
from staging.rules.resources import Row
from staging.rules.services import GROUPS

DEPLOYED = frozenset({"image", "environment variables", "services and checks"})
"""Rows that a deploy makes true, beside those of machines and secrets."""

STEPS = {
    "database password": ("wait for its database",),
    SCHEMA: ("apply the schema",),
    "API keys": ("read its keys",),
    "smoke user": ("make the smoke user",),
    "IPv4 address": ("allocate v4",),
    "IPv6 address": ("allocate v6",),
    "other configuration": ("deploy",),
    "fly.staging.toml": ("write fly.staging.toml",),
    **dict.fromkeys(BESIDE, ("mend the database",)),
    **dict.fromkeys(GROUPS, ("set the services",)),
    **dict.fromkeys(DEPLOYED, ("deploy",)),
}
PREFIXES = {
    "Supabase project": ("ensure the project", "wait for its database"),
    "Fly app": ("ensure the app",),
    "certificate ": ("ask for {rest}",),
    "secret ": ("stage the secrets", "deploy"),
    "machines ": ("deploy",),
}
NEWEST = 9  # runs whose median counts
Measured = Mapping[tuple[str, str], Sequence[float]]


def steps(resource: str) -> tuple[str, ...]:
    """The steps of provisioning that make a row true, one after another."""
    if resource in STEPS:
        return STEPS[resource]
    for prefix, names in PREFIXES.items():
        if resource.startswith(prefix):
            rest = resource.removeprefix(prefix)
            return tuple(name.format(rest=rest) for name in names)
    return ()


def kind(resource: str) -> str:
    """What a row is of, whichever environment's it is."""
    return next((p.strip() for p in PREFIXES if resource.startswith(p)), resource)


def taken(resource: str, seconds: Mapping[str, float]) -> float | None:
    """What a row has taken, by the seconds of each step; None if a step of its did not run."""
    names = steps(resource)
    if not names or not seconds.keys() >= set(names):
        return None
    return round(sum(seconds[name] for name in names), 2)


def paced(rows: Sequence[Row], measured: Measured) -> Iterator[Row]:
    """The rows with how long each usually takes; what is not done takes no time."""
    for row in rows:
        known = measured.get((kind(row.resource), row.action), ())[-NEWEST:]
        idle = row.action in {"nothing", "refused"}
        yield row if idle or not known else replace(row, usual_seconds=round(median(known), 1))
