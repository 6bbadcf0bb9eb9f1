"""The application's interface as an OpenAPI 3.1 document, from the table and the contracts.

`python -m smoke.openapi` prints it.
"""

import json
import re
from collections.abc import Mapping
from typing import Any

from smoke import bodies
from smoke.contract import FOLDER
from staging.rules.endpoints import ENDPOINTS, Endpoint

Document = dict[str, Any]
SCHEMAS = "#/components/schemas/"
BEARER = "bearer"
UNLIMITED = ("/", "/dashboard", "/settings", "/welcome", "/config.js")
"""Files, which the rate limit leaves alone."""

WORDS = {
    200: "As asked",
    201: "Made",
    204: "Done; there is no more to say",
    400: "The request is wrong",
    401: "No token, or a bad one",
    403: "Somebody else's",
    404: "There is no such thing",
    409: "Too late: it has changed or ended",
    429: "Too many requests from this address",
    503: "The database is down",
}


def document(endpoints: Mapping[str, Endpoint] = ENDPOINTS) -> Document:
    """The whole document."""
    paths: dict[str, Document] = {}
    for endpoint in endpoints.values():
        method, path = endpoint.request.split(" ")
        paths.setdefault(path, {})[method.lower()] = _operation(endpoint)
    return {
        "openapi": "3.1.0",
        "info": {"title": "Blue Banded Bee, as it is promised", "version": "1"},
        "paths": paths,
        "components": {
            "schemas": schemas(),
            "securitySchemes": {
                BEARER: {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}
            },
        },
    }


def schemas() -> dict[str, Document]:
    """Every contract by its name, each referring to the others within the document."""
    found = {path.stem: json.loads(path.read_text()) for path in sorted(FOLDER.glob("*.json"))}
    return {name: _within(contract) for name, contract in found.items()}


def refusals(endpoint: Endpoint) -> tuple[int, ...]:
    """The statuses of errors that an endpoint promises."""
    path = endpoint.request.split(" ")[1]
    found = set()
    if endpoint.request in bodies.BODIES or endpoint.request in bodies.QUERIES or "{" in path:
        found.add(400)
    if endpoint.guarded or endpoint.request == "POST /v1/auth/register":
        found.add(401)
    if endpoint.request in bodies.FOREIGN:
        found.add(403)
    if "{" in path:
        found.add(404)
    if endpoint.request in bodies.CONFLICTS:
        found.add(409)
    if path not in UNLIMITED:
        found.add(429)
    if path == "/health/db":
        found.add(503)
    return tuple(sorted(found - set(endpoint.statuses)))


def _operation(endpoint: Endpoint) -> Document:
    statuses = [status for status in endpoint.statuses if status < 400]
    refused = [status for status in endpoint.statuses if status >= 400]
    answers = {str(status): _answer(status, endpoint.contract) for status in statuses}
    for status in (*refused, *refusals(endpoint)):
        answers[str(status)] = _answer(status, "" if status == 503 else "error")
    operation: Document = {
        "operationId": _identifier(endpoint.request),
        "parameters": _parameters(endpoint.request),
        "responses": answers,
    }
    if body := bodies.BODIES.get(endpoint.request):
        operation["requestBody"] = {"required": True, "content": _json(body)}
    if endpoint.guarded:
        operation["security"] = [{BEARER: []}]
    return operation


def _identifier(request: str) -> str:
    return re.sub(r"\W+", "-", request.lower()).strip("-")


def _parameters(request: str) -> list[Document]:
    places = re.findall(r"{(\w+)}", request)
    query = bodies.QUERIES.get(request, {})
    return [
        *(
            {"name": name, "in": "path", "required": True, "schema": bodies.PLACES[name]}
            for name in places
        ),
        *({"name": name, "in": "query", "schema": schema} for name, schema in query.items()),
    ]


def _answer(status: int, contract: str) -> Document:
    answer: Document = {"description": WORDS[status]}
    if contract and status != 204:
        answer["content"] = _json({"$ref": SCHEMAS + contract})
    return answer


def _json(schema: bodies.Schema) -> Document:
    return {"application/json": {"schema": schema}}


def _within(found: Any) -> Any:  # noqa: ANN401 - any JSON
    """The same with references to files made references within the document."""
    if isinstance(found, list):
        return [_within(each) for each in found]
    if not isinstance(found, dict):
        return found
    kept = {key: _within(value) for key, value in found.items() if key != "$schema"}
    if isinstance(kept.get("$ref"), str):
        kept["$ref"] = SCHEMAS + kept["$ref"].removesuffix(".json")
    return kept


def main() -> None:
    """Print it."""
    print(json.dumps(document(), indent=2))


if __name__ == "__main__":
    main()
