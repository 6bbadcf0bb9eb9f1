"""A result as a JSON document that meets report.schema.json."""

import json
import math
import os
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from typing import Any

from loadtests import timeline
from loadtests.report.page import html
from loadtests.report.summary import markdown
from loadtests.result import Result
from staging.errors import ConfigurationError
from staging.rules.objectives import Finding

NAME = "load.json"
PAGE, SUMMARY = "load.html", "load.md"


def document(result: Result) -> dict[str, Any]:
    """All that the result says; a figure that was not measured is null."""
    measured = result.measured
    return {
        "verdict": result.outcome.value,
        "profile": result.profile,
        "partial": result.partial,
        "aborted": result.aborted,
        "url": result.url,
        "subject": result.subject,
        "machines": result.machines or None,
        "mix": {name: round(part, 4) for name, part in result.mix.items()},
        "started_at": result.started_at,
        "seconds": round(result.seconds, 3),
        "planned_rate": measured.planned_rate,
        "achieved_rate": _number(measured.requests_per_second),
        "users": result.users,
        "planned": result.planned,
        "requests": measured.samples,
        "errors": result.errors,
        "objectives": [_objective(finding) for finding in result.verdict.findings],
        "reasons": list(result.reasons),
        "warnings": list(result.warnings),
        "endpoints": [
            {key: _number(value) for key, value in asdict(e).items()} for e in result.endpoints
        ],
        "sent": {key: _number(value) for key, value in asdict(measured.sent).items()},
        "due": [{"fraction": f, "ms": round(ms, 3)} for f, ms in result.spread],
        "timeline": timeline.document(result.timeline),
        "explanation": result.explanation.document(),
        "generator": {"lag_p99_ms": round(measured.lag_p99_ms, 3), "cpu": round(measured.cpu, 3)},
        "not_run": [asdict(omitted) for omitted in result.not_run],
        **({"crew": list(result.crew)} if result.crew else {}),
        **_special(result),
    }


def _objective(found: Finding) -> dict[str, Any]:
    return {
        "name": found.name,
        "limit": found.limit,
        "measured": _number(found.measured),
        "verdict": found.outcome.value,
        "line": found.line,
    }


def _special(result: Result) -> dict[str, Any]:
    told = result.special
    return {told.name: {**told.document(), "lines": list(told.lines())}} if told else {}


def prepare(folder: Path) -> None:
    """Make the folder and remove the last run's report, which must not pass for this one's."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name in (NAME, PAGE, SUMMARY):
            (folder / name).unlink(missing_ok=True)
    except OSError as error:
        raise ConfigurationError(
            "The report cannot be written.", detail=str(error), remedy="Set REPORTS to a folder."
        ) from None


def write(found: Mapping[str, Any], folder: Path) -> Path:
    """Write the report, its page and its summary, each at once and whole."""
    path = _whole(folder / NAME, json.dumps(found, indent=2, allow_nan=False) + "\n")
    summary = markdown(found)
    _whole(folder / PAGE, html(found))
    _whole(folder / SUMMARY, summary)
    if given := os.environ.get("GITHUB_STEP_SUMMARY"):
        with suppress(OSError), Path(given).open("a", encoding="utf-8") as steps:
            steps.write(f"{summary}\n")
    return path


def _whole(path: Path, text: str) -> Path:
    unfinished = path.with_name(f".{path.name}.{os.getpid()}")
    unfinished.write_text(text, "utf-8")
    unfinished.replace(path)
    return path


def _number(value: object) -> object:
    if not isinstance(value, float):
        return value
    return round(value, 3) if math.isfinite(value) else None
