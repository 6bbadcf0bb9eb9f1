"""The application's main queries, run as they are and explained by the database itself."""

import json
import re
from pathlib import Path
from statistics import median
from typing import Any

from loadtests.resources.statements import Ask
from staging.errors import ConfigurationError
from staging.rules.plans import advice, outline, rows_read

TIMES = 5
NAMED = re.compile(r"^--\s*name:\s*(?P<name>.+?)\s*$", re.MULTILINE)


def queries(path: Path) -> dict[str, str]:
    """The statements of a file by the `-- name: …` before each; none without the file."""
    try:
        text = path.read_text("utf-8")
    except FileNotFoundError:
        return {}
    except (OSError, UnicodeError) as error:
        raise ConfigurationError(f"{path.name} cannot be read.", detail=str(error)) from None
    begun = list(NAMED.finditer(text))
    ends = [found.start() for found in begun[1:]] + [len(text)]
    named = {
        found["name"]: text[found.end() : end].strip().rstrip(";")
        for found, end in zip(begun, ends, strict=True)
    }
    if wrong := [name for name, statement in named.items() if not statement]:
        raise ConfigurationError(f"{path.name}: nothing follows `-- name: {wrong[0]}`.")
    return named


def timed(name: str, text: str, ask: Ask) -> dict[str, Any]:
    """Planning and execution of one query in ms, several times; of its last plan the advice.

    The session can only read, so that a statement that writes is refused by the database.
    """
    explain = f"/* load sampler */ explain (analyze, buffers, timing off, format json) {text}"
    plans = [_document(ask(explain)[0][0]) for _ in range(TIMES)]
    took = [float(p["Planning Time"]) + float(p["Execution Time"]) for p in plans]
    return {
        "name": name,
        "calls": TIMES,
        "mean_ms": round(sum(took) / TIMES, 3),
        "median_ms": round(median(took), 3),
        "total_ms": round(sum(took), 3),
        "rows_read": rows_read(plans[-1]["Plan"]),
        "plan": outline(plans[-1]["Plan"]),
        "advice": advice(plans[-1]["Plan"]),
    }


def _document(value: Any) -> dict[str, Any]:  # noqa: ANN401 - as the driver gives JSON
    found = json.loads(value) if isinstance(value, str) else value
    return dict(found[0])
