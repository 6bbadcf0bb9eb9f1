"""The contracts, held against what the real application answered."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from smoke.contract import FOLDER, violations
from staging.rules.endpoints import ENDPOINTS

RECORDED = Path(__file__).parents[2] / "recorded" / "app.json"
RUNS: list[dict[str, Any]] = json.loads(RECORDED.read_text())["runs"]
JOB = next(run["response"] for run in RUNS if run["request"].endswith("/cancel"))


def contract_of(run: dict[str, Any]) -> str:
    if run["status"] >= 400:
        return "error"
    request = run["request"].partition("?")[0]
    patterns = {re.sub(r"\\{\w+\\}", "[^/]+", re.escape(name)): name for name in ENDPOINTS}
    return next(ENDPOINTS[n].contract for p, n in patterns.items() if re.fullmatch(p, request))


@pytest.mark.parametrize("run", RUNS, ids=lambda run: f"{run['request']} {run['status']}")
def test_the_real_applications_answers_keep_the_contract(run: dict[str, Any]) -> None:
    assert violations(contract_of(run), run["response"]) == []


@pytest.mark.parametrize("run", RUNS, ids=lambda run: f"{run['request']} {run['status']}")
def test_an_answer_of_another_form_breaks_every_contract(run: dict[str, Any]) -> None:
    assert violations(contract_of(run), {"smoke": 1})


def test_a_violation_names_the_place_and_both_sides() -> None:
    broken = {**JOB, "data": {"id": "smoke", "status": "running"}}
    found = {(v.place, v.expected, v.got) for v in violations("cancelled", broken)}
    assert found == {
        ("$.data.id", "format uuid", "smoke"),
        ("$.data.status", "const cancelled", "running"),
    }


def test_a_field_that_is_missing_is_named() -> None:
    (found,) = violations("cancelled", {**JOB, "data": {"status": "cancelled"}})
    assert (found.place, found.expected) == ("$.data", "the field id")


def test_new_fields_are_tolerated() -> None:
    assert violations("cancelled", {**JOB, "data": {**JOB["data"], "new": 1}, "newer": 2}) == []


@pytest.mark.parametrize("said", ["pq: no such table", "in /app/main.go", "panic: nil map"])
def test_a_refusal_that_shows_its_inner_workings_breaks_the_contract(said: str) -> None:
    refusal = {"status": 400, "code": "BAD_REQUEST", "message": said, "request_id": "1"}
    assert [v.place for v in violations("error", refusal)] == ["$.message"]


@pytest.mark.parametrize(
    ("text", "good"),
    [
        ("2026-11-22T23:31:08.702120884Z", True),
        ("2026-11-22T23:31:08+10:00", True),
        ("2026-11-22T23:31:08", False),
        ("2026-13-22T23:31:08Z", False),
        ("yesterday", False),
    ],
)
def test_timestamps_have_a_zone_and_a_date_that_exists(text: str, good: bool) -> None:
    body = {"status": "healthy", "timestamp": text, "service": "postgresql"}
    assert (violations("database-health", body) == []) is good


@pytest.mark.parametrize(
    ("data", "good"),
    [
        ({"exists": False}, True),
        ({"exists": True}, False),
        ({}, False),
        ({"token": "x" * 16, "share_link": "https://a.example/shared/jobs/x"}, True),
    ],
)
def test_a_job_without_a_share_link_has_none_to_tell(data: dict[str, object], good: bool) -> None:
    document = {"status": "success", "message": "m", "data": data}
    assert (violations("share-link", document) == []) is good


def test_every_contract_file_is_used() -> None:
    texts = [path.read_text() for path in FOLDER.glob("*.json")]
    referred = set(re.findall(r'"\$ref": "([\w-]+)\.json"', "".join(texts)))
    named = {endpoint.contract for endpoint in ENDPOINTS.values()} | referred | {"error"}
    assert {path.stem for path in FOLDER.glob("*.json")} == named - {""}


@pytest.mark.parametrize("run", RUNS, ids=lambda run: f"{run['request']} {run['status']}")
def test_the_real_applications_answers_have_no_field_without_a_contract(
    run: dict[str, Any],
) -> None:
    assert violations(contract_of(run), run["response"], strict=True) == []


@pytest.mark.parametrize("where", [(), ("data",)])
def test_a_new_field_is_not_tolerated_where_contracts_are_strict(where: tuple[str, ...]) -> None:
    document = json.loads(json.dumps(JOB))
    place = document
    for step in where:
        place = place[step]
    place["newer"] = 1
    (found,) = violations("cancelled", document, strict=True)
    assert found.place == ".".join(["$", *where])
    assert found.expected == "no field without a contract"
    assert "'newer'" in found.got
