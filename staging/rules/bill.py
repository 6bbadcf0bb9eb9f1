"""A month's bill of production and of staging, line by line, and why it is not the plan's guess."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from staging.errors import ConfigurationError
from staging.rules.cost import machine_usd, prices
from staging.rules.resources import Group

OLD = 180  # days
SECONDS = 2_592_000  # in 30 days, as Fly counts a month
RUN_SECONDS = 600
"""What one verification takes of a temporary environment: smoke, load, and the deploy before."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One resource and its month; None where the table has no price. `how` is how it was found."""

    environment: str
    resource: str
    monthly_usd: float | None
    how: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """What one environment consists of, as far as it costs. `assumed` says what was not read."""

    environment: str
    region: str
    groups: Sequence[Group]
    size: str
    assumed: str = ""


def lines(side: Side, *, running: float) -> Iterator[Line]:
    """Machines by process group, then the database; `running` is the part of a month they run."""
    for group in side.groups:
        yield _machines(side, group, running)
    table = prices()["supabase"]["compute_usd"]
    yield Line(
        environment=side.environment,
        resource=f"Supabase compute {side.size}",
        monthly_usd=table.get(side.size),
        how=side.assumed or "by the hour, always on: a paid project cannot be paused",
    )


def shared() -> tuple[Line, ...]:
    """What the organisation pays once, whatever the number of projects."""
    table = prices()["supabase"]
    both = "both, once"
    credit = -float(table["compute_credit_usd"])
    return (
        Line(
            environment=both,
            resource="Supabase Pro",
            monthly_usd=float(table["pro_usd"]),
            how="an organisation, not a project",
        ),
        Line(environment=both, resource="compute credit", monthly_usd=credit, how="part of Pro"),
    )


def total(found: Sequence[Line]) -> float | None:
    """The sum; None where a price is not known."""
    amounts = [line.monthly_usd for line in found]
    known = [amount for amount in amounts if amount is not None]
    return round(sum(known), 2) if len(known) == len(amounts) else None


def refuse_unknown_size(size: str) -> None:
    """A size that Supabase does not sell."""
    known = prices()["supabase"]["compute_usd"]
    if size not in known:
        detail = f"Expected one of {', '.join(known)}."
        raise ConfigurationError(f"Supabase has no compute size {size!r}.", detail=detail)


def verification(side: Side) -> float | None:
    """One verification in an environment made for it: machine seconds, and an hour of a branch."""
    amounts = [_group_usd(side, group) for group in side.groups]
    known = [amount for amount in amounts if amount is not None]
    if len(known) < len(amounts):
        return None
    hour = float(prices()["supabase"]["project_hour_usd"])
    return round(sum(known) * RUN_SECONDS / SECONDS + hour, 4)


def warnings(today: date) -> tuple[str, ...]:
    """An old table is said to be one."""
    table = date.fromisoformat(prices()["date"])
    age = (today - table).days
    return (f"the prices are {age} days old, of {table}",) if age > OLD else ()


def reasons(staging_usd: float | None) -> tuple[str, ...]:
    """Why the figure is not the plan's: 55 to 70 a month."""
    guess = prices()["estimate"]
    low, high = guess["lowest_usd"], guess["highest_usd"]
    if staging_usd is None or low <= staging_usd <= high:
        return ()
    table = prices()["supabase"]
    return (
        f"the plan counted {table['pro_usd']} for Supabase Pro, which production's organisation "
        "pays already: a second project adds its compute only",
        "the plan guessed 20-30 for Fly; one machine of production's size costs what stands above",
    )


def _machines(side: Side, group: Group, running: float) -> Line:
    usd = _group_usd(side, group)
    guest = group.guest
    size = f"{guest.cpu_kind} {guest.cpus} CPU {guest.memory_mb} MB"
    how = f"{running:.0%} of a month in {side.region}"
    if running < 1:
        how += "; a stopped machine's disk (0.15 a GB) is not in it, its size is not known"
    return Line(
        environment=side.environment,
        resource=f"{group.count} x {size} ({group.name})",
        monthly_usd=None if usd is None else round(usd * running, 2),
        how=how,
    )


def _group_usd(side: Side, group: Group) -> float | None:
    one = machine_usd(group.guest, region=side.region)
    return None if one is None else one * group.count
