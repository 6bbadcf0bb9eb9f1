import json
from dataclasses import replace
from math import isnan
from pathlib import Path

import pytest
from jsonschema import validate

from loadtests.document import NAME, PAGE, SUMMARY, document, prepare, write
from loadtests.latency import Recorder
from loadtests.mix import Omitted
from loadtests.result import Result, endpoints, measure
from loadtests.schedule import Departure
from loadtests.text import progress, text
from staging.errors import ConfigurationError
from staging.inventory import Objectives
from staging.rules.objectives import judge

SCHEMA = json.loads((Path(__file__).parents[3] / "loadtests" / "report.schema.json").read_text())
OBJECTIVES = Objectives(
    p50_ms=10, p95_ms=20, p99_ms=30, error_rate=0.01, requests_per_second=1, minimum_samples=2
)


def result(*took: float, error: str = "") -> Result:
    recorder = Recorder()
    for ms in took:
        departure = Departure(late_ms=0.0, foreseen=True, in_time=True)
        recorder.record("GET /health", departure=departure, took_ms=ms, error=error)
    measured = measure(recorder, seconds=2.0, planned_rate=2.0, cpu=0.1)
    return Result(
        url="http://127.0.0.1:1",
        started_at="2026-11-23T00:00:00+00:00",
        seconds=2.0,
        users=1,
        planned=4,
        measured=measured,
        errors=recorder.errors,
        verdict=judge(measured, OBJECTIVES),
        endpoints=endpoints(recorder),
        not_run=(Omitted(name="POST /v1/jobs", reason="no domain"),),
        notes=(),
        warnings=("One job is left.",),
        partial=False,
    )


@pytest.mark.parametrize("took", [(), (1.0, 2.0, 3.0, 4.0), (100.0, 100.0, 100.0, 100.0)])
def test_every_report_meets_its_schema(took: tuple[float, ...]) -> None:
    validate(document(result(*took)), SCHEMA)


def test_the_report_names_all_that_the_schema_does() -> None:
    own = {"capacity", "workers", "deploy"}  # of the profiles that have a finding of their own
    own |= {"comparison", "baseline"}  # of a run that is not the first
    own |= {"crew"}  # of one that several carry
    assert document(result()).keys() == SCHEMA["properties"].keys() - own


def test_without_samples_nothing_was_measured() -> None:
    assert isnan(result().measured.requests_per_second)
    assert document(result())["verdict"] == "invalid"
    assert "p50 was not measured" in text(result())


def test_part_of_a_run_is_never_a_pass() -> None:
    whole = result(1.0, 2.0, 3.0, 4.0)
    part = replace(whole, partial=True)
    assert (whole.outcome, part.outcome) == ("pass", "invalid")
    assert part.reasons == ("The run was interrupted.",)


def test_the_text_tells_verdict_reasons_causes_and_what_was_left_out() -> None:
    told = text(result(50.0, 50.0, 50.0, 50.0, error="status 500"))
    assert told.startswith("FAIL: load on http://127.0.0.1:1\n  p50 50 ms > 10 ms (+400 %)")
    assert "GET /health: 4 times status 500" in told
    assert "Not run: POST /v1/jobs: no domain" in told
    assert "Warning: One job is left." in told


def test_progress_says_what_the_last_seconds_gave() -> None:
    line = progress(passed=2.0, seconds=20, interval=2.0, latest=[1.0] * 40, errors=3)
    assert line == "  2 of 20 s: 20.0/s, p95 1 ms, 3 errors"
    late = progress(passed=21.0, seconds=20, interval=2.0, latest=[], errors=0)
    assert late == "  waiting for late answers: 0.0/s, no answers, 0 errors"


def test_the_last_report_does_not_outlive_the_start_of_the_next(tmp_path: Path) -> None:
    write(document(result()), tmp_path)
    prepare(tmp_path)
    assert list(tmp_path.iterdir()) == []
    write(document(result()), tmp_path)
    assert sorted(p.name for p in tmp_path.iterdir()) == [PAGE, NAME, SUMMARY]


def test_a_folder_that_cannot_be_made_is_a_wrong_setting(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(ConfigurationError):
        prepare(tmp_path / "file" / "reports")
