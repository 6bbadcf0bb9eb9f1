from math import isnan

import pytest

from loadtests.latency import Recorder, at, percentiles
from loadtests.schedule import Departure

PROMPT = Departure(late_ms=0.0, foreseen=True, in_time=True)
LATE = Departure(late_ms=500.0, foreseen=False, in_time=False)


@pytest.mark.parametrize(
    ("count", "fraction", "value"),
    [(100, 0.5, 50), (100, 0.95, 95), (100, 0.99, 99), (1, 0.99, 1), (2, 0.5, 1), (3, 0.5, 2)],
)
def test_percentiles_are_values_that_were_measured(
    count: int, fraction: float, value: float
) -> None:
    assert at(range(1, count + 1), fraction) == value


def test_without_samples_there_is_no_percentile() -> None:
    assert isnan(percentiles([]).p99_ms)


def test_a_request_that_left_late_took_longer_for_whoever_waited() -> None:
    recorder = Recorder()
    recorder.record("GET /health", departure=LATE, took_ms=20.0, error="")
    assert recorder.due().p50_ms == 520
    assert recorder.sent().p50_ms == 20


def test_only_lateness_of_the_idle_is_the_generators_lag() -> None:
    recorder = Recorder()
    recorder.record("GET /health", departure=LATE, took_ms=20.0, error="")
    recorder.record("GET /health", departure=PROMPT, took_ms=20.0, error="")
    assert list(recorder.lags) == [0.0]
    assert recorder.in_time == 1


def test_errors_are_counted_by_endpoint_and_cause() -> None:
    recorder = Recorder()
    for error in ("", "status 500", "status 500", "no answer in 10 s"):
        recorder.record("GET /v1/jobs", departure=PROMPT, took_ms=1.0, error=error)
    assert (recorder.samples, recorder.errors) == (4, 3)
    assert recorder.tallies["GET /v1/jobs"].causes == {"status 500": 2, "no answer in 10 s": 1}


def test_the_latest_latencies_are_told_once() -> None:
    recorder = Recorder()
    recorder.record("GET /health", departure=PROMPT, took_ms=7.0, error="")
    assert list(recorder.latest()) == [7.0]
    assert list(recorder.latest()) == []
