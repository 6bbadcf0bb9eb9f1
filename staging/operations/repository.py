"""The repository that a job belongs to, as GitHub tells the job; and who may be told something."""

import json
import re
from ipaddress import ip_address
from pathlib import Path
from urllib.parse import urlsplit

from staging.clouds.github import API, GitHub
from staging.errors import ConfigurationError, Refused
from staging.settings import Settings
from staging.settings.environment import Environ, environ

ABOUT = re.compile(r"[A-Za-z0-9][A-Za-z0-9 ._-]{0,79}")
NAME = re.compile(r"[\w.-]+/[\w.-]+")
IN_A_JOB = "GitHub sets it in every job; this is for jobs."


def github(settings: Settings) -> GitHub:
    """The repository's interface; refused where this target's doings are nobody else's business."""
    found = environ(settings)
    api = found.get("GITHUB_API_URL") or API
    _refuse_outsiders(settings, api)
    token = found.required("GITHUB_TOKEN", why="GitHub is told something in its name.")
    repository = found.get("GITHUB_REPOSITORY") or ""
    if not NAME.fullmatch(repository):
        problem = f"GITHUB_REPOSITORY is {repository!r}." if repository else "It is not set."
        raise ConfigurationError(f"GITHUB_REPOSITORY: {problem}", detail=IN_A_JOB)
    return GitHub(repository, token=token, api=api)


def run_url(found: Environ) -> str:
    """Where this run is shown; "" outside one."""
    names = ("GITHUB_SERVER_URL", "GITHUB_REPOSITORY", "GITHUB_RUN_ID")
    server, repository, run = (found.get(name) or "" for name in names)
    return f"{server}/{repository}/actions/runs/{run}" if server and repository and run else ""


def pull_request(found: Environ) -> int:
    """The number of the pull request that the job is about."""
    path = found.get("GITHUB_EVENT_PATH")
    try:
        event = json.loads(Path(path or "").read_text("utf-8"))
        return int(event["pull_request"]["number"])
    except (OSError, ValueError, KeyError, TypeError):
        raise ConfigurationError(
            "There is no pull request to write to.",
            detail="GITHUB_EVENT_PATH names no event of one.",
            remedy="Run this in a job of `on: pull_request`, or name one with --number.",
        ) from None


def subject(about: str) -> str:
    """What something is about, fit to mark a text with."""
    if not ABOUT.fullmatch(about):
        raise ConfigurationError(
            f"--about {about!r} will not do.", detail="Expected a few words, such as nightly."
        )
    return about


def _refuse_outsiders(settings: Settings, api: str) -> None:
    address = urlsplit(api)
    here = _loopback(address.hostname or "")
    if settings.target.notify != "anywhere" and not here:
        raise Refused(
            f"Nobody outside this computer is told of target {settings.target.name}: {api}.",
            detail=f"[targets.{settings.target.name}] notify is {settings.target.notify}.",
            remedy="Set STAGING_TARGET to the target that the job is about.",
        )
    if address.scheme != "https" and not here:
        raise Refused(f"{api} would be given the token in the clear.")


def _loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
