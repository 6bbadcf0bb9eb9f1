"""One issue while something is wrong: opened, kept up to date, closed when it is mended."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from staging.clouds.github import Entry, GitHub
from staging.errors import ConfigurationError
from staging.operations import repository
from staging.rules import alarm as rules
from staging.settings import Settings
from staging.settings.environment import environ

LABEL = "staging-alarm"
NEEDS = "NEEDS"


@dataclass(frozen=True, slots=True, kw_only=True)
class Alarmed:
    """What was done about the issue; `number` is 0 where there is none."""

    about: str
    act: rules.Act
    wrong: tuple[str, ...]
    number: int = 0
    url: str = ""
    report: ClassVar[str] = "alarm"


def alarm(settings: Settings, *, about: str) -> Alarmed:
    """Open, update or close the issue, by how the jobs went that NEEDS names."""
    about = repository.subject(about)
    found = environ(settings)
    jobs = _jobs(found.get(NEEDS) or "")
    github = repository.github(settings)
    there = list(github.issues(LABEL))
    at = rules.marked([each.body for each in there], about)
    standing = None if at is None else there[at]
    act = rules.act(jobs, standing=standing is not None)
    body = rules.body(about, jobs, run=repository.run_url(found))
    entry = _done(github, act, standing, about, body)
    wrong = rules.wrong(jobs)
    if entry is None:
        return Alarmed(about=about, act=act, wrong=wrong)
    return Alarmed(about=about, act=act, wrong=wrong, number=entry.key, url=entry.url)


def _done(
    github: GitHub, act: rules.Act, standing: Entry | None, about: str, body: str
) -> Entry | None:
    if act == "opened":
        return github.open(f"Something is wrong with {about}", body, label=LABEL)
    if standing is None:
        return None
    if act == "updated":
        return github.update(standing.key, body)
    if act == "closed":
        github.comment(standing.key, "All is well again.")
        return github.close(standing.key)
    return standing


def _jobs(told: str) -> Mapping[str, str]:
    try:
        return rules.results(json.loads(told))
    except ValueError as error:
        raise ConfigurationError(
            f"{NEEDS} does not say how the jobs went.",
            detail=str(error),
            remedy=f"Give the step `{NEEDS}: ${{{{ toJSON(needs) }}}}` in its env.",
        ) from None
