"""How a team's world begins: a mirror that is built, and the project pushed by somebody."""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.rehearsed.checkout import ROOT, checkout
from tests.workflows.actions import git
from tests.workflows.repository import serving
from tests.workflows.world import World


@contextmanager
def world() -> Iterator[World]:
    """A mirror that is built, and a repository with the branches main and staging."""
    folder = Path(tempfile.mkdtemp(prefix="staging-workflows-"))
    try:
        with checkout() as cloud:
            done = cloud.run("invoke", "provision")
            assert done.returncode == 0, done.stdout + done.stderr
            seat, remote = repository(cloud.root, folder)
            with serving() as hub:
                yield World(cloud, folder, seat, remote, hub)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def repository(source: Path, folder: Path) -> tuple[Path, Path]:
    """The project as it is here, committed by somebody at their seat, and pushed."""
    seat, remote = folder / "seat", folder / "remote.git"
    left_out = ("reports", "__pycache__", ".venv", ".git", ".nox", ".*_cache")
    ignored = shutil.ignore_patterns(*left_out, ".rehearsal", ".staging")
    shutil.copytree(ROOT, seat, ignore=ignored)
    shutil.copy(source / "fly.staging.toml", seat)
    git("init", "--quiet", "--bare", str(remote))
    git("-C", str(remote), "config", "uploadpack.allowAnySHA1InWant", "true")
    git("init", "--quiet", str(seat))
    git("-C", str(seat), "add", "--all")
    git("-C", str(seat), "commit", "--quiet", "--message", "The project")
    git("-C", str(seat), "branch", "staging")
    git("-C", str(seat), "push", "--quiet", str(remote), "main", "staging")
    return seat, remote
