"""The linter `squawk`, beside this Python: what it has against files of SQL."""

import json
import shutil
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from staging.clouds import process
from staging.errors import CommandFailed
from staging.secret import Secret

LOOK = 60.0  # seconds
FOUND = 1
"""Its exit code where it found something; 2 is a wrong argument."""

NOT_SO_HERE = (
    "ban-concurrent-index-creation-in-transaction",  # the program that applies files commits before
    "prefer-robust-stmts",  # a file is one transaction: there is nothing to be robust against
)


class Found(NamedTuple):
    """A finding; `line` counts from 1."""

    file: str
    line: int
    rule: str
    told: str


def lint(
    files: Sequence[Path], *, major: int, env: Mapping[str, str | Secret]
) -> tuple[Found, ...]:
    """What it finds in files that are each applied in one transaction to that PostgreSQL."""
    if not files:
        return ()
    words = [_program(), "--reporter", "json", "--pg-version", f"{major}.0"]
    words += ["--assume-in-transaction", f"--exclude={','.join(NOT_SO_HERE)}"]
    output = process.run([*words, *map(str, files)], timeout=LOOK, env=env, well=(0, FOUND)).stdout
    try:
        return tuple(
            Found(e["file"], int(e["line"]) + 1, e["rule_name"], e["message"])
            for e in json.loads(output)
        )
    except (ValueError, KeyError, TypeError) as error:
        raise CommandFailed(
            "squawk answered in an unknown form.",
            detail=f"{error!r} in an answer of {len(output)} characters",
            remedy="Install the version that requirements.txt names.",
        ) from error


def _program() -> str:
    beside = Path(sys.executable).with_name("squawk")
    found = str(beside) if beside.exists() else shutil.which("squawk")
    if not found:
        raise CommandFailed(
            "There is no squawk beside this Python.",
            remedy="Install what requirements.txt names: squawk-cli is in it.",
        )
    return found
