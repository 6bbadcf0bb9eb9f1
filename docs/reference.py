"""Writes docs/reference.md from the code: `python docs/reference.py`; a test fails where it is old.

Tasks with their options, sessions, settings, variables, exit codes, forms of reports.
"""

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

import nox  # noqa: E402
import nox.registry  # noqa: E402
from invoke.parser.argument import Argument  # noqa: E402

import noxfile  # noqa: E402, F401 - its sessions register themselves
from staging import errors  # noqa: E402
from staging.rules.alerts import usual  # noqa: E402
from staging.rules.figures import NAMES  # noqa: E402
from staging.settings import load  # noqa: E402
from staging.settings.environment import SECRET_NAMES  # noqa: E402
from tasks import namespace  # noqa: E402

FILE = ROOT / "docs" / "reference.md"
HEAD = "# Reference\n\nWritten by `python docs/reference.py` from the code; not to be edited."
CODES = {
    "SUCCESS": "success",
    "NOT_SO": "what was checked is not so: a failed verdict, drift, a breach",
    "CHANGES_PENDING": "changes pending (`--dry-run`)",
    "FAILED": "a program or service failed or ran out of time",
    "CONFIGURATION": "settings or arguments are wrong",
    "REFUSED": "refused for safety",
    "INVALID": "invalid: not enough evidence for a verdict",
    "INTERRUPTED": "interrupted",
}
SCHEMAS = ("staging/schemas", "smoke", "loadtests")
TYPES = {"object": "table", "array": "list", "string": "text", "boolean": "true or false"}


def written() -> str:
    """The whole page."""
    parts = (tasks(), sessions(), settings(), secrets(), alarms(), codes(), reports())
    return "\n".join([HEAD, *("\n".join(["", *part]) for part in parts)]).rstrip() + "\n"


def tasks() -> Iterator[str]:
    """Each task of `invoke --list`, with its options."""
    yield from ("## Tasks", "")
    for name in sorted(namespace.task_names):
        task = namespace[name]
        yield from (f"### `invoke {name}`", "", _first_line(task.__doc__), "")
        found = task.get_arguments()
        if found:
            yield from ("| Option | Default | |", "|---|---|---|", *map(_option, found), "")


def sessions() -> Iterator[str]:
    """Each session of `nox -l`."""
    yield from ("## Sessions", "", "| Session | |", "|---|---|")
    for name, function in nox.registry.get().items():
        marked = " (run if none is named)" if name in (nox.options.sessions or ()) else ""
        yield f"| `nox -s {name}` | {_cell(_first_line(function.__doc__))}{marked} |"


def settings() -> Iterator[str]:
    """Each key of staging.toml."""
    schema = json.loads((ROOT / "staging" / "schemas" / "settings.json").read_text())
    yield from ("## Settings", "", "The keys of `staging.toml`; those with * must be there.", "")
    for name, section in schema["properties"].items():
        found = list(_keys(name, section, schema, needed=name in schema["required"]))
        yield from ("| Key | Form | |", "|---|---|---|", *found, "")


def secrets() -> Iterator[str]:
    """Variables that are secrets, whatever reads them."""
    yield from ("## Secret variables", "", "No program inherits these, and no text shows them:", "")
    yield f"{', '.join(f'`{name}`' for name in sorted(SECRET_NAMES))}."


def alarms() -> Iterator[str]:
    """The figures of `invoke watch`, and its usual alarms."""
    yield from ("## Alarms", "", "| Alarm | Raised while | For seconds |", "|---|---|---|")
    for rule in usual(load(ROOT, environment="staging")):
        yield f"| `{rule.name}` | `{rule.figure}` {rule.limit} | {rule.for_seconds:g} |"
    yield from ("", "| Figure | |", "|---|---|")
    yield from (f"| `{name}` | {said} |" for name, said in NAMES.items())


def codes() -> Iterator[str]:
    """Each exit code of staging/errors.py."""
    yield from ("## Exit codes", "", "| Code | Meaning |", "|---|---|")
    found = {n: code for n, code in vars(errors).items() if n.isupper() and isinstance(code, int)}
    yield from (f"| {code} | {CODES[name]} |" for name, code in found.items())


def reports() -> Iterator[str]:
    """Each form of a report, with what it always holds."""
    yield from ("## Forms of reports", "", "| Schema | What | Fields |", "|---|---|---|")
    for path in sorted(p for folder in SCHEMAS for p in (ROOT / folder).glob("*.json")):
        schema = json.loads(path.read_text())
        if "$schema" in schema and path.stem != "settings":
            fields = ", ".join(f"`{name}`" for name in schema.get("properties", {}))
            title = _cell(schema.get("title", ""))
            yield f"| `{path.relative_to(ROOT)}` | {title} | {fields} |"


def _option(argument: Argument) -> str:
    name = (argument.name or "").replace("_", "-")
    default = "" if argument.default in ("", None, False) else f"`{argument.default}`"
    needed = "must be given" if argument.positional else default
    return f"| `--{name}` | {needed} | {_cell(argument.help or '')} |"


def _keys(
    name: str, schema: dict[str, Any], whole: dict[str, Any], *, needed: bool
) -> Iterator[str]:
    """A key and those below it, with what describes it, also where that is a reference."""
    schema = _resolved(schema, whole)
    told = schema.get("description", "")
    yield f"| `{name}`{' *' if needed else ''} | {_cell(_form(schema))} | {_cell(told)} |"
    required = schema.get("required", ())
    for key, inner in schema.get("properties", {}).items():
        yield from _keys(f"{name}.{key}", inner, whole, needed=key in required)
    for key, place in (("additionalProperties", "NAME"), ("items", "")):
        inner = _resolved(schema.get(key) or {}, whole) if isinstance(schema.get(key), dict) else {}
        for below, each in inner.get("properties", {}).items():
            path = f"{name}.{place}.{below}" if place else f"{name}[].{below}"
            yield from _keys(path, each, whole, needed=below in inner.get("required", ()))


def _resolved(schema: dict[str, Any], whole: dict[str, Any]) -> dict[str, Any]:
    if "$ref" not in schema:
        return schema
    found = whole["$defs"][schema["$ref"].rpartition("/")[2]]
    return {**found, **{key: value for key, value in schema.items() if key != "$ref"}}


def _form(schema: dict[str, Any]) -> str:
    if "enum" in schema:
        some = [f"`{value}`" for value in schema["enum"][:6]]
        return ", ".join(some) + (" …" if len(schema["enum"]) > len(some) else "")
    if "const" in schema:
        return f"`{json.dumps(schema['const'])}`"
    kind = str(schema.get("type", "any"))
    bounds = [
        (f"{word} {schema[key]:g}")
        for key, word in (("minimum", "from"), ("exclusiveMinimum", "over"), ("maximum", "to"))
        if key in schema
    ]
    return " ".join([TYPES.get(kind, kind), *bounds])


def _first_line(text: str | None) -> str:
    return (text or "").strip().splitlines()[0]


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")


if __name__ == "__main__":
    FILE.write_text(written())
