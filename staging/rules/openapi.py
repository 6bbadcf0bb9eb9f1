"""What an OpenAPI document promises, as endpoints and contracts that smoke checks. Pure."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from staging.errors import ConfigurationError
from staging.rules.contracts import DIALECT, Drafted

METHODS = ("get", "head", "post", "put", "patch", "delete")
SCHEMAS = "#/components/schemas/"
JSON = re.compile(r"application/([\w.+-]+\+)?json")


def drafted(document: Mapping[str, Any]) -> Drafted:
    """Every path and method, and each schema that an answer is made of."""
    if not str(document.get("openapi", "")).startswith("3."):
        raise ConfigurationError("The document is no OpenAPI 3: it does not say `openapi: 3.…`.")
    found = Drafted()
    schemas = (document.get("components") or {}).get("schemas") or {}
    for name, schema in schemas.items():
        found.contracts[_file(name)] = DIALECT | _rewritten(schema)
    for path, item in (document.get("paths") or {}).items():
        for method in METHODS:
            if method in item:
                operation = item[method]
                request = f"{method.upper()} {path}"
                found.endpoints[request] = _endpoint(request, operation, item, document, found)
    return found


def _endpoint(
    request: str,
    operation: Mapping[str, Any],
    item: Mapping[str, Any],
    document: Mapping[str, Any],
    found: Drafted,
) -> dict[str, Any]:
    answers = {}
    for status, answer in (operation.get("responses") or {}).items():
        if str(status).isdecimal():
            resolved = _resolved(answer, document)
            answers[str(status)] = _contract(request, str(status), resolved, found)
    if not any(status.startswith("2") or status.startswith("3") for status in answers):
        raise ConfigurationError(f"{request} has no answer with a status such as 200.")
    entry: dict[str, Any] = {"answers": answers}
    if operation.get("security", document.get("security")):
        entry["guarded"] = True
    given = [*item.get("parameters", ()), *operation.get("parameters", ())]
    if query := dict(_query(_resolved(each, document) for each in given)):
        entry["query"] = query
    return entry


def _query(parameters: Iterator[Mapping[str, Any]]) -> Iterator[tuple[str, str]]:
    """What a request cannot do without, by the document's own example."""
    for each in parameters:
        if each.get("in") == "query" and each.get("required"):
            schema = each.get("schema") or {}
            example = each.get("example", schema.get("example", schema.get("default")))
            if example is None:
                problem = f"The query parameter {each.get('name')} is required, without an example."
                raise ConfigurationError(problem, remedy="Give it an `example` in the document.")
            yield str(each["name"]), str(example)


def _contract(request: str, status: str, answer: Mapping[str, Any], found: Drafted) -> str:
    """The name of the file that says how this answer's JSON is; empty if it is none."""
    content = answer.get("content") or {}
    kind = next((name for name in content if JSON.match(name)), None)
    schema = content[kind].get("schema") if kind else None
    if not schema:
        return ""
    reference = schema.get("$ref", "")
    if reference.startswith(SCHEMAS):
        return _file(reference.removeprefix(SCHEMAS))
    name = _file(f"{request} {status}".lower())
    found.contracts[name] = DIALECT | _rewritten(schema)
    return name


def _resolved(value: Mapping[str, Any], document: Mapping[str, Any]) -> Mapping[str, Any]:
    reference = value.get("$ref")
    if not isinstance(reference, str):
        return value
    place: Any = document
    for step in reference.removeprefix("#/").split("/"):
        if not isinstance(place, dict) or step not in place:
            problem = f"{reference} is not in the document."
            raise ConfigurationError(problem, remedy="Bundle the document into one file first.")
        place = place[step]
    found: Mapping[str, Any] = place
    return found


def _rewritten(schema: Any) -> Any:  # noqa: ANN401 - any JSON
    """The same as JSON Schema 2020-12: references to files, OpenAPI 3.0's nullable as a type."""
    if isinstance(schema, list):
        return [_rewritten(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    found = {key: _rewritten(value) for key, value in schema.items() if key != "nullable"}
    reference = found.get("$ref")
    if isinstance(reference, str) and reference.startswith(SCHEMAS):
        found["$ref"] = f"{_file(reference.removeprefix(SCHEMAS))}.json"
    if schema.get("nullable") is True:
        return _or_null(found)
    return found


def _or_null(schema: dict[str, Any]) -> dict[str, Any]:
    if isinstance(schema.get("type"), str) and "enum" not in schema:
        return schema | {"type": [schema["type"], "null"]}
    return {"anyOf": [schema, {"type": "null"}]}


def _file(name: str) -> str:
    return re.sub(r"[^A-Za-z0-9]+", "-", name).strip("-")
