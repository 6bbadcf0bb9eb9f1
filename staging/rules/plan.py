"""What should be, less what is: the plan. Pure; no row is ever decided anywhere else."""

from collections.abc import Sequence
from dataclasses import replace

from staging.inventory import COMPUTE
from staging.rules import flyrows, supabaserows
from staging.rules.cost import machine_usd, prices
from staging.rules.resources import Found, Row, Wanted


def plan(wanted: Wanted, found: Found, *, reset_schema: bool) -> tuple[Row, ...]:
    """Every row, in the order in which a person would do it."""
    rows = (
        *supabaserows.rows(wanted, found, reset_schema=reset_schema),
        *flyrows.rows(wanted, found),
    )
    return (*(_priced(row, wanted) for row in rows), _cost(wanted))


def changes(rows: Sequence[Row]) -> tuple[Row, ...]:
    """The rows that something would be done about."""
    return tuple(row for row in rows if row.action not in {"nothing", "refused"})


def refusals(rows: Sequence[Row]) -> tuple[Row, ...]:
    """The rows that stop the whole plan."""
    return tuple(row for row in rows if row.action == "refused")


def _priced(row: Row, wanted: Wanted) -> Row:
    """The row with what its resource costs a month: machines by group, and the compute."""
    usd = prices()["supabase"]["compute_usd"].get(wanted.size) if row.resource == COMPUTE else None
    for group in wanted.groups:
        if row.resource == f"machines {group.name}":
            one = machine_usd(group.guest, region=wanted.region)
            usd = None if one is None else round(one * group.count, 2)
    return row if usd is None else replace(row, monthly_usd=usd)


def _cost(wanted: Wanted) -> Row:
    """What the mirror costs, before it is spent; over the budget nothing is done."""
    cost, name = wanted.cost, "cost a month"
    if cost.total_usd is None:
        return Row(name, "nothing", f"not known by the prices of {cost.prices_of}")
    parts = f"machines {cost.machines_usd:.2f} + database {cost.database_usd:.2f}"
    told = f"{cost.total_usd:.2f} USD ({parts}; prices of {cost.prices_of})"
    if wanted.budget_usd is not None and cost.total_usd > wanted.budget_usd:
        return Row(name, "refused", f"{told} is over the budget of {wanted.budget_usd:.2f}")
    return Row(name, "nothing", told, monthly_usd=cost.total_usd)
