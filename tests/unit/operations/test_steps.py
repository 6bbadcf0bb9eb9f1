import threading
import time

import pytest

from staging.errors import ServiceFailed, StagingError
from staging.operations.steps import Steps, together, until


def test_steps_that_do_not_need_one_another_run_side_by_side() -> None:
    meeting = threading.Barrier(2, timeout=5)
    together(one=meeting.wait, other=meeting.wait)


def test_a_step_waits_for_those_before_it() -> None:
    order: list[str] = []
    steps = Steps()
    steps.add("last", lambda: order.append("last"), after=["first", "second"])
    steps.add("second", lambda: order.append("second"), after=["first"])
    steps.add("first", lambda: order.append("first"))
    steps.run()
    assert order == ["first", "second", "last"]


def test_the_first_error_stops_what_has_not_begun() -> None:
    begun: list[str] = []

    def fail() -> None:
        raise ServiceFailed("no")

    steps = Steps()
    steps.add("failing", fail)
    steps.add("never", lambda: begun.append("never"), after=["failing"])
    with pytest.raises(ServiceFailed, match="no"):
        steps.run()
    assert begun == []


def test_the_longest_chain_is_what_had_to_follow_one_another() -> None:
    steps = Steps()
    steps.add("a", lambda: time.sleep(0.1))
    steps.add("b", lambda: time.sleep(0.2))
    steps.add("c", lambda: time.sleep(0.1), after=["a"])
    steps.run()
    assert 0.2 <= steps.chain() < 0.39
    assert {timing.name for timing in steps.timings} == {"a", "b", "c"}


def test_waiting_ends_in_time_and_says_what_it_last_saw() -> None:
    with pytest.raises(StagingError, match=r"did not happen within 0\.2 s") as caught:
        until(lambda: "COMING_UP", what="The project", limit=0.2, first_pause=0.05)
    assert "COMING_UP" in caught.value.detail


def test_waiting_ends_when_it_is_so() -> None:
    answers = iter(["no", "no", None])
    until(lambda: next(answers), what="It", limit=5, first_pause=0.01)
    assert next(answers, "used up") == "used up"
