"""What a fleet costs, whose machines it may end, and what it refuses."""

from typing import Any

import pytest

from staging.errors import ConfigurationError, Refused
from staging.inventory import Guest, Machine
from staging.rules import fleet
from staging.rules.cost import prices
from staging.rules.fleet import Plan

KNOWN = ("syd", "iad", "ams")


def planned(**given: Any) -> Plan:
    usual: dict[str, Any] = {
        "machines": 2,
        "regions": ("iad",),
        "size": "performance-1x",
        "seconds": 60.0,
    }
    return fleet.planned("bee-load", **(usual | given))


def machine(name: str, **labels: str) -> Machine:
    return Machine(
        id=name,
        state="started",
        region="syd",
        process_group="app",
        digest="d",
        image="i",
        tagged="t",
        guest=Guest(cpu_kind="shared", cpus=1, memory_mb=256),
        healthy=None,
        config={"metadata": labels} if labels else {},
    )


def test_the_price_is_that_of_the_table_for_so_many_seconds() -> None:
    plan, month = planned(), 33.0  # performance-1x with 2 GB in iad, by the table
    assert prices()["fly"]["preset_usd"]["performance 1 2048"] == month
    assert plan.lifetime == 60 + fleet.SLACK
    assert plan.usual_usd == round(2 * month * 60 / (30 * 86400), 4)
    assert plan.most_usd == round(2 * month * 360 / (30 * 86400), 4)


def test_a_dearer_region_costs_more() -> None:
    both = planned(regions=("syd", "iad"), seconds=6000.0)
    assert both.usual_usd > planned(seconds=6000.0).usual_usd
    assert both.usual_usd < planned(regions=("syd",), seconds=6000.0).usual_usd


@pytest.mark.parametrize(
    ("machines", "regions", "dealt"),
    [
        (1, ("syd", "iad"), ("syd",)),
        (3, ("syd", "iad"), ("syd", "iad", "syd")),
        (2, ("ams",), ("ams", "ams")),
    ],
)
def test_machines_are_dealt_to_the_regions_in_turn(
    machines: int, regions: tuple[str, ...], dealt: tuple[str, ...]
) -> None:
    assert planned(machines=machines, regions=regions).regions == dealt


def test_a_price_that_is_not_known_is_not_guessed() -> None:
    with pytest.raises(Refused, match="xyz"):
        planned(regions=("iad", "xyz"))


@pytest.mark.parametrize("machines", [0, -1, 33])
def test_so_many_machines_will_not_do(machines: int) -> None:
    with pytest.raises(ConfigurationError, match="--machines"):
        planned(machines=machines)


@pytest.mark.parametrize(
    ("size", "guest"),
    [
        ("performance-1x", Guest(cpu_kind="performance", cpus=1, memory_mb=2048)),
        ("shared-cpu-4x", Guest(cpu_kind="shared", cpus=4, memory_mb=1024)),
    ],
)
def test_a_size_is_a_guest(size: str, guest: Guest) -> None:
    assert fleet.sized(size) == guest


@pytest.mark.parametrize("size", ["performance", "a100-40gb", "shared-cpu-3x", "performance-1x\n"])
def test_what_is_no_size_is_an_error(size: str) -> None:
    with pytest.raises(ConfigurationError, match="no size"):
        fleet.sized(size)


@pytest.mark.parametrize(
    ("typed", "found"),
    [("", ("ams",)), ("syd", ("syd",)), ("syd, iad,", ("syd", "iad")), ("syd,syd", ("syd",))],
)
def test_regions_are_typed_with_commas(typed: str, found: tuple[str, ...]) -> None:
    assert fleet.places(typed, known=KNOWN, usual="ams") == found


def test_a_region_that_fly_does_not_have_is_an_error() -> None:
    with pytest.raises(ConfigurationError, match="no region lax"):
        fleet.places("syd,lax", known=KNOWN, usual="ams")


@pytest.mark.parametrize(("staging_usd", "budget"), [(69.0, 70.0), (69.9, None), (None, None)])
def test_a_fleet_within_the_budget_is_allowed(
    staging_usd: float | None, budget: float | None
) -> None:
    fleet.refuse_over(planned(), staging_usd=staging_usd, budget_usd=budget)


@pytest.mark.parametrize(
    ("staging_usd", "why"), [(69.999, "over the budget by 0.01 USD"), (None, "not known")]
)
def test_a_fleet_over_the_budget_is_refused(staging_usd: float | None, why: str) -> None:
    with pytest.raises(Refused, match=why):
        fleet.refuse_over(planned(), staging_usd=staging_usd, budget_usd=70.0)


def test_what_was_left_is_known_by_its_label_whichever_run_it_was_of() -> None:
    left = [machine(name, **fleet.labels("bee", name)) for name in ("a", "b")]
    other = machine("c", **fleet.labels("bee-pr-1", "c"))
    assert fleet.ours([*left, other, machine("d")], owner="bee") == tuple(left)


@pytest.mark.parametrize("labels", [{}, {"staging_load": "another"}, {"staging_load_run": "bee"}])
def test_an_app_with_a_machine_that_is_not_ours_is_not_ours(labels: dict[str, str]) -> None:
    found = [machine("a", **fleet.labels("bee", "1")), machine("b", **labels)]
    with pytest.raises(Refused, match="bee-load is not ours"):
        fleet.refuse_foreign(found, owner="bee", app="bee-load")


def test_the_price_is_told_before_it_is_spent() -> None:
    told = planned(machines=3, regions=("syd", "iad")).told
    assert told.startswith("3 machines performance-1x (1 in iad, 2 in syd) for 60 s: 0.00")
    assert "after 360 s" in told
