"""One comment in a pull request for each subject, written anew by each run."""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar, Literal

from staging.clouds.github import GitHub
from staging.errors import INVALID, SUCCESS
from staging.operations import repository
from staging.rules.alarm import marked, marker
from staging.settings import Settings
from staging.settings.environment import environ


@dataclass(frozen=True, slots=True, kw_only=True)
class Commented:
    """What was written where; `missing` are the reports that there were not."""

    number: int
    about: str
    act: Literal["added", "reworded"]
    url: str
    told: tuple[str, ...]
    missing: tuple[str, ...]
    report: ClassVar[str] = "comment"

    @property
    def exit_code(self) -> int:
        """6 if a report is missing: the comment says so."""
        return INVALID if self.missing else SUCCESS


def comment(settings: Settings, *, about: str, of: Sequence[str], number: int = 0) -> Commented:
    """Write the summaries of reports, `reports/NAME.md`, into the pull request."""
    about = repository.subject(about)
    found = environ(settings)
    number = number or repository.pull_request(found)
    github = repository.github(settings)
    texts = {name: _summary(name) for name in of}
    missing = tuple(name for name, text in texts.items() if not text)
    parts = [text or f"**{name} left no report.**" for name, text in texts.items()]
    if run := repository.run_url(found):
        parts.append(f"Of commit `{(found.get('GITHUB_SHA') or '')[:12]}`, by [this run]({run}).")
    body = "\n\n".join([marker(about), *parts])
    entry, act = _write(github, number, about, body)
    told = tuple(name for name in of if name not in missing)
    return Commented(number=number, about=about, act=act, url=entry, told=told, missing=missing)


def _write(
    github: GitHub, number: int, about: str, body: str
) -> tuple[str, Literal["added", "reworded"]]:
    there = list(github.comments(number))
    at = marked([each.body for each in there], about)
    if at is None:
        return github.comment(number, body).url, "added"
    return github.reword(there[at].key, body).url, "reworded"


def _summary(name: str) -> str:
    path = Path(os.environ.get("REPORTS") or "reports") / f"{name}.md"
    try:
        return path.read_text("utf-8").strip()
    except (OSError, UnicodeDecodeError):
        return ""
