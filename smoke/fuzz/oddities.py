"""Values that have broken many an application, each put where the document asks for another."""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from smoke import bodies
from smoke.fuzz.examples import Example, example
from smoke.fuzz.harmless import LABEL, ONLY_MALFORMED, tamed
from staging.rules.endpoints import NOBODY

HUGE = 10**20
VALUES: tuple[object, ...] = (
    "\0",
    "\ud800",
    [],
    "x" * 5000,
    {"smoke": "fuzz"},
    HUGE,
    "'; --",
    -1,
    None,
    True,
    1.5,
    "\u202e\u0661",
)
IN_PATHS = ("%00", "%ED%A0%80", "x" * 2000, "%27%3B--", "%252F", "null", NOBODY.upper())
IN_QUERIES = ("", "\0", str(HUGE), "-1", "1e3", "'; --", "null", "0x10", "x" * 2000)


def oddities(request: str, *, domain: str | None) -> Iterator[Example]:
    """Requests of an endpoint with one odd value each, a place at a time in turn."""
    places = dict.fromkeys(re.findall(r"{(\w+)}", request), NOBODY)
    body = bodies.BODIES.get(request) if request not in ONLY_MALFORMED else None
    plain = tamed(request, _plain(body), number=0, domain=domain) if body else None
    for name in places:
        for value in IN_PATHS:
            yield _odd(request, {**places, name: value}, {}, plain)
    for value in IN_QUERIES:
        for name in bodies.QUERIES.get(request, {}):
            yield _odd(request, places, {name: value}, plain)
    for odd in VALUES if body else ():
        for name in body["properties"] if body else ():
            # Of three kinds of domain, the third keeps what is odd about it.
            number = 2 if name == "domain" else 0
            changed = {**(plain or {}), name: odd}
            yield _odd(request, places, {}, tamed(request, changed, number=number, domain=domain))


def _odd(request: str, ids: Mapping[str, str], query: Mapping[str, str], body: object) -> Example:
    # As JSON here: None is a body too.
    raw = None if body is None else json.dumps(body).encode()
    return example(request, ids=ids, query=query, body=raw, regular=False)


def _plain(schema: bodies.Schema) -> dict[str, Any]:
    """The least that the schema asks for."""
    return {name: _least(schema["properties"][name]) for name in schema["required"]}


def _least(schema: bodies.Schema) -> object:
    if "const" in schema:
        return schema["const"]
    if "enum" in schema:
        return schema["enum"][0]
    return NOBODY if schema.get("format") == "uuid" else LABEL
