"""Is a settings document possible? If not: the key, what was expected, the nearest name."""

import json
import math
from collections.abc import Iterable
from datetime import date
from difflib import get_close_matches
from importlib.resources import files
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import urlsplit

from staging.errors import ConfigurationError, Refused
from staging.settings import watch
from staging.settings.loading import endless

if TYPE_CHECKING:
    from jsonschema.exceptions import ValidationError

SOURCES = ("value", "environment", "from", "file", "command", "generated")

DATED = (("parity", "allowed"), ("isolation", "shared_secrets"), ("smoke", "allowed"))
"""Where somebody allows something until a day."""


def check(document: dict[str, Any], *, file: str) -> None:
    """Raise ConfigurationError for the first thing that is wrong; Refused if that is production."""
    from jsonschema import Draft202012Validator  # costs 0.2 s, so not at the top
    from jsonschema.exceptions import relevance

    validator = Draft202012Validator(schema())
    errors = sorted(validator.iter_errors(document), key=relevance, reverse=True)
    if errors:
        raise _explained(errors[0], file)
    for key, expected in productions(document):
        problem = f"{file}: {key}: it is production's own."
        raise Refused(problem, detail=f"Expected {expected}.")
    for key, problem, expected in impossible(document):
        raise ConfigurationError(f"{file}: {key}: {problem}", detail=f"Expected {expected}.")


def schema() -> dict[str, Any]:
    """The JSON Schema of staging.toml, which editors use too."""
    text = files("staging").joinpath("schemas", "settings.json").read_text("utf-8")
    loaded: dict[str, Any] = json.loads(text)
    return loaded


def productions(document: dict[str, Any]) -> Iterable[tuple[str, str]]:
    """What names production as staging: (key, what was expected)."""
    production, staging = document["production"], document["staging"]
    for key in ("app", "project"):
        if staging[key].lower() == production[key].lower():
            yield f"staging.{key}", "another name than production's"
    host = (urlsplit(staging.get("url", "")).hostname or "").rstrip(".")
    if host in {f"{production['app']}.fly.dev", *map(str.lower, production.get("domains", ()))}:
        yield "staging.url", "an address of staging"


def impossible(document: dict[str, Any]) -> Iterable[tuple[str, str, str]]:
    """What each key allows but the whole does not: (key, problem, what was expected)."""
    if document["target"] not in document["targets"]:
        hint = nearest(document["target"], document["targets"])
        problem = f"there is no target {document['target']!r}{hint}."
        yield "target", problem, f"one of {', '.join(document['targets'])}"
    budget = ((key, number) for key, number in document.get("budget", {}).items())
    for key, number in (*budget, *endless(document), *watch.endless(document)):
        if not math.isfinite(number):
            yield key, f"{number} is no number to compare with.", "a finite number"
    for section, key in DATED:
        for number, entry in enumerate(document.get(section, {}).get(key, ())):
            if not _day(entry["expires"]):
                yield f"{section}.{key}[{number}].expires", "there is no such day.", "YYYY-MM-DD"
    for name, entry in document["secrets"].items():
        given, shared = entry.keys() & set(SOURCES), "production" in entry
        if len(given) != 1 and not (shared and not given):
            expected = f"one of {', '.join(SOURCES)}; or production"
            yield f"secrets.{name}", "its source is not clear.", expected
        elif shared and given - {"environment", "file", "command"}:
            problem = "production's value cannot be read from Fly."
            expected = "its value by one of environment, file, command beside production"
            yield f"secrets.{name}", problem, expected


def nearest(wrong: object, names: Iterable[str]) -> str:
    """A hint such as ' (did you mean "region"?)', or nothing where no name is near."""
    close = get_close_matches(str(wrong), list(names), n=1, cutoff=0.6)
    return f' (did you mean "{close[0]}"?)' if close else ""


def _day(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


def _explained(error: "ValidationError", file: str) -> ConfigurationError:
    path = [str(part) for part in error.absolute_path]
    expected, value = _expected(error), cast("Any", error.validator_value)
    instance = cast("Any", error.instance)
    if error.validator == "additionalProperties":
        known = list(cast("Any", error.schema)["properties"])
        unknown = next(key for key in instance if key not in known)
        where = ".".join([*path, unknown])
        problem = f"{file}: {where}: unknown key{nearest(unknown, known)}."
        return ConfigurationError(problem, detail=f"Expected one of {', '.join(known)}.")
    if error.validator == "required":
        missing = next(key for key in value if key not in instance)
        where = ".".join([*path, missing])
        return ConfigurationError(f"{file}: {where}: it is missing.", detail=expected)
    shown = json.dumps(error.instance, default=str)[:80]
    hint = nearest(error.instance, value) if error.validator == "enum" else ""
    problem = f"{file}: {'.'.join(path) or 'the document'}: {shown} will not do{hint}."
    return ConfigurationError(problem, detail=expected)


TYPES = {"object": "a table", "array": "a list", "string": "text", "number": "a number"}


def _expected(error: "ValidationError") -> str:
    value = cast("Any", error.validator_value)
    match error.validator:
        case "type":
            return f"Expected {TYPES.get(str(value), str(value))}."
        case "enum":
            return f"Expected one of {', '.join(map(str, value))}."
        case "minimum":
            return f"Expected {value} or more."
        case "exclusiveMinimum":
            return f"Expected more than {value}."
        case "maximum":
            return f"Expected {value} or less."
        case "pattern":
            return f"Expected text of the form {value}"
        case "required":
            return f"Expected the keys {', '.join(value)}."
    return f"Expected: {error.message}"
