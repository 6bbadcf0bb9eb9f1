"""Stand-in programs on disk, which answer what a test says and record how they were called."""

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

STAND_IN = """#!{python}
import json, os, sys, time
call = {{"argv": sys.argv[1:], "stdin": sys.stdin.read(), "env": dict(os.environ)}}
open({calls!r}, "a").write(json.dumps(call) + chr(10))
{body}
"""
RECORDED = Path(__file__).parents[2] / "recorded"


class StandIn:
    """A program, and the calls that it has had."""

    def __init__(self, folder: Path, body: str) -> None:
        self.calls_path = folder / "calls.jsonl"
        self.path = folder / "program"
        text = STAND_IN.format(python=sys.executable, calls=str(self.calls_path), body=body)
        self.path.write_text(text)
        self.path.chmod(0o755)

    @property
    def calls(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.calls_path.read_text().splitlines()]


MakeProgram = Callable[[str], StandIn]


@pytest.fixture
def program(tmp_path: Path) -> MakeProgram:
    """Make a program whose behaviour is the given Python."""
    return lambda body: StandIn(tmp_path, body)


def recorded(name: str, run: str) -> dict[str, Any]:
    """One run of a real program: argv, exit, stdout, stderr."""
    runs = json.loads((RECORDED / f"{name}.json").read_text())["runs"]
    found: dict[str, Any] = next(each for each in runs if each["name"] == run)
    return found


def replayed(name: str, run: str) -> str:
    """Python that answers as the real program did."""
    r = recorded(name, run)
    said = f"sys.stdout.write({r['stdout']!r}); sys.stderr.write({r['stderr']!r})"
    return f"{said}; sys.exit({r['exit']})"
