"""What requests tell of a migration that is applied meanwhile."""

import pytest

from staging.rules.recovery import Sample
from staging.rules.undertraffic import UnderTraffic, Wait, seen

EVERY = 0.5


def request(sent: float, took: float = 0.02, told: str = "") -> Sample:
    return Sample(kind="read", sent=sent, answered=sent + took, good=not told, told=told)


def steady(start: float, end: float) -> list[Sample]:
    return [request(start + n * EVERY) for n in range(int((end - start) / EVERY))]


BEFORE = steady(-20, -0.5)
AFTER = steady(4, 20)


def found(
    during: list[Sample], waits: list[Wait] | None = None, before: list[Sample] = BEFORE
) -> UnderTraffic:
    return seen(
        [*before, *during, *AFTER],
        waits or [],
        files=["1_a.sql"],
        seconds=3.0,
        allowed=0.5,
        every=EVERY,
    )


def locked(start: float, end: float, *, waiting: int = 2) -> list[Wait]:
    looks = int((end - start) / 0.05)
    return [Wait(start + n * 0.05, waiting, n * 0.05) for n in range(1, looks + 1)]


def test_a_migration_that_stops_nobody_is_a_note() -> None:
    calm = found(steady(0, 4))
    assert (calm.delayed, calm.slow, calm.failed, calm.unsent, calm.queue) == (0, 0, 0, 0, 1)
    assert [reason.level for reason in calm.reasons] == ["note"]


def test_requests_that_wait_for_a_lock_are_counted_with_those_whose_turn_came_meanwhile() -> None:
    held = found([request(0.5, 2.0)], locked(0.5, 2.5))
    assert (held.delayed, held.slow, held.unsent, held.queue) == (1, 0, 4, 5)
    assert (held.longest, held.waiting) == (2.0, 2)
    assert held.blocked == pytest.approx(2.0)
    assert [(reason.level, round(reason.seconds or 0)) for reason in held.reasons] == [
        ("window", 2)
    ]


def test_a_wait_that_is_allowed_needs_no_window() -> None:
    short = found([request(0.5, 0.4)], locked(0.5, 0.9))
    assert short.delayed == 1
    assert [reason.level for reason in short.reasons] == ["note"]


def test_what_is_slow_without_a_lock_is_told_apart() -> None:
    slow = found([request(0.5, 2.0)])
    assert (slow.delayed, slow.slow) == (0, 1)
    assert [reason.level for reason in slow.reasons] == ["note"]


def test_workers_that_wait_are_users_that_wait() -> None:
    workers = found(steady(0, 4), locked(0.5, 2.5))
    assert workers.delayed == 0
    assert [reason.level for reason in workers.reasons] == ["window"]


def test_a_request_without_an_answer_because_of_a_lock_needs_a_window() -> None:
    none = found([request(0.5, 6.0, "no answer (timed out)")], locked(0.5, 6.5))
    assert (none.failed, none.wrong) == (
        1,
        ("read: no answer (timed out) while a lock was waited for",),
    )
    assert [reason.level for reason in none.reasons] == ["window"]


def test_an_application_that_fails_on_the_new_schema_is_unsafe() -> None:
    broken = found([*steady(0, 3), request(3.5, told="status 500: Something went wrong")])
    assert [reason.level for reason in broken.reasons] == ["unsafe", "note"]
    assert "status 500" in broken.reasons[0].told


def test_one_failure_told_many_times_is_one() -> None:
    told = 'status 500: {"code":"INTERNAL_ERROR","request_id":"%s"}'
    bad = [request(1 + n, told=told % n) for n in range(3)]
    failing = found([*steady(0, 1), *bad])
    assert (failing.failed, failing.wrong) == (3, ('read: status 500: {"code":"INTERNAL_ERROR"}',))


@pytest.mark.parametrize(
    ("before", "told"),
    [
        ([], "0 requests before"),
        (BEFORE[:10], "10 requests before"),
        ([*BEFORE, request(-0.4, told="status 503")], "not well before (read: status 503)"),
    ],
)
def test_without_good_requests_before_nothing_was_seen(before: list[Sample], told: str) -> None:
    unknown = found(steady(0, 4), before=before)
    assert [reason.level for reason in unknown.reasons] == ["invalid"]
    assert told in unknown.reasons[0].told


def test_a_migration_that_fails_and_one_that_is_not_there_are_told() -> None:
    failed = UnderTraffic(files=("1_a.sql",), allowed=0.5, error="It broke.")
    none = UnderTraffic(files=(), allowed=0.5)
    left = UnderTraffic(files=("1_a.sql",), allowed=0.5, error="x", not_put_back=("image: gone",))
    assert [r.level for r in failed.reasons] == ["unsafe"]
    assert [r.level for r in none.reasons] == ["invalid"]
    assert [r.level for r in left.reasons] == ["unsafe", "invalid"]
