"""Which commit something is of, as far as git or CI says."""

import os

from staging.clouds import process
from staging.errors import CommandFailed
from staging.operations.opening import Clouds

PATIENCE = 10.0  # seconds


def head(clouds: Clouds) -> str:
    """GITHUB_SHA, else the checkout's commit; "" where there is none."""
    if told := os.environ.get("GITHUB_SHA"):
        return told
    root = str(clouds.settings.root)
    return _said("rev-parse", "HEAD", root=root).strip()


def between(clouds: Clouds, older: str, newer: str) -> tuple[str, ...]:
    """The commits from one to the other, a line each; nothing where git knows them not."""
    if not older or not newer:
        return ()
    said = _said("log", "--oneline", f"{older}..{newer}", root=str(clouds.settings.root))
    return tuple(said.splitlines())


def _said(*words: str, root: str) -> str:
    env = {"PATH": os.environ.get("PATH", os.defpath), "GIT_OPTIONAL_LOCKS": "0"}
    try:
        return process.run(["git", "-C", root, *words], timeout=PATIENCE, env=env).stdout
    except CommandFailed:
        return ""
