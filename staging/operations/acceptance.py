"""Smoke as the judge of a deploy: run, read, and told in a few lines."""

import json
import os
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, cast

from staging.clouds import process
from staging.errors import CommandFailed, StagingError
from staging.operations import access
from staging.operations.opening import Clouds, program_environment
from staging.operations.steps import note
from staging.secret import Secret
from staging.settings.smoke import variables

LIMITS = {"quick": 120.0, "readonly": 180.0}  # seconds
Verdict = Literal["pass", "fail", "invalid"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Acceptance:
    """What smoke found; `told` names what failed or was not proved, one line each."""

    verdict: Verdict
    told: tuple[str, ...]
    report: str
    seconds: float

    @property
    def reason(self) -> str:
        """Why it is what it is, in one line."""
        if self.verdict == "pass":
            return "smoke passed"
        return "; ".join(self.told[:3]) or f"smoke's verdict is {self.verdict}"


def given(clouds: Clouds) -> dict[str, Secret | str]:
    """What smoke is told of staging; where that is not known it could not judge."""
    return {**variables(clouds.settings), **access.session(clouds.settings)}


def of_production(clouds: Clouds, url: str) -> dict[str, Secret | str]:
    """What smoke is told of production, where it only reads."""
    found: dict[str, Secret | str] = {**variables(clouds.settings), "STAGING_BASE_URL": url}
    if token := clouds.environ.secret("PRODUCTION_ACCESS_TOKEN"):
        found["STAGING_ACCESS_TOKEN"] = token
    return found


def smoke(clouds: Clouds, given: Mapping[str, Secret | str], *, mode: str, name: str) -> Acceptance:
    """Run smoke in a mode; its report goes to reports/NAME/, beside those of the sessions."""
    started, root = time.monotonic(), clouds.settings.root
    reports = Path(os.environ.get("REPORTS") or root / "reports", name)
    written = reports / "smoke.json"
    written.unlink(missing_ok=True)
    env = {**program_environment(clouds.environ), **given, "REPORTS": str(reports.absolute())}
    env |= {"GITHUB_STEP_SUMMARY": "", "GITHUB_ACTIONS": ""}  # a job is told of it by the deploy
    argv = [sys.executable, "-m", "pytest", "--disable-plugin-autoload", "smoke", f"--{mode}"]
    note(f"  smoke --{mode} …")
    said = ""
    try:
        process.run(argv, timeout=LIMITS[mode], env=env, cwd=root)
    except CommandFailed as error:
        if process.ending():
            raise StagingError("Interrupted while smoke judged the deploy.") from None
        said = " ".join([error.problem, *error.detail.splitlines()[-1:]])
    found = _read(written)
    verdict = cast("Verdict", found.get("verdict", "invalid"))
    return Acceptance(
        verdict=verdict,
        told=tuple(_told(found)) if found else (said or "smoke left no report",),
        report=str(written),
        seconds=round(time.monotonic() - started, 2),
    )


def _read(path: Path) -> dict[str, Any]:
    try:
        found = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def _told(found: Mapping[str, Any]) -> list[str]:
    """Each check that failed, as smoke tells it; and lines that it could not prove."""
    failed = [
        f"{line['name']}: {check['name']}: {check['reason'].splitlines()[0]}"
        for line in found["lines"]
        for check in line["checks"]
        if check["outcome"] == "failed"
    ]
    unproved = [f"not proved: {each}" for each in found["unproved"]]
    return [*failed, *(unproved if found["verdict"] == "invalid" else [])]
