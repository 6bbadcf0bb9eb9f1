"""Machines that carry a load test: how many where, for how long at most, for how much. Pure."""

import math
import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from itertools import cycle, islice

from staging.errors import ConfigurationError, Refused
from staging.inventory import Guest, Machine
from staging.rules.bill import SECONDS
from staging.rules.cost import machine_usd

MOST = 32
USUAL = "performance-1x"
OWNER, RUN = "staging_load", "staging_load_run"
"""Labels of such a machine: the app that it puts under load, and which run it is of."""

SLACK = 300
"""Seconds that a machine lives longer than its load lasts: to start, to join, to be ended."""

FORM = re.compile(r"(shared-cpu|performance)-(1|2|4|8|16)x")
MEMORY = {"shared-cpu": 256, "performance": 2048}
"""MB for each CPU, as Fly's sizes have them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """One fleet: the region of each machine. `lifetime` is after how many seconds it ends itself.

    `usual_usd` is for as long as the load lasts, `most_usd` for all of its life.
    """

    app: str
    regions: tuple[str, ...]
    size: str
    guest: Guest
    seconds: float
    lifetime: int
    usual_usd: float
    most_usd: float

    @property
    def told(self) -> str:
        """What is about to be spent."""
        places = ", ".join(f"{self.regions.count(r)} in {r}" for r in sorted(set(self.regions)))
        return (
            f"{len(self.regions)} machines {self.size} ({places}) for {self.seconds:g} s: "
            f"{self.usual_usd:.4f} USD, at most {self.most_usd:.4f} if nothing ended them before "
            f"they end themselves after {self.lifetime} s"
        )


def planned(app: str, *, machines: int, regions: Sequence[str], size: str, seconds: float) -> Plan:
    """The fleet, its machines dealt to the regions in turn; Refused where a price is not known."""
    if not 1 <= machines <= MOST:
        problem = f"--machines {machines} will not do."
        raise ConfigurationError(problem, detail=f"Expected 1 to {MOST}.")
    guest = sized(size)
    places = tuple(islice(cycle(regions), machines))
    lifetime = math.ceil(seconds) + SLACK
    prices = [machine_usd(guest, region=region) for region in places]
    known = [usd for usd in prices if usd is not None]
    if len(known) < machines:
        lacking = sorted({r for r, usd in zip(places, prices, strict=True) if usd is None})
        raise Refused(
            f"What a machine costs in {', '.join(lacking)} is not known.",
            detail="A price is never guessed.",
            remedy="Add the region to staging/schemas/prices.json, or choose another.",
        )
    return Plan(
        app=app,
        regions=places,
        size=size,
        guest=guest,
        seconds=seconds,
        lifetime=lifetime,
        usual_usd=round(sum(known) * seconds / SECONDS, 4),
        most_usd=round(sum(known) * lifetime / SECONDS, 4),
    )


def sized(size: str) -> Guest:
    """The machine that a size's name stands for."""
    found = FORM.fullmatch(size)
    if not found:
        problem = f"{size!r} is no size of a machine."
        raise ConfigurationError(problem, detail="Expected one such as performance-1x.")
    kind, cpus = found[1], int(found[2])
    short = "shared" if kind == "shared-cpu" else kind
    return Guest(cpu_kind=short, cpus=cpus, memory_mb=cpus * MEMORY[kind])


def places(text: str, *, known: Collection[str], usual: str) -> tuple[str, ...]:
    """The regions that somebody typed, divided by commas; staging's own if none."""
    found = tuple(dict.fromkeys(filter(None, text.replace(" ", "").split(",")))) or (usual,)
    if unknown := [region for region in found if region not in known]:
        raise ConfigurationError(
            f"There is no region {', '.join(unknown)}.",
            remedy="`flyctl platform regions` lists them.",
        )
    return found


def refuse_over(plan: Plan, *, staging_usd: float | None, budget_usd: float | None) -> None:
    """Refused if staging's month and this fleet are more together than [budget] allows."""
    if budget_usd is None:
        return
    if staging_usd is None:
        raise Refused("What staging costs is not known, so neither whether this is within budget.")
    if (together := staging_usd + plan.most_usd) > budget_usd:
        raise Refused(
            f"The fleet would be over the budget by {together - budget_usd:.2f} USD.",
            detail=f"Staging's month {staging_usd:.2f}, the fleet at most {plan.most_usd:.4f}; "
            f"[budget] allows {budget_usd:.2f}.",
            remedy="Ask for fewer machines, or raise [budget] in staging.toml.",
        )


def labels(owner: str, run: str) -> dict[str, str]:
    """What each machine bears."""
    return {OWNER: owner, RUN: run}


def ours(machines: Sequence[Machine], *, owner: str) -> tuple[Machine, ...]:
    """Those that were made to put this app under load, whatever became of their run."""
    return tuple(m for m in machines if _labels(m).get(OWNER) == owner)


def refuse_foreign(machines: Sequence[Machine], *, owner: str, app: str) -> None:
    """Refused if the app holds a machine that bears no label of ours: the app is somebody's."""
    known = {machine.id for machine in ours(machines, owner=owner)}
    if foreign := [machine.id for machine in machines if machine.id not in known]:
        raise Refused(
            f"The app {app} is not ours: it holds machines that no fleet made.",
            detail=", ".join(foreign),
            remedy=f"End them or the app {app} by hand, if they may go.",
        )


def _labels(machine: Machine) -> Mapping[str, str]:
    found: Mapping[str, str] = machine.config.get("metadata") or {}
    return found
