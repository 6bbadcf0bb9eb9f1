"""From outcomes to a verdict."""

from datetime import UTC, datetime
from itertools import product
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from smoke.checklist import LINES, line_of, title_of
from smoke.parts import LEFT_OUT
from smoke.report import Run, document, text
from smoke.verdict import Check, Outcome, judge, unproved, verdict, worse
from tests.unit.smoke.documents import SCHEMA


def check(line: str, outcome: Outcome, reason: str = "", *, part: str = "") -> Check:
    return Check(line=line, name="a check", outcome=outcome, seconds=0.5, reason=reason, part=part)


PASSED = [check(line.name, "passed") for line in LINES]


def test_all_lines_proved_is_a_pass() -> None:
    assert verdict(judge(PASSED)) == "pass"


def test_a_check_that_was_not_run_beside_one_that_passed_is_a_pass() -> None:
    assert verdict(judge([*PASSED, check("jobs", "not run", "no token")])) == "pass"


@pytest.mark.parametrize("line", [line.name for line in LINES])
def test_one_failure_fails_its_line_and_the_whole(line: str) -> None:
    judged = judge([*PASSED, check(line, "failed", "broken")])
    assert {j.line.name for j in judged if j.verdict == "fail"} == {line}
    assert verdict(judged) == "fail"


@pytest.mark.parametrize("line", [line.name for line in LINES])
def test_a_line_without_proof_makes_the_whole_invalid(line: str) -> None:
    judged = judge([c for c in PASSED if c.line != line] + [check(line, "not run", "no token")])
    assert [j.verdict for j in judged if j.line.name == line] == ["not proved"]
    assert verdict(judged) == "invalid"


OUT = [check(line.name, "not run", LEFT_OUT) for line in LINES]
HEALTH, PLANS = "GET /health", "GET /v1/plans"


def test_a_line_that_is_left_out_as_a_whole_makes_nothing_invalid() -> None:
    judged = judge([*OUT, check("starts", "passed", part=HEALTH)])
    assert [line.verdict for line in judged] == ["pass", *["left out"] * 5]
    assert verdict(judged, [HEALTH]) == "pass"


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        ([], "invalid"),  # nothing was run at all
        ([check("starts", "passed")], "invalid"),  # something was, but nothing of what is named
        ([check("starts", "passed", part=HEALTH)], "invalid"),  # one of two
        ([check("jobs", "not run", "no token"), *PASSED], "invalid"),
        ([check("jobs", "not run", "no token", part=PLANS), *PASSED], "invalid"),
        ([check("starts", "failed", "500", part=HEALTH)], "fail"),
        ([check("starts", "passed", part=p) for p in (HEALTH, PLANS)], "pass"),
    ],
)
def test_every_part_that_is_named_must_be_proved(more: list[Check], expected: str) -> None:
    assert verdict(judge([*OUT, *more]), [HEALTH, PLANS]) == expected


def test_a_line_of_which_some_is_left_out_and_the_rest_not_run_is_not_proved() -> None:
    judged = judge([*OUT, *PASSED[1:5], check("cache", "not run", "no token")])
    assert judged[-1].verdict == "not proved"


def test_a_part_that_failed_is_not_among_those_of_which_nothing_is_known() -> None:
    judged = judge([check("starts", "failed", "500", part=HEALTH)])
    assert unproved(judged, [HEALTH, PLANS]) == (PLANS,)


def test_of_two_phases_the_part_is_kept() -> None:
    both = worse(check("jobs", "passed", part=PLANS), check("jobs", "failed", part=PLANS))
    assert both.part == PLANS


def test_nothing_at_all_is_invalid() -> None:
    assert verdict(judge([])) == "invalid"
    assert verdict(judge(OUT)) == "invalid"


def test_a_failure_outweighs_what_is_not_proved() -> None:
    assert verdict(judge([check("starts", "failed", "silent")])) == "fail"


ORDER: tuple[Outcome, ...] = ("passed", "not run", "failed")


@pytest.mark.parametrize(("first", "second"), [*product(ORDER, ORDER)])
def test_of_two_phases_the_worse_counts(first: Outcome, second: Outcome) -> None:
    both = worse(check("jobs", first), check("jobs", second))
    assert both.outcome == max(first, second, key=ORDER.index)
    assert both.seconds == 1.0


def test_a_checks_name_is_its_sentence() -> None:
    nodeid = "smoke/test_jobs.py::test_a_job_is_cancelled[POST]"
    assert (line_of(nodeid), title_of(nodeid)) == ("jobs", "a job is cancelled [POST]")


def run(*checks: Check) -> Run:
    started = datetime(2026, 11, 22, tzinfo=UTC)
    return Run(url="http://127.0.0.1:1", started=started, seconds=1.25, lines=judge(checks))


@pytest.mark.parametrize("checks", [[], PASSED, [check("jobs", "failed", "broken")]])
def test_the_document_meets_its_schema(checks: list[Check]) -> None:
    assert not list(Draft202012Validator(SCHEMA).iter_errors(document(run(*checks))))


def test_a_failure_without_a_reason_does_not_meet_the_schema() -> None:
    told: dict[str, Any] = document(run(check("jobs", "failed")))
    assert list(Draft202012Validator(SCHEMA).iter_errors(told))


def test_the_text_has_a_line_for_each_promise_and_each_failure() -> None:
    lines = list(text(run(*PASSED, check("jobs", "failed", "GET /: expected 200, got 500"))))
    assert [line.split()[0] for line in lines[:6]] == ["pass"] * 4 + ["fail", "pass"]
    assert lines[6] == "FAILED jobs: a check: GET /: expected 200, got 500"
    assert lines[-1] == "smoke: fail in 1.2 s, http://127.0.0.1:1"


def test_what_was_not_run_is_counted_by_its_reason() -> None:
    skipped = [check("jobs", "not run", "no token")] * 2
    assert "not run: 2 checks: no token" in list(text(run(*PASSED, *skipped)))


def test_a_declared_failure_fails_nothing_and_proves_nothing() -> None:
    declared = check("jobs", "allowed", "allowed until tomorrow")
    assert verdict(judge([*PASSED, declared])) == "pass"
    others = [c for c in PASSED if c.line != "jobs"]
    assert verdict(judge([*others, declared])) == "invalid"


def test_a_line_that_the_mode_leaves_out_makes_nothing_invalid() -> None:
    quick = [check(line.name, "not run", "--quick leaves it out") for line in LINES[3:]]
    judged = judge([*PASSED[:3], *quick])
    assert [line.verdict for line in judged] == ["pass"] * 3 + ["left out"] * 3
    assert verdict(judged) == "pass"
