import pytest

from loadtests.schedule import DRAIN, Schedule, Stage


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


def due(schedule: Schedule) -> list[float]:
    schedule.begin(0.0)
    found = []
    while slot := schedule.claim(0.0):
        found.append(slot.due)
    return found


@pytest.mark.parametrize(
    "stages",
    [
        [Stage(10, 0, 20)],
        [Stage(10, 20, 0)],
        [Stage(3, 5, 5), Stage(4, 5, 25), Stage(2, 25, 25)],
        [Stage(2, 7, 7), Stage(1, 0, 0), Stage(2, 7, 7)],
    ],
)
def test_by_any_moment_as_many_are_due_as_the_rates_add_up_to(stages: list[Stage]) -> None:
    moments = due(Schedule(stages))
    assert moments == sorted(moments)
    for tenth in range(1, int(10 * sum(stage.seconds for stage in stages))):
        passed, wanted = tenth / 10, 0.0
        for stage in stages:
            spent = min(passed, stage.seconds)
            slope = (stage.end_rate - stage.start_rate) / stage.seconds
            wanted += stage.start_rate * spent + slope * spent**2 / 2
            passed -= spent
        assert abs(sum(moment < tenth / 10 for moment in moments) - wanted) <= 1.01


def test_shares_of_several_workers_are_together_the_whole() -> None:
    stages = [Stage(3, 5, 25), Stage(2, 25, 25)]
    shares = [Schedule(stages, worker=number, workers=3) for number in range(3)]
    assert sum(share.planned for share in shares) == Schedule(stages).planned
    assert sorted(moment for share in shares for moment in due(share)) == due(Schedule(stages))


def test_what_is_cut_off_was_never_planned() -> None:
    schedule = opened(rate=2, seconds=10)
    for _ in range(5):
        schedule.claim(100.0)
    schedule.cut(101.0)
    assert (schedule.planned, schedule.seconds) == (5, 2.5)
    assert schedule.claim(101.0) is None
    assert schedule.elapsed(101.0) == 2.5


def test_what_was_due_and_nobody_could_send_stays_planned_when_the_rest_is_cut_off() -> None:
    schedule = opened(rate=10, seconds=10)
    for _ in range(5):
        schedule.claim(100.0)
    schedule.cut(102.0)
    assert (schedule.planned, schedule.seconds) == (20, 2.0)
    assert schedule.elapsed(110.0) == 2.0


@pytest.mark.parametrize(
    ("seconds", "rate"), [(0, 10), (5, 10), (10, 10), (15, 30), (20, 50), (25, 50), (99, 50)]
)
def test_the_rate_at_a_moment_is_that_of_its_stage(seconds: float, rate: float) -> None:
    stages = [Stage(10, 10, 10), Stage(10, 10, 50), Stage(10, 50, 50)]
    assert Schedule(stages, worker=1, workers=2).rate_at(seconds) == pytest.approx(rate)
