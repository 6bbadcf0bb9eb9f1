"""What GitHub's runner reads of a job's output: annotations; outputs for steps and jobs."""

import re
from collections.abc import Mapping
from dataclasses import is_dataclass
from pathlib import Path

from staging.rules.annotations import annotation

PLACE = re.compile(r"(?<![\w/.-])((?:[\w.-]+/)*[\w.-]+\.(?:py|sql|toml|ya?ml))(?::(\d+))?")
LINE = re.compile(r"\bline (\d+)")
TOLD = ("reason", "problems", "reasons", "findings", "differences", "wrong")
"""Where a result says what is wrong, as text or texts."""


def annotated(problem: str, *, title: str, root: Path | None = None) -> str:
    """An error that GitHub shows beside the file and line that the problem names, if any."""
    file, line = _place(problem, root or Path.cwd())
    return annotation(problem, title=title, file=file, line=line)


def outputs(result: object) -> Mapping[str, str]:
    """`verdict` and `url`, where a result has them."""
    if not is_dataclass(result):
        return {}
    deployed = getattr(result, "deployed", None)
    found = {
        "verdict": getattr(result, "verdict", ""),
        "url": getattr(result, "url", "") or getattr(deployed, "url", ""),
    }
    return {name: " ".join(str(text).split()) for name, text in found.items() if text}


def complaints(result: object) -> tuple[str, ...]:
    """What is wrong by a result whose exit code is that of a failure, each worth an annotation."""
    for name in TOLD:
        told = getattr(result, name, None)
        if isinstance(told, str) and told:
            return (told,)
        if isinstance(told, tuple) and told:
            return tuple(map(str, told))
    return (f"The verdict is {getattr(result, 'verdict', 'not good')}.",)


def _place(problem: str, root: Path) -> tuple[str, str]:
    for match in PLACE.finditer(problem):
        for folder in ("", ".github/workflows/"):
            if (root / folder / match[1]).is_file():
                near = LINE.search(problem, match.end())
                return f"{folder}{match[1]}", match[2] or (near[1] if near else "")
    return "", ""
