"""Look at the workflow files: what starts them, what they release, what is wrong with them."""

import hashlib
import os
import shutil
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any, ClassVar

from staging.clouds import process
from staging.errors import INVALID, NOT_SO, SUCCESS, CommandFailed
from staging.operations.steps import Steps
from staging.rules import workflowfile, workflows
from staging.rules.verification import Verdict
from staging.settings import Settings

FOLDER = ".github/workflows"
BRANCHES = ("staging", "main", "feature/x")
LIMIT = 60.0  # seconds
LINTERS: Mapping[str, tuple[str, ...]] = {
    "actionlint": ("actionlint", "-no-color"),
    "zizmor": ("zizmor", "--offline", "--no-progress", "--quiet", "--color=never", FOLDER),
}


@dataclass(frozen=True, slots=True)
class Pushed:
    """What a push to a branch changes in the clouds."""

    branch: str
    releases: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Looked:
    """The workflow files as they are. `unasked` are the linters that are not here."""

    verdict: Verdict
    subject: Mapping[str, str]
    at: str
    files: tuple[str, ...]
    pushes: tuple[Pushed, ...]
    findings: tuple[str, ...]
    asked: tuple[str, ...]
    unasked: tuple[str, ...]
    report: ClassVar[str] = "workflows"

    @property
    def exit_code(self) -> int:
        """1 on a finding, 6 if there is no workflow."""
        return {"pass": SUCCESS, "fail": NOT_SO, "invalid": INVALID}[self.verdict]


def look(settings: Settings) -> Looked:
    """Read all of them, and ask the linters that are here, side by side."""
    found: dict[str, Any] = {}
    findings: list[str] = []
    for path in files(settings):
        try:
            found[path.name] = workflowfile.read(path.read_text("utf-8"))
        except (workflowfile.Unreadable, UnicodeDecodeError) as error:
            findings.append(f"{path.name}: {error}")
            continue
        findings += [f"{path.name}: {each}" for each in workflows.complaints(found[path.name])]
    here = {name: argv for name, argv in LINTERS.items() if _where(name)}
    findings += _linted(settings, here) if found else []
    return Looked(
        verdict="fail" if findings else "pass" if found else "invalid",
        subject=subject(settings),
        at=datetime.now(UTC).isoformat(timespec="seconds"),
        files=tuple(path.name for path in files(settings)),
        pushes=tuple(
            Pushed(branch, workflows.pushed(list(found.values()), branch)) for branch in BRANCHES
        ),
        findings=tuple(findings),
        asked=tuple(here),
        unasked=tuple(name for name in LINTERS if name not in here),
    )


def files(settings: Settings) -> Sequence[Path]:
    """The workflow files, by name."""
    return sorted(p for end in ("yml", "yaml") for p in (settings.root / FOLDER).glob(f"*.{end}"))


def subject(settings: Settings) -> dict[str, str]:
    """What a verdict of them is of: their content."""
    content = b"".join(path.name.encode() + path.read_bytes() for path in files(settings))
    return {"workflows": hashlib.sha256(content).hexdigest()}


def _where(name: str) -> str | None:
    beside = str(Path(sys.executable).parent)
    return shutil.which(name, path=os.pathsep.join([beside, os.environ.get("PATH", "")]))


def _linted(settings: Settings, linters: Mapping[str, Sequence[str]]) -> list[str]:
    findings: list[str] = []

    def ask(name: str, argv: Sequence[str]) -> None:
        program = _where(name) or name
        try:
            process.run(
                [program, *argv[1:]], timeout=LIMIT, env=dict(os.environ), cwd=settings.root
            )
        except CommandFailed as error:
            said = [line.strip() for line in error.detail.splitlines() if line.strip()]
            findings.append(f"{name}: {'; '.join(said[:3]) or error.problem}")

    steps = Steps()
    for name, argv in linters.items():
        steps.add(f"ask {name}", partial(ask, name, argv))
    steps.run()
    return findings
