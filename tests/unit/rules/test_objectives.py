from dataclasses import replace
from math import inf, nan
from typing import Any

import pytest

from staging.inventory import Objectives
from staging.rules.objectives import Measured, Outcome, Percentiles, judge

OBJECTIVES = Objectives(
    p50_ms=100,
    p95_ms=200,
    p99_ms=400,
    error_rate=0.01,
    requests_per_second=5,
    minimum_samples=100,
)
QUICK = Percentiles(p50_ms=20, p95_ms=40, p99_ms=80)
SLOW = Percentiles(p50_ms=20, p95_ms=40, p99_ms=800)
GOOD = Measured(
    samples=400,
    error_rate=0.0,
    requests_per_second=20,
    planned_rate=20,
    due=QUICK,
    sent=QUICK,
    lag_p99_ms=1,
    cpu=0.1,
)


@pytest.mark.parametrize(
    ("change", "outcome"),
    [
        ({}, "pass"),
        ({"due": Percentiles(p50_ms=100, p95_ms=200, p99_ms=400)}, "pass"),  # each at its limit
        ({"error_rate": 0.01}, "pass"),
        ({"requests_per_second": 5, "planned_rate": 5}, "pass"),
        ({"samples": 100}, "pass"),
        ({"due": replace(QUICK, p50_ms=100.01)}, "fail"),
        ({"due": replace(QUICK, p95_ms=201)}, "fail"),
        ({"due": SLOW}, "fail"),
        ({"error_rate": 0.011}, "fail"),
        ({"samples": 0}, "invalid"),
        ({"samples": 99}, "invalid"),
        ({"samples": 99, "error_rate": 1.0}, "invalid"),
        ({"due": replace(QUICK, p95_ms=nan)}, "invalid"),
        ({"due": replace(QUICK, p95_ms=inf)}, "invalid"),
        ({"error_rate": nan}, "invalid"),
        ({"requests_per_second": nan}, "invalid"),
        ({"due": replace(QUICK, p50_ms=-1)}, "invalid"),
    ],
)
def test_a_run_is_judged_by_its_figures(change: dict[str, Any], outcome: str) -> None:
    assert judge(replace(GOOD, **change), OBJECTIVES).outcome == outcome


@pytest.mark.parametrize(
    ("change", "outcome"),
    [
        ({"requests_per_second": 19.6}, "pass"),
        ({"requests_per_second": 19.5}, "invalid"),
        ({"requests_per_second": 19.5, "due": SLOW}, "invalid"),
        ({"requests_per_second": 4, "due": SLOW, "sent": SLOW}, "fail"),
        ({"requests_per_second": 4, "error_rate": 0.5}, "fail"),
        ({"lag_p99_ms": 40}, "pass"),
        ({"lag_p99_ms": 41}, "pass"),  # for a moment, and in the latencies that passed
        ({"lag_p50_ms": 10}, "pass"),
        ({"lag_p50_ms": 11}, "invalid"),
        ({"lag_p99_ms": 41, "due": SLOW}, "invalid"),
        ({"lag_p99_ms": 40, "due": SLOW}, "fail"),
        ({"lag_p99_ms": 401, "due": SLOW, "sent": SLOW}, "invalid"),  # it may be the lag alone
        ({"lag_p99_ms": 41, "due": SLOW, "sent": SLOW}, "fail"),
        ({"cpu": 0.8}, "pass"),
        ({"cpu": 0.9}, "invalid"),
        ({"cpu": 0.9, "due": SLOW, "sent": SLOW}, "invalid"),
        ({"requests_per_second": 2, "planned_rate": 2}, "invalid"),
    ],
)
def test_what_the_generator_did_is_not_held_against_the_application(
    change: dict[str, Any], outcome: str
) -> None:
    assert judge(replace(GOOD, **change), OBJECTIVES).outcome == outcome


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (
            {"requests_per_second": 10, "cpu": 1.0},
            "Only 10.0/s of the planned 20.0/s were sent in time, though the answers alone were "
            "fast enough. --workers 3 would do, on a computer of more than its 2 cores",
        ),
        ({"cpu": 1.0}, "The generator used 100 % of its core. --workers 2 would do;"),
        (
            {"lag_p50_ms": 60, "cpu": 0.6},
            "The generator itself was late by 60 ms (p50). --workers 2 would do;",
        ),
        (
            {"lag_p99_ms": 60, "cpu": 0.1, "due": SLOW},
            "The generator itself was late by up to 60 ms (p99). More workers would not help",
        ),
        (
            {"requests_per_second": 10, "sent": replace(QUICK, max_ms=900), "users": 5},
            "Only 10.0/s of the planned 20.0/s were sent in time, though the answers alone were "
            "fast enough. --users 19 would do",
        ),
    ],
)
def test_a_generator_that_cannot_keep_up_says_what_would_do(
    change: dict[str, Any], told: str
) -> None:
    verdict = judge(replace(GOOD, cores=2, **change), OBJECTIVES)
    assert verdict.outcome is Outcome.INVALID
    assert verdict.reasons[0].startswith(told)


def test_each_objective_has_a_line_that_says_by_how_much() -> None:
    measured = replace(GOOD, due=replace(QUICK, p95_ms=282), error_rate=0.004)
    assert [f.line for f in judge(measured, OBJECTIVES).findings] == [
        "p50 20 ms <= 100 ms (-80 %)",
        "p95 282 ms > 200 ms (+41 %)",
        "p99 80 ms <= 400 ms (-80 %)",
        "error rate 0.40 % <= 1.00 % (-60 %)",
        "requests per second 20.0/s >= 5.0/s (+300 %)",
    ]


def test_a_fail_gives_the_lines_of_what_failed() -> None:
    verdict = judge(replace(GOOD, due=SLOW), OBJECTIVES)
    assert verdict.reasons == ("p99 800 ms > 400 ms (+100 %)",)


def test_what_was_not_measured_is_called_so() -> None:
    nothing = Percentiles(p50_ms=nan, p95_ms=nan, p99_ms=nan)
    verdict = judge(replace(GOOD, samples=0, due=nothing, sent=nothing), OBJECTIVES)
    assert verdict.findings[0].outcome is Outcome.INVALID
    assert verdict.findings[0].line == "p50 was not measured (limit 100 ms)"
    assert verdict.reasons == ("There are no samples.",)


def test_a_limit_of_nothing_can_be_kept_and_broken() -> None:
    strict = replace(OBJECTIVES, error_rate=0.0)
    assert judge(GOOD, strict).outcome is Outcome.PASS
    assert judge(replace(GOOD, error_rate=0.001), strict).outcome is Outcome.FAIL


def test_a_rate_that_was_never_asked_for_is_not_a_failure() -> None:
    measured = replace(GOOD, requests_per_second=2, planned_rate=2)
    verdict = judge(measured, OBJECTIVES)
    assert verdict.findings[-1].outcome is Outcome.INVALID
    assert verdict.reasons == ("The planned 2.0/s cannot prove 5.0/s. Use a higher rate.",)
