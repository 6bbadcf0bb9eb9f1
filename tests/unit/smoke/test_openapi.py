"""The OpenAPI document is whole: every endpoint is in it and every reference leads somewhere."""

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from smoke import bodies
from smoke.contract import FOLDER
from smoke.openapi import document, refusals
from staging.rules.endpoints import ENDPOINTS, Endpoint

ROOT = Path(__file__).parents[3]
DOCUMENT = document()
OPERATIONS = {
    f"{method.upper()} {path}": operation
    for path, methods in DOCUMENT["paths"].items()
    for method, operation in methods.items()
}


def within(found: Any, key: str) -> Iterator[Any]:  # noqa: ANN401 - any JSON
    for name, value in found.items() if isinstance(found, dict) else ():
        if name == key:
            yield value
    each = found.values() if isinstance(found, dict) else found if isinstance(found, list) else ()
    for value in each:
        yield from within(value, key)


def test_every_endpoint_is_in_it() -> None:
    assert set(OPERATIONS) == set(ENDPOINTS)


def test_it_has_what_openapi_asks_for() -> None:
    assert DOCUMENT["openapi"] == "3.1.0"
    assert {"title", "version"} <= set(DOCUMENT["info"])
    ids = [operation["operationId"] for operation in OPERATIONS.values()]
    assert len(set(ids)) == len(ids)


@pytest.mark.parametrize("request_", OPERATIONS)
def test_an_operation_is_whole(request_: str) -> None:
    operation = OPERATIONS[request_]
    named = [p["name"] for p in operation["parameters"] if p["in"] == "path"]
    assert named == re.findall(r"{(\w+)}", request_)
    assert all(p["required"] for p in operation["parameters"] if p["in"] == "path")
    assert all(re.fullmatch("[2-5][0-9]{2}", status) for status in operation["responses"])
    assert all(answer["description"] for answer in operation["responses"].values())
    assert ("security" in operation) is ENDPOINTS[request_].guarded


def test_every_reference_leads_somewhere() -> None:
    references = list(within(DOCUMENT, "$ref"))
    assert len(references) > len(ENDPOINTS)
    for reference in references:
        place = DOCUMENT
        for step in reference.removeprefix("#/").split("/"):
            place = place[step]


def test_every_schema_is_one() -> None:
    for schema in (*within(DOCUMENT, "schema"), *DOCUMENT["components"]["schemas"].values()):
        Draft202012Validator.check_schema(schema)


def test_every_contract_is_in_it() -> None:
    assert set(DOCUMENT["components"]["schemas"]) == {p.stem for p in FOLDER.glob("*.json")}


@pytest.mark.parametrize("endpoint", ENDPOINTS.values(), ids=str)
def test_successes_have_their_contract_and_refusals_the_error(endpoint: Endpoint) -> None:
    answers = OPERATIONS[endpoint.request]["responses"]
    assert set(map(str, (*endpoint.statuses, *refusals(endpoint)))) == set(answers)
    for status, answer in answers.items():
        contract = endpoint.contract if status < "400" else "error"
        bare = not contract or status in {"204", "503"}
        schema = answer.get("content", {}).get("application/json", {}).get("schema")
        assert schema == (None if bare else {"$ref": f"#/components/schemas/{contract}"})


def test_bodies_and_queries_are_of_endpoints() -> None:
    for table in (bodies.BODIES, bodies.QUERIES, bodies.CONFLICTS, bodies.FOREIGN):
        assert set(table) <= set(ENDPOINTS)


def test_it_is_printed() -> None:
    argv = [sys.executable, "-m", "smoke.openapi"]
    done = subprocess.run(argv, cwd=ROOT, capture_output=True, text=True, timeout=60, check=True)
    assert json.loads(done.stdout) == DOCUMENT
