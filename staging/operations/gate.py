"""One verdict of what a job's reports say, and where the application answers."""

import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

from staging.errors import INVALID, NOT_SO, SUCCESS
from staging.rules import gate as rules
from staging.rules.verification import Verdict
from staging.settings import Settings

MISSING = "missing"


@dataclass(frozen=True, slots=True, kw_only=True)
class Gate:
    """The verdict of all, and that of each by its name; `url` is where the environment answers."""

    verdict: Verdict
    target: str
    app: str
    url: str
    commit: str
    found: tuple[tuple[str, str], ...]
    report: ClassVar[str] = "gate"

    @property
    def exit_code(self) -> int:
        """1 if one failed, 6 if one is missing or invalid."""
        return {"pass": SUCCESS, "fail": NOT_SO, "invalid": INVALID}[self.verdict]


def gate(settings: Settings, *, of: Sequence[str]) -> Gate:
    """Read the reports that the job's steps have left."""
    reports = {name: _read(name) for name in of}
    found = {name: str(told.get("verdict", MISSING)) for name, told in reports.items()}
    return Gate(
        verdict=rules.verdict(found),
        target=settings.target.name,
        app=settings.staging.app,
        url=next(filter(None, map(_url, reports.values())), ""),
        commit=os.environ.get("GITHUB_SHA", ""),
        found=tuple(found.items()),
    )


def _read(name: str) -> Mapping[str, Any]:
    path = Path(os.environ.get("REPORTS") or "reports") / f"{name}.json"
    try:
        told = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return told if isinstance(told, dict) else {}


def _url(told: Mapping[str, Any]) -> str:
    return str((told.get("deployed") or told).get("url") or "")
