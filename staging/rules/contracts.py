"""Contracts drafted from answers that were recorded: what all of one kind have in common. Pure."""

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from staging.errors import ConfigurationError

DIALECT = {"$schema": "https://json-schema.org/draft/2020-12/schema"}
ID = re.compile(r"\d+|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|[0-9a-f]{24,64}", re.IGNORECASE)
"""A step of a path that names one thing of many: a number, a UUID, a long hexadecimal."""


@dataclass(frozen=True, slots=True)
class Drafted:
    """What is to be written: endpoints.json, and contracts/NAME.json."""

    endpoints: dict[str, dict[str, Any]] = field(default_factory=dict)
    contracts: dict[str, dict[str, Any]] = field(default_factory=dict)


def recorded(har: Mapping[str, Any]) -> Drafted:
    """From a HAR file, as browsers and proxies save it: one contract for each kind of answer."""
    try:
        entries = [_entry(each) for each in har["log"]["entries"]]
    except (KeyError, TypeError, AttributeError, ValueError) as error:
        raise ConfigurationError(f"The recording is no HAR file: {error!r}.") from None
    bodies: dict[tuple[str, str], list[Any]] = {}
    for request, status, body in entries:
        bodies.setdefault((request, status), []).append(body)
    found = Drafted()
    for (request, status), seen in bodies.items():
        entry = found.endpoints.setdefault(request, {"answers": {}})
        documents = [body for body in seen if body is not None]
        name = re.sub(r"[^a-z0-9]+", "-", f"{request} {status}".lower()).strip("-")
        entry["answers"][status] = name if documents else ""
        if documents:
            found.contracts[name] = DIALECT | schema(documents)
    return found


def schema(values: Iterable[Any]) -> dict[str, Any]:
    """What describes all of the values: fields that every object has are required."""
    kinds: dict[str, list[Any]] = {}
    for value in values:
        kinds.setdefault(_kind(value), []).append(value)
    if kinds.keys() == {"integer", "number"}:
        kinds = {"number": []}
    described = [_described(kind, seen) for kind, seen in sorted(kinds.items())]
    if len(described) == 1:
        return described[0]
    if all(each.keys() == {"type"} for each in described):
        return {"type": [each["type"] for each in described]}
    return {"anyOf": described}


def _described(kind: str, values: list[Any]) -> dict[str, Any]:
    if kind == "object":
        names = sorted({name for value in values for name in value})
        fields = {name: schema(v[name] for v in values if name in v) for name in names}
        required = [name for name in names if all(name in value for value in values)]
        return {"type": kind, "required": required, "properties": fields}
    if kind == "array":
        items = [item for value in values for item in value]
        return {"type": kind, "items": schema(items)} if items else {"type": kind}
    return {"type": kind}


def _kind(value: object) -> str:
    known = {bool: "boolean", int: "integer", float: "number", str: "string", type(None): "null"}
    return known.get(type(value)) or ("object" if isinstance(value, dict) else "array")


def _entry(entry: Mapping[str, Any]) -> tuple[str, str, Any]:
    asked, answer = entry["request"], entry["response"]
    steps = urlsplit(asked["url"]).path.split("/")
    path = "/".join("{id}" if ID.fullmatch(step) else step for step in steps)
    text = answer.get("content", {}).get("text") or ""
    try:
        body = json.loads(text)
    except ValueError:
        body = None
    return f"{asked['method'].upper()} {path}", str(int(answer["status"])), body
