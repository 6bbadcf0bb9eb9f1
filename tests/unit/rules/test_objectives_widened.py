from dataclasses import replace
from math import nan
from typing import Any

import pytest

from staging.inventory import EndpointObjectives, Objectives
from staging.rules.objectives import Figure, Measured, Outcome, Percentiles, Share, judge

OBJECTIVES = Objectives(
    p50_ms=100,
    p95_ms=200,
    p99_ms=400,
    error_rate=0.01,
    requests_per_second=5,
    minimum_samples=100,
)
QUICK = Percentiles(p50_ms=20, p90_ms=30, p95_ms=40, p99_ms=80, p99_9_ms=90, max_ms=95)
JOBS = "GET /v1/jobs"
GOOD = Measured(
    samples=2000,
    error_rate=0.0,
    requests_per_second=20,
    planned_rate=20,
    due=QUICK,
    sent=QUICK,
    lag_p99_ms=1,
    cpu=0.1,
    endpoints={JOBS: Share(samples=400, error_rate=0.0, requests_per_second=4, due=QUICK)},
    resources={
        "queue_ms": Figure(value=50, samples=40),
        "query_ms": Figure(value=5, samples=8),
        "cpu": Figure(value=0.5, samples=20),
        "memory": Figure(value=0.6, samples=20),
    },
)


@pytest.mark.parametrize(
    ("asked", "outcome", "told"),
    [
        ({"p90_ms": 30}, "pass", "p90 30 ms <= 30 ms (+0 %)"),
        ({"p90_ms": 25}, "fail", "p90 30 ms > 25 ms (+20 %)"),
        ({"p99_9_ms": 89}, "fail", "p99.9 90 ms > 89 ms (+1 %)"),
        ({"p99_9_ms": 90}, "pass", "p99.9 90 ms <= 90 ms (+0 %)"),
        ({"max_ms": 50}, "fail", "max 95 ms > 50 ms (+90 %)"),
        ({"queue_ms": 40}, "fail", "time in queue 50 ms > 40 ms (+25 %)"),
        ({"query_ms": 4}, "fail", "query time 5.0 ms > 4.0 ms (+25 %)"),
        ({"query_ms": 6}, "pass", "query time 5.0 ms <= 6.0 ms (-17 %)"),
        ({"cpu": 0.4}, "fail", "CPU 50 % > 40 % (+25 %)"),
        ({"memory": 0.8}, "pass", "memory 60 % <= 80 % (-25 %)"),
    ],
)
def test_each_objective_that_is_set_is_judged(
    asked: dict[str, Any], outcome: str, told: str
) -> None:
    verdict = judge(GOOD, replace(OBJECTIVES, **asked))
    assert verdict.outcome == outcome
    assert told in [finding.line for finding in verdict.findings]
    assert (told in verdict.reasons) == (outcome == "fail")


@pytest.mark.parametrize(
    ("goals", "outcome", "told"),
    [
        ({"p95_ms": 50}, "pass", "GET /v1/jobs p95 40 ms <= 50 ms (-20 %)"),
        ({"p95_ms": 30}, "fail", "GET /v1/jobs p95 40 ms > 30 ms (+33 %)"),
        ({"error_rate": 0.0}, "pass", "GET /v1/jobs error rate 0.00 % <= 0.00 %"),
        (
            {"p99_9_ms": 500},  # of 400 samples nobody knows the slowest of a thousand
            "invalid",
            "GET /v1/jobs p99.9 90 ms <= 500 ms (-82 %): 400 samples, at least 1000 are needed",
        ),
        ({"p99_9_ms": 500, "minimum_samples": 400}, "pass", ""),
        ({"requests_per_second": 4}, "pass", ""),
        ({"requests_per_second": 6}, "invalid", ""),  # the mix never asked for so many
    ],
)
def test_an_endpoint_has_objectives_of_its_own(
    goals: dict[str, Any], outcome: str, told: str
) -> None:
    endpoints = {JOBS: EndpointObjectives(**goals)}
    verdict = judge(GOOD, replace(OBJECTIVES, endpoints=endpoints))
    assert verdict.outcome == outcome
    assert not told or told in [finding.line for finding in verdict.findings]


@pytest.mark.parametrize(
    ("asked", "change"),
    [
        ({"p90_ms": 100}, {"due": replace(QUICK, p90_ms=nan)}),
        ({"queue_ms": 100}, {"resources": {}}),
        ({"cpu": 0.9}, {"resources": {"cpu": Figure(value=nan, samples=20)}}),
        ({"endpoints": {"GET /v1/usage": EndpointObjectives(p95_ms=100)}}, {}),
    ],
)
def test_what_is_asked_and_was_not_measured_is_no_pass(
    asked: dict[str, Any], change: dict[str, Any]
) -> None:
    verdict = judge(replace(GOOD, **change), replace(OBJECTIVES, **asked))
    assert verdict.outcome is Outcome.INVALID
    assert "was not measured" in verdict.reasons[0]


def test_a_broken_objective_fails_whatever_else_is_not_known() -> None:
    verdict = judge(replace(GOOD, resources={}), replace(OBJECTIVES, p90_ms=10, queue_ms=100))
    assert verdict.outcome is Outcome.FAIL
    assert verdict.reasons == ("p90 30 ms > 10 ms (+200 %)",)


@pytest.mark.parametrize(("samples", "outcome"), [(41, "invalid"), (40, "pass"), (20, "pass")])
def test_each_objective_may_ask_for_more_samples(samples: int, outcome: str) -> None:
    asked = replace(OBJECTIVES, queue_ms=100, samples={"queue_ms": samples})
    assert judge(GOOD, asked).outcome == outcome


def test_the_slowest_of_a_thousand_takes_a_thousand() -> None:
    asked = replace(OBJECTIVES, p99_9_ms=100)
    assert judge(replace(GOOD, samples=1000), asked).outcome is Outcome.PASS
    assert judge(replace(GOOD, samples=999), asked).outcome is Outcome.INVALID
