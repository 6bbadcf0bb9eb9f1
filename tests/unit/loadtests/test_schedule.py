import pytest

from loadtests.schedule import DRAIN, Schedule


def opened(*, rate: float, seconds: float) -> Schedule:
    schedule = Schedule.steady(rate=rate, seconds=seconds)
    schedule.begin(100.0)
    return schedule


@pytest.mark.parametrize(
    ("rate", "seconds", "planned"), [(20, 3, 60), (0.1, 20, 2), (0.1, 3, 1), (7.5, 2, 15)]
)
def test_a_plan_has_the_rate_for_its_time(rate: float, seconds: float, planned: int) -> None:
    assert Schedule.steady(rate=rate, seconds=seconds).planned == planned


def test_slots_are_evenly_due_and_claimed_once() -> None:
    schedule = opened(rate=2, seconds=2)
    slots = [schedule.claim(100.0) for _ in range(5)]
    assert [slot.due if slot else None for slot in slots] == [100.0, 100.5, 101.0, 101.5, None]


def test_a_slot_that_is_claimed_late_keeps_the_time_it_was_due() -> None:
    schedule = opened(rate=2, seconds=2)
    slot = schedule.claim(101.2)
    assert slot
    departure = schedule.depart(slot, 101.2)
    assert departure.late_ms == pytest.approx(1200)
    assert not departure.foreseen
    assert departure.in_time


def test_an_idle_user_that_wakes_late_is_the_generators_fault() -> None:
    schedule = opened(rate=2, seconds=2)
    slot = schedule.claim(99.9)
    assert slot
    assert schedule.depart(slot, 100.02).foreseen


def test_after_the_end_late_requests_may_leave_for_a_while_and_are_not_in_time() -> None:
    schedule = opened(rate=2, seconds=2)
    slot = schedule.claim(103.0)
    assert slot
    assert not schedule.depart(slot, 103.0).in_time
    assert schedule.claim(102.1 + DRAIN) is None


def test_before_the_start_and_once_closed_nothing_is_due() -> None:
    schedule = Schedule.steady(rate=2, seconds=2)
    assert schedule.claim(100.0) is None
    schedule.begin(100.0)
    schedule.close()
    assert schedule.claim(100.0) is None


def test_the_time_that_has_passed_ends_with_the_schedule() -> None:
    schedule = opened(rate=1, seconds=2)
    assert schedule.elapsed(100.5) == 0.5
    assert schedule.elapsed(110.0) == 2
    assert Schedule.steady(rate=1, seconds=2).elapsed(110.0) == 0
