from loadtests.latency import Recorder
from loadtests.schedule import Departure, Schedule
from loadtests.timeline import timeline


def test_each_second_tells_of_those_that_were_due_left_and_ended_in_it() -> None:
    recorder, schedule = Recorder(), Schedule.steady(rate=2, seconds=2)
    for at, late, took, error in [
        (0.0, 0, 100, ""),
        (0.5, 700, 200, ""),  # it left and ended in the next second
        (1.0, 0, 50, "status 500"),
        (1.5, 0, 900, ""),
    ]:
        departure = Departure(late_ms=late, foreseen=False, in_time=True, at=at)
        recorder.record("GET /health", departure=departure, took_ms=took, error=error)
    first, second, third = timeline(recorder, schedule)
    assert (first.planned, first.sent, first.done, first.errors) == (2, 1, 1, 0)
    assert (first.p50_ms, first.max_ms) == (100, 900)
    assert (second.planned, second.sent, second.done, second.errors) == (2, 3, 2, 1)
    assert (third.planned, third.sent, third.done, third.p50_ms) == (0, 0, 1, None)


def test_a_run_in_which_nothing_was_measured_has_no_seconds() -> None:
    assert timeline(Recorder(), Schedule.steady(rate=2, seconds=2)) == ()
