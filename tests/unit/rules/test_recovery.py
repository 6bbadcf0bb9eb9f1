"""Detection and recovery, read from requests; and what an error must not tell."""

import pytest

from staging.rules.recovery import IN_A_ROW, Sample, inner, measured, settled


def sample(at: float, *, good: bool = True, took: float = 0.0) -> Sample:
    return Sample(kind="health", sent=at - took, answered=at, good=good, told="" if good else "503")


def row(since: float, count: int = IN_A_ROW) -> list[Sample]:
    return [sample(since + n) for n in range(count)]


@pytest.mark.parametrize(
    ("samples", "detected", "recovered", "lost"),
    [
        ([], None, None, 0),
        (row(0), None, 0.0, 0),
        ([sample(1), sample(2, good=False), *row(3)], 2.0, 3.0, 1),
        ([sample(2, good=False), sample(3), sample(4, good=False), *row(5)], 2.0, 5.0, 2),
        ([sample(2, good=False), *row(3, IN_A_ROW - 1)], 2.0, None, 1),
        ([sample(-1, good=False), *row(0)], None, 0.0, 1),
        ([sample(5, good=False, took=4), *row(6)], 5.0, 6.0, 1),
    ],
)
def test_times_are_read_from_requests(
    samples: list[Sample], detected: float | None, recovered: float | None, lost: int
) -> None:
    found = measured(samples)
    assert (found.detected, found.recovered, found.lost) == (detected, recovered, lost)


def test_it_is_the_bad_kind_that_must_be_good_again() -> None:
    others = [Sample(kind="health", sent=at, answered=at, good=True) for at in range(2, 20)]
    reads = [Sample(kind="read", sent=at, answered=at, good=at > 5) for at in (1, 5, 9, 13)]
    assert measured([*others, *reads]).recovered == 9.0
    assert measured([*others, *reads[:2]]).recovered is None


def test_another_sign_may_come_first() -> None:
    assert measured([sample(2, good=False), *row(3)], sign=0.5).detected == 0.5
    assert measured(row(0), sign=0.5).detected == 0.5


def test_it_has_settled_after_good_answers_in_a_row() -> None:
    assert settled([sample(0, good=False), *row(1)])
    assert not settled([*row(1), sample(99, good=False)])
    assert not settled(row(1, IN_A_ROW - 1))


@pytest.mark.parametrize(
    "told",
    [
        "Traceback (most recent call last)",
        "ERROR: relation (SQLSTATE 42P01)",
        'connect to "127.0.0.1"',
        "select id from public.jobs",
        "main.go:42",
        "goroutine 7 [running]",
    ],
)
def test_an_error_that_tells_of_the_inside_is_seen(told: str) -> None:
    assert inner(told)


def test_an_error_as_promised_tells_nothing() -> None:
    told = '{"status":503,"message":"The database is not available","code":"DATABASE_ERROR"}'
    assert inner(told) == ""
