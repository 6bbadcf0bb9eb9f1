"""Contracts drafted from an OpenAPI document or a recording are JSON Schemas that hold."""

import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft202012Validator

from staging.errors import ConfigurationError
from staging.rules.contracts import recorded, schema
from staging.rules.openapi import drafted

SHOP = Path(__file__).parents[3] / "examples" / "bookshop"


def document(**operation: Any) -> dict[str, Any]:
    return {"openapi": "3.1.0", "paths": {"/a": {"get": operation}}}


def answer(schema: object) -> dict[str, Any]:
    return {"responses": {"200": {"content": {"application/json": {"schema": schema}}}}}


def test_the_bookshops_contracts_are_those_of_its_document() -> None:
    found = drafted(yaml.safe_load((SHOP / "openapi.yaml").read_text()))
    assert found.endpoints == json.loads((SHOP / "checks" / "endpoints.json").read_text())
    files = (SHOP / "checks" / "contracts").glob("*.json")
    assert found.contracts == {path.stem: json.loads(path.read_text()) for path in files}
    for contract in found.contracts.values():
        Draft202012Validator.check_schema(contract)


def test_a_form_that_stands_in_the_answer_gets_a_file_of_its_own() -> None:
    found = drafted(document(**answer({"type": "object", "nullable": True})))
    assert found.endpoints["GET /a"]["answers"] == {"200": "get-a-200"}
    assert found.contracts["get-a-200"]["type"] == ["object", "null"]


def test_references_lead_to_files_and_nullable_ones_may_be_null() -> None:
    nullable = {"$ref": "#/components/schemas/My.Thing", "nullable": True}
    whole = document(**answer({"type": "array", "items": nullable}))
    whole["components"] = {"schemas": {"My.Thing": {"type": "string"}}}
    found = drafted(whole)
    items = found.contracts["get-a-200"]["items"]
    assert items == {"anyOf": [{"$ref": "My-Thing.json"}, {"type": "null"}]}


def test_what_is_guarded_and_what_a_query_takes_is_told() -> None:
    asked = {"name": "day", "in": "query", "required": True, "example": "2026-03-01"}
    other = {"name": "page", "in": "query"}
    found = drafted(document(**answer({}), security=[{"bearer": []}], parameters=[asked, other]))
    entry = found.endpoints["GET /a"]
    assert entry == {"answers": {"200": ""}, "guarded": True, "query": {"day": "2026-03-01"}}


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"swagger": "2.0"}, "no OpenAPI 3"),
        (document(responses={"404": {}}), "no answer with a status such as 200"),
        (document(responses={"200": {"$ref": "#/components/responses/x"}}), "not in the document"),
        (
            document(**answer({}), parameters=[{"name": "d", "in": "query", "required": True}]),
            "required, without an example",
        ),
    ],
)
def test_a_document_that_does_not_say_enough_is_refused(wrong: dict[str, Any], told: str) -> None:
    with pytest.raises(ConfigurationError, match=told):
        drafted(wrong)


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([1, 2], {"type": "integer"}),
        ([1, 2.5], {"type": "number"}),
        ([True, None], {"type": ["boolean", "null"]}),
        ([[]], {"type": "array"}),
        ([[], ["a"]], {"type": "array", "items": {"type": "string"}}),
    ],
)
def test_a_schema_describes_all_values(values: list[object], expected: dict[str, Any]) -> None:
    assert schema(values) == expected


def test_a_field_that_not_every_object_has_is_not_required() -> None:
    found = schema([{"a": 1, "b": "x"}, {"a": 2}, None])
    (whole,) = (each for each in found["anyOf"] if each["type"] == "object")
    assert (whole["required"], sorted(whole["properties"])) == (["a"], ["a", "b"])


def entry(method: str, url: str, status: int, text: str) -> dict[str, Any]:
    content = {"status": status, "content": {"text": text}}
    return {"request": {"method": method, "url": url}, "response": content}


def test_a_recording_gives_one_endpoint_for_all_things_of_a_kind() -> None:
    entries = [
        entry("GET", "https://shop.example/books/1?x=1", 200, '{"id": 1}'),
        entry("GET", "https://shop.example/books/22", 200, '{"id": 22, "old": true}'),
        entry("GET", "https://shop.example/books/9", 404, '{"error": "no"}'),
        entry("GET", "https://shop.example/", 200, "<html>"),
    ]
    found = recorded({"log": {"entries": entries}})
    answers = {"200": "get-books-id-200", "404": "get-books-id-404"}
    assert found.endpoints == {
        "GET /books/{id}": {"answers": answers},
        "GET /": {"answers": {"200": ""}},
    }
    assert found.contracts["get-books-id-200"]["required"] == ["id"]


@pytest.mark.parametrize("har", [{}, {"log": {"entries": [{}]}}, {"log": []}])
def test_what_is_no_recording_is_refused(har: dict[str, Any]) -> None:
    with pytest.raises(ConfigurationError, match="no HAR file"):
        recorded(har)
