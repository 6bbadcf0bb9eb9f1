"""What the mirror adds to a month's bill, in USD, from a dated table of prices."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from staging.inventory import Guest


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """A month of the machines and of the database; None where the table has no price."""

    machines_usd: float | None
    database_usd: float | None
    prices_of: str

    @property
    def total_usd(self) -> float | None:
        """Both, or None if either is not known: a price is never guessed."""
        if self.machines_usd is None or self.database_usd is None:
            return None
        return round(self.machines_usd + self.database_usd, 2)


def monthly(guests: Iterable[Guest], *, region: str, size: str) -> Cost:
    """Machines that run for 30 days, and the compute of a project whose organisation is on Pro."""
    table = prices()
    compute = table["supabase"]["compute_usd"].get(size)
    each = [machine_usd(guest, region=region) for guest in guests]
    machines = sum(usd for usd in each if usd is not None) if None not in each else None
    return Cost(
        machines_usd=None if machines is None else round(machines, 2),
        database_usd=compute,
        prices_of=table["date"],
    )


def machine_usd(guest: Guest, *, region: str) -> float | None:
    """One machine for 30 days; None where the table has no price for the region."""
    fly = prices()["fly"]
    markup = fly["region"].get(region)
    return None if markup is None else _machine(guest, fly) * float(markup)


def _machine(guest: Guest, fly: dict[str, Any]) -> float:
    preset = fly["preset_usd"].get(f"{guest.cpu_kind} {guest.cpus} {guest.memory_mb}")
    if preset is not None:
        return float(preset)
    kind = guest.cpu_kind if guest.cpu_kind in fly["cpu_usd"] else "performance"
    included = guest.cpus * fly["memory_gb_included"][kind]
    extra = max(guest.memory_mb / 1024 - included, 0.0)
    return float(guest.cpus * fly["cpu_usd"][kind] + extra * fly["memory_gb_usd"])


@cache
def prices() -> dict[str, Any]:
    """The dated table, with its sources."""
    text = files("staging").joinpath("schemas", "prices.json").read_text("utf-8")
    loaded: dict[str, Any] = json.loads(text)
    return loaded
