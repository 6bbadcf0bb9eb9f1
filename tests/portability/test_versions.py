"""Every Python from 3.11 on that is found here, and both ends of what the dependencies may be.

| Test | Case |
|---|---|
| every Python | Python 3.11 and each newer one found |
| both ends | lowest and newest versions of the dependencies |

These tests install packages, so they need a network (or a cache of uv's), unlike all others.
"""

import dataclasses
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

import pytest

from tests.portability.proof import built, erased, loads, place, smokes
from tests.rehearsed.checkout import ROOT, Checkout

OLDEST, NEWEST = 11, 16
LOCKED = ("--require-hashes", "-r", str(ROOT / "requirements.txt"))
DECLARED = ("-r", str(ROOT / "pyproject.toml"), "--group", f"{ROOT / 'pyproject.toml'}:dev")


def interpreter(minor: int) -> str | None:
    """A Python 3.`minor` that runs here."""
    if sys.version_info[1] == minor:
        return sys.executable
    name = f"python3.{minor}"
    kept = Path.home().glob(f".pyenv/versions/*/bin/{name}")
    for each in filter(None, (shutil.which(name), *map(str, sorted(kept)))):
        asked = subprocess.run([each, "-c", ""], capture_output=True, timeout=20)
        if asked.returncode == 0:  # pyenv's own python3.12 only complains, where none is chosen
            return each
    return None


def uv() -> list[str]:
    """The words that run uv, or none where it is not installed."""
    if find_spec("uv"):
        return [sys.executable, "-m", "uv"]
    return [found] if (found := shutil.which("uv")) else []


@contextmanager
def installed(python: str, *wanted: str) -> Iterator[Checkout]:
    """A checkout with an environment of its own."""
    with place(tests=True) as made:
        folder = made.root / ".venv"
        inside = str(folder / "bin" / "python")
        if uv():
            run(*uv(), "venv", "--quiet", "--python", python, str(folder))
            run(*uv(), "pip", "install", "--quiet", "--python", inside, *wanted)
        elif wanted == LOCKED:
            run(python, "-m", "venv", str(folder))
            run(inside, "-m", "pip", "install", "--quiet", *wanted)
        else:
            pytest.skip("pip cannot be asked for the lowest versions: uv can, and is not here")
        yield dataclasses.replace(made, python=inside)


def run(*argv: str) -> None:
    done = subprocess.run(argv, capture_output=True, text=True, timeout=500)
    assert done.returncode == 0, done.stderr


def works(made: Checkout) -> None:
    """The unit tests pass, the mirror is built, and both sessions pass on it."""
    temporary = made.root / ".temporary"  # pytest keeps three of them otherwise
    unit = made.run("pytest", "tests/unit", "-q", "-x", f"--basetemp={temporary}")
    assert unit.returncode == 0, unit.stdout + unit.stderr
    built(made)
    smokes(made)
    loads(made)
    erased(made)


@pytest.mark.parametrize("minor", range(OLDEST, NEWEST), ids=lambda minor: f"3.{minor}")
def test_the_suite_works_with_every_python_that_is_found(minor: int) -> None:
    python = interpreter(minor)
    if python is None:
        pytest.skip(f"no Python 3.{minor} here")
    with installed(python, *LOCKED) as made:
        works(made)


@pytest.mark.parametrize(
    "wanted",
    [("--resolution", "lowest-direct"), ("--upgrade",)],
    ids=["lowest", "newest"],
)
def test_the_suite_works_at_both_ends_of_its_dependencies(wanted: tuple[str, ...]) -> None:
    with installed(sys.executable, *wanted, *DECLARED) as made:
        works(made)
