"""The promised form of each answer: JSON Schema, one file in contracts/ for each form."""

import json
import re
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator, FormatChecker
from jsonschema.exceptions import ValidationError
from referencing import Registry
from referencing.jsonschema import DRAFT202012

from smoke.evidence import shown

FOLDER = Path(__file__).with_name("contracts")
MOST = 3
PARTIAL = {"envelope.json", "period.json"}
"""What other contracts are made of, and so knows a part of their fields."""

FORMATS = FormatChecker(formats=["uuid", "date"])
TIMESTAMP = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?(Z|[+-]\d\d:\d\d)")


@FORMATS.checks("date-time")
def is_timestamp(value: object) -> bool:
    """Whether it is RFC 3339 with a zone and a date that exists; no package checks that here."""
    return not isinstance(value, str) or moment(value) is not None


def moment(text: object) -> datetime | None:
    """The time that an RFC 3339 timestamp names, or None."""
    if not isinstance(text, str) or not TIMESTAMP.fullmatch(text):
        return None
    try:
        return datetime.fromisoformat(re.sub(r"(\.\d{6})\d+", r"\1", text))
    except ValueError:
        return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Violation:
    """Where a document breaks its contract: the place, what should be there, what is."""

    place: str
    expected: str
    got: str


def violations(
    contract: str, document: object, *, strict: bool = False, folder: Path = FOLDER
) -> list[Violation]:
    """Where the document breaks the contract, the first few places; `strict` knows all fields."""
    found = validator(contract, strict=strict, folder=folder).iter_errors(document)
    errors = sorted(found, key=lambda e: list(map(str, e.path)))
    return [_violation(error) for error in errors[:MOST]]


@cache
def validator(
    contract: str, *, strict: bool = False, folder: Path = FOLDER
) -> Draft202012Validator:
    """The checker of one contract; the files refer to each other by their names."""
    schema = {"$ref": f"{contract}.json"}
    return Draft202012Validator(
        schema, registry=_registry(folder, strict=strict), format_checker=FORMATS
    )


@cache
def _registry(folder: Path, *, strict: bool) -> "Registry[Any]":
    found = {path.name: json.loads(path.read_text()) for path in folder.glob("*.json")}
    if strict:
        for name, schema in found.items():
            _close(schema, but_not_itself=name in PARTIAL)
    return Registry().with_resources(
        (name, DRAFT202012.create_resource(schema)) for name, schema in found.items()
    )


def _close(schema: Any, *, but_not_itself: bool = False) -> None:  # noqa: ANN401 - any JSON
    """Let objects have no field that is not written down; an if or a then is no object's whole."""
    if isinstance(schema, list):
        for each in schema:
            _close(each)
    if not isinstance(schema, dict):
        return
    for name, each in schema.items():
        if name not in {"if", "then", "else"}:
            _close(each)
    if isinstance(schema.get("properties"), dict) and not but_not_itself:
        schema.setdefault("unevaluatedProperties", False)


def _violation(error: ValidationError) -> Violation:
    value: Any = error.validator_value
    instance: Any = error.instance
    if error.validator == "required":
        missing = [name for name in value if name not in instance]
        expected, got = f"the field {', '.join(missing)}", f"only {', '.join(instance) or 'none'}"
    elif error.validator == "unevaluatedProperties":
        expected, got = "no field without a contract", error.message.partition("(")[2].rstrip(")")
    elif error.validator == "not":
        expected, got = "no inner workings in a message", shown(instance)
    else:
        expected, got = f"{error.validator} {shown(value)}", shown(instance)
    return Violation(place=error.json_path, expected=expected, got=got)
