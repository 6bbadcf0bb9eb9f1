"""A result as a JSON document that meets report.schema.json."""

import json
import math
import os
from dataclasses import asdict
from pathlib import Path
from typing import Any

from loadtests import timeline
from loadtests.result import Result
from staging.errors import ConfigurationError

NAME = "load.json"


def document(result: Result) -> dict[str, Any]:
    """All that the result says; a figure that was not measured is null."""
    measured, findings = result.measured, result.verdict.findings
    return {
        "verdict": result.outcome.value,
        "profile": result.profile,
        "partial": result.partial,
        "aborted": result.aborted,
        "url": result.url,
        "subject": result.subject,
        "started_at": result.started_at,
        "seconds": round(result.seconds, 3),
        "planned_rate": measured.planned_rate,
        "achieved_rate": _number(measured.requests_per_second),
        "users": result.users,
        "planned": result.planned,
        "requests": measured.samples,
        "errors": result.errors,
        "objectives": [
            {
                "name": f.name,
                "limit": f.limit,
                "measured": _number(f.measured),
                "verdict": f.outcome.value,
                "line": f.line,
            }
            for f in findings
        ],
        "reasons": list(result.reasons),
        "warnings": list(result.warnings),
        "endpoints": [
            {key: _number(value) for key, value in asdict(e).items()} for e in result.endpoints
        ],
        "sent": {key: _number(value) for key, value in asdict(measured.sent).items()},
        "timeline": timeline.document(result.timeline),
        "explanation": result.explanation.document(),
        "generator": {"lag_p99_ms": round(measured.lag_p99_ms, 3), "cpu": round(measured.cpu, 3)},
        "not_run": [asdict(omitted) for omitted in result.not_run],
        **({result.special.name: result.special.document()} if result.special else {}),
    }


def prepare(folder: Path) -> None:
    """Make the folder and remove the last run's report, which must not pass for this one's."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / NAME).unlink(missing_ok=True)
    except OSError as error:
        raise ConfigurationError(
            "The report cannot be written.", detail=str(error), remedy="Set REPORTS to a folder."
        ) from None


def write(result: Result, folder: Path) -> Path:
    """Write the report at once and whole, so that no reader sees half of it."""
    path = folder / NAME
    unfinished = folder / f".{NAME}.{os.getpid()}"
    unfinished.write_text(json.dumps(document(result), indent=2, allow_nan=False) + "\n", "utf-8")
    unfinished.replace(path)
    return path


def _number(value: object) -> object:
    if not isinstance(value, float):
        return value
    return round(value, 3) if math.isfinite(value) else None
