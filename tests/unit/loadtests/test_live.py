"""The verdict so far, and how it is shown."""

import io

import pytest

from loadtests.live import Now, View
from loadtests.standing import Standing
from staging.inventory import Objectives
from staging.rules.limits import limits

ASKED = limits(
    Objectives(
        p50_ms=10,
        p95_ms=20,
        p99_ms=40,
        error_rate=0.1,
        requests_per_second=5,
        minimum_samples=20,
    )
)
NOW = Now(passed=2, seconds=4, interval=2, planned=10, latest=[5.0] * 20, errors=0)


@pytest.mark.parametrize(
    ("latest", "errors", "verdict", "why"),
    [
        ([5.0] * 20, 0, "pass", "20 samples"),
        ([5.0] * 19, 0, "invalid", "19 of 20 samples"),
        ([], 0, "invalid", "0 of 20 samples"),
        ([5.0] * 10 + [11.0] * 10, 0, "pass", "20 samples"),  # half may take longer
        ([5.0] * 9 + [11.0] * 11, 0, "fail", "p50 too high"),
        ([5.0] * 18 + [21.0] * 2, 0, "fail", "p95 too high"),
        ([5.0] * 19 + [41.0], 0, "fail", "p99 too high"),
        ([50.0] * 20, 3, "fail", "p50, p95, p99, error rate too high"),
        ([5.0] * 20, 2, "pass", "20 samples"),
        ([50.0] * 19, 19, "invalid", "19 of 20 samples"),
    ],
)
def test_the_verdict_so_far_is_that_of_what_has_come(
    latest: list[float], errors: int, verdict: str, why: str
) -> None:
    standing = Standing(ASKED)
    standing.count(latest[:7], 0)
    standing.count(latest[7:], errors)
    assert standing.verdict == (verdict, why)


def test_without_a_terminal_each_look_is_a_line() -> None:
    told = io.StringIO()
    view = View(ASKED, stream=told, environment={"TERM": "xterm"})
    view.begin("23.0/s")
    view.tell(NOW)
    view.say("  held")
    assert told.getvalue() == (
        "  23.0/s  2 of 4 s: 10.0/s, p95 5 ms, 0 errors, so far: pass\n  held\n"
    )


def test_a_part_is_judged_by_itself() -> None:
    told = io.StringIO()
    view = View(ASKED, stream=told, environment={})
    view.tell(NOW)
    view.begin("next")
    view.tell(Now(passed=1, seconds=4, interval=1, planned=5, latest=[5.0], errors=0))
    assert [line.rpartition(" ")[2] for line in told.getvalue().splitlines()] == ["pass", "invalid"]


def test_a_note_is_no_flood() -> None:
    told = io.StringIO()
    view = View(stream=told, environment={})
    for number in range(5):
        view.note(f"look {number}")
    assert told.getvalue() == "look 0\n"
