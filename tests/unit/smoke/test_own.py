"""An application's own endpoints, contracts and checks, as a folder holds them."""

import json
from pathlib import Path

import pytest

from smoke import own
from smoke.answer import Answer
from smoke.checklist import OWN, line_of
from smoke.ledger import Ledger
from smoke.own import Own
from smoke.verdict import Check, judge, verdict
from staging.errors import ConfigurationError

CONTRACT = {"type": "object", "required": ["id"]}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "contracts").mkdir()
    (tmp_path / "contracts" / "book.json").write_text(json.dumps(CONTRACT))
    told = {"GET /books/{id}": {"answers": {"200": "book", "404": ""}}}
    (tmp_path / "endpoints.json").write_text(json.dumps(told))
    return tmp_path


def read(folder: Path) -> Own:
    return own.read({"SMOKE_CHECKS": str(folder)})


def answer(status: int, body: object) -> Answer:
    text = json.dumps(body)
    return Answer(
        where="GET /books/1", status=status, headers={}, text=text, body=body, seconds=0.1
    )


@pytest.mark.parametrize(
    ("status", "body", "told"),
    [
        (200, {"id": 1}, ""),
        (404, None, ""),
        (200, {"di": 1}, "the field id"),
        (200, None, "expected type object"),
        (500, {}, "expected status 200 or 404, got 500"),
    ],
)
def test_an_answer_is_held_against_its_own_promise(
    folder: Path, status: int, body: object, told: str
) -> None:
    found = list(read(folder).broken("GET /books/{id}", answer(status, body), strict=False))
    assert told in str(found[0]) if told else not found


def test_an_own_endpoint_is_not_one_without_a_contract(folder: Path) -> None:
    for known, number in ((read(folder), 0), (Own(), 1)):
        ledger = Ledger(own=known)
        ledger.note("GET /books/{id}", answer(200, {"id": 1}))
        assert len(ledger.unpromised()) == number


def test_no_folder_is_no_line_and_a_folder_without_proof_is_invalid() -> None:
    passed = [
        Check(line=name, name="x", outcome="passed", seconds=0)
        for name in ("starts", "database", "endpoints", "workers", "jobs", "cache")
    ]
    assert own.read({}) == Own()
    assert verdict(judge(passed)) == "pass"
    assert verdict(judge(passed, own=True)) == "invalid"


@pytest.mark.parametrize(
    ("nodeid", "line"),
    [
        ("examples/bookshop/checks/test_jobs.py::test_a", OWN.name),
        ("../elsewhere/test_cache.py::test_a", OWN.name),
        ("smoke/test_own.py::test_a", OWN.name),
        ("smoke/test_jobs_seen.py::test_a", "jobs"),
    ],
)
def test_what_stands_elsewhere_is_the_applications_own(nodeid: str, line: str) -> None:
    assert line_of(nodeid) == line


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("{", "cannot be read"),
        ("[]", "cannot be read"),
        ('{"GET /a": {}}', "cannot be read"),
        ('{"GET /a": {"answers": {"200": "nowhere"}}}', "there is no contract nowhere"),
    ],
)
def test_a_folder_that_does_not_fit_together_is_a_mistake(
    folder: Path, content: str, told: str
) -> None:
    (folder / "endpoints.json").write_text(content)
    with pytest.raises(ConfigurationError, match=told):
        read(folder)


@pytest.mark.parametrize("content", ["{", '{"type": "nothing"}'])
def test_a_contract_that_is_none_is_a_mistake(folder: Path, content: str) -> None:
    (folder / "contracts" / "book.json").write_text(content)
    with pytest.raises(ConfigurationError, match=r"book\.json is no JSON Schema"):
        read(folder)


def test_a_folder_that_is_not_there_is_a_mistake(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="there is no folder"):
        read(tmp_path / "none")
