"""What a month costs: production, staging, and the difference. Reads only."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from typing import ClassVar

from staging.errors import NOT_SO, SUCCESS, NotFound
from staging.inventory import COMPUTE, Machine, Project, Subject
from staging.operations.opening import Clouds, open_clouds
from staging.operations.steps import Steps
from staging.operations.subjects import of_machines
from staging.rules import bill
from staging.rules.bill import Line, Side
from staging.rules.cost import prices
from staging.rules.resources import Group
from staging.rules.schedule import part_of_a_month
from staging.settings import Settings


@dataclass(frozen=True, slots=True, kw_only=True)
class Costs:
    """A month in USD; None where a price is not known. `estimate_usd` is the plan's own guess."""

    target: str
    subject: Subject
    at: str
    lines: tuple[Line, ...]
    production_usd: float | None
    staging_usd: float | None
    together_usd: float | None
    estimate_usd: tuple[float, float]
    reasons: tuple[str, ...]
    verification_usd: float | None
    budget_usd: float | None
    prices_of: str
    warnings: tuple[str, ...]
    report: ClassVar[str] = "cost"

    @property
    def over(self) -> float:
        """By how much staging is over its budget."""
        if self.staging_usd is None or self.budget_usd is None:
            return 0.0
        return max(0.0, round(self.staging_usd - self.budget_usd, 2))

    @property
    def exit_code(self) -> int:
        """1 if staging is over its budget."""
        return NOT_SO if self.over else SUCCESS


def cost(settings: Settings, *, size: str, schedule: str) -> Costs:
    """The bill as it is, or as it would be with another `size` or `schedule` of staging's."""
    running = part_of_a_month(schedule)
    bill.refuse_unknown_size(size or settings.staging.size)
    seen = _Seen(open_clouds(settings))
    seen.look()
    production, staging = _sides(seen, size)
    ours = tuple(bill.lines(staging, running=running))
    theirs, once = tuple(bill.lines(production, running=1.0)), bill.shared()
    table, usd = prices(), bill.total(ours)
    return Costs(
        target=settings.target.name,
        subject=of_machines(settings, seen.machines[settings.staging.app]),
        at=datetime.now(UTC).isoformat(timespec="seconds"),
        lines=(*once, *theirs, *ours),
        production_usd=bill.total(theirs),
        staging_usd=usd,
        together_usd=bill.total((*once, *theirs, *ours)),
        estimate_usd=(table["estimate"]["lowest_usd"], table["estimate"]["highest_usd"]),
        reasons=bill.reasons(usd),
        verification_usd=bill.verification(staging),
        budget_usd=settings.budget_usd,
        prices_of=table["date"],
        warnings=bill.warnings(datetime.now(UTC).date()),
    )


@dataclass(slots=True)
class _Seen:
    """What both environments consist of, as far as it costs; filled in by steps side by side."""

    clouds: Clouds
    machines: dict[str, tuple[Machine, ...]] = field(default_factory=dict)
    sizes: dict[str, str] = field(default_factory=dict)

    def look(self) -> None:
        settings, steps = self.clouds.settings, Steps()
        for app in (settings.production.app, settings.staging.app):
            steps.add(f"read the machines of {app}", partial(self._machines, app))
        steps.add("read the projects", self._projects)
        steps.run()

    def _machines(self, app: str) -> None:
        try:
            self.machines[app] = self.clouds.fly.machines(app)
        except NotFound:
            self.machines[app] = ()

    def _projects(self) -> None:
        settings = self.clouds.settings
        names = {settings.production.project, settings.staging.project}
        for each in self.clouds.supabase.projects():
            if each.name in names:
                self.sizes[each.name] = _size(self.clouds, each)


def _sides(seen: _Seen, size: str) -> tuple[Side, Side]:
    """Both environments as they are; a staging that is not there, as it would be made."""
    settings = seen.clouds.settings
    theirs, ours = (seen.machines[each.app] for each in (settings.production, settings.staging))
    read = seen.sizes.get(settings.production.project, "")
    production = Side(
        environment="production",
        region=theirs[0].region if theirs else settings.staging.region,
        groups=_groups(theirs),
        size=read or settings.staging.size,
        assumed="" if read else "assumed to be staging's size: it could not be read",
    )
    staging = Side(
        environment="staging",
        region=settings.staging.region,
        groups=_groups(ours or theirs),
        size=size or seen.sizes.get(settings.staging.project) or settings.staging.size,
        assumed="" if ours else "as `invoke provision` would make it",
    )
    return production, staging


def _size(clouds: Clouds, project: Project) -> str:
    found = clouds.supabase.services().read(project).groups.get(COMPUTE, {})
    return str(next(iter(found.values()), "")).removeprefix("ci_")


def _groups(machines: tuple[Machine, ...]) -> tuple[Group, ...]:
    counts = Counter((machine.process_group, machine.guest) for machine in machines)
    return tuple(
        Group(name=name, count=count, guest=guest) for (name, guest), count in counts.items()
    )
