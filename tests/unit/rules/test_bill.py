from dataclasses import replace
from datetime import date

import pytest

from staging.errors import ConfigurationError
from staging.inventory import Guest
from staging.rules import bill
from staging.rules.bill import Line, Side
from staging.rules.resources import Group
from staging.rules.schedule import part_of_a_month

GUEST = Guest(cpu_kind="shared", cpus=1, memory_mb=1024)
SIDE = Side(
    environment="staging",
    region="syd",
    groups=[Group(name="app", count=2, guest=GUEST)],
    size="small",
)


def amounts(side: Side, *, running: float = 1.0) -> list[float | None]:
    return [line.monthly_usd for line in bill.lines(side, running=running)]


def test_machines_are_counted_and_the_database_added() -> None:
    assert amounts(SIDE) == [17.01, 15]


def test_machines_that_stop_at_night_cost_their_hours_and_the_database_all() -> None:
    machines, database = bill.lines(SIDE, running=0.5)
    assert (machines.monthly_usd, database.monthly_usd) == (8.5, 15)
    assert "its size is not known" in machines.how


@pytest.mark.parametrize("change", [{"region": "waw"}, {"size": "nano"}])
def test_an_unknown_price_makes_the_sum_unknown(change: dict[str, str]) -> None:
    found = list(bill.lines(replace(SIDE, **change), running=1.0))  # type: ignore[arg-type]
    assert None in [line.monthly_usd for line in found]
    assert bill.total(found) is None


def test_pro_is_paid_once_with_its_credit() -> None:
    assert [line.monthly_usd for line in bill.shared()] == [25.0, -10.0]
    lines = [*bill.shared(), *bill.lines(SIDE, running=1.0)]
    assert bill.total(lines) == 47.01


@pytest.mark.parametrize(
    ("schedule", "part"),
    [
        ("always", 1.0),
        ("daily 0-24", 1.0),
        ("daily 6-18", 0.5),
        ("weekdays 8-20", 60 / 168),
        ("weekends 0-12", 24 / 168),
    ],
)
def test_a_schedule_is_a_part_of_a_month(schedule: str, part: float) -> None:
    assert part_of_a_month(schedule) == pytest.approx(part)


@pytest.mark.parametrize("schedule", ["", "sometimes", "daily", "daily 8-8", "daily 20-8", "d 1-2"])
def test_what_is_no_schedule_is_refused_with_an_example(schedule: str) -> None:
    with pytest.raises(ConfigurationError, match="is no schedule") as caught:
        part_of_a_month(schedule)
    assert "weekdays 8-20" in caught.value.detail


def test_a_size_that_is_not_sold_is_refused_with_those_that_are() -> None:
    bill.refuse_unknown_size("micro")
    with pytest.raises(ConfigurationError) as caught:
        bill.refuse_unknown_size("nano")
    assert "micro, small" in caught.value.detail


@pytest.mark.parametrize(("day", "count"), [(date(2027, 4, 30), 0), (date(2027, 5, 1), 1)])
def test_an_old_table_of_prices_is_said_to_be_one(day: date, count: int) -> None:
    assert len(bill.warnings(day)) == count


@pytest.mark.parametrize(("usd", "count"), [(18.5, 2), (60.0, 0), (None, 0)])
def test_a_figure_beside_the_plan_s_estimate_is_explained(usd: float | None, count: int) -> None:
    assert len(bill.reasons(usd)) == count


def test_a_verification_is_priced_by_seconds_and_a_whole_hour() -> None:
    assert bill.verification(SIDE) == pytest.approx(17.01 * 600 / 2_592_000 + 0.01344, abs=1e-4)
    assert bill.verification(replace(SIDE, region="waw")) is None


def test_a_line_says_whose_it_is() -> None:
    assert {line.environment for line in bill.lines(SIDE, running=1.0)} == {"staging"}
    assert isinstance(bill.shared()[0], Line)
