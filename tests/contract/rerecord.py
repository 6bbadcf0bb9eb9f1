"""Record again with newer versions: `nox -s rerecord`; exit 1 when something changed.

The newest tested supabase and the one that SUPABASE names play every recorded run, each in a
world of its own, and are compared. The flyctl that FLYCTL names plays the recorded runs that need
no platform. reports/rerecorded.json holds what they said; what changed is printed as Markdown.
"""

import difflib
import json
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from staging.clouds.fly import QUIET
from tests.contract import flyplay, flyreal
from tests.contract.supabaseplay import REAL
from tests.contract.supabasereplay import Replayed, play

WITHOUT_PLATFORM = ("version", "config_validate", "config_validate_unknown_key", "whoami_no_token")
"""Runs of flyctl that ask nobody anything."""
OWN_NUMBER = {"version"}
REPORT = Path(os.environ.get("REPORTS") or "reports", "rerecorded.json")


class Again(NamedTuple):
    """One run as it is now, and as it was recorded."""

    program: str
    name: str
    now: Any
    then: Any


def main() -> int:
    """Play, write, and show what changed."""
    runs = [*_supabase(os.environ.get("SUPABASE", "")), *_flyctl(flyreal.named())]
    REPORT.parent.mkdir(exist_ok=True)
    REPORT.write_text(json.dumps([run._asdict() for run in runs], indent=2) + "\n", "utf-8")
    changed = [run for run in runs if run.now != run.then and run.name not in OWN_NUMBER]
    print(f"## {len(runs)} runs recorded again, {len(changed)} changed\n")
    for run in changed:
        print(f"### {run.program} {run.name}\n\n```diff\n{_difference(run)}\n```\n")
    return 1 if changed or not runs else 0


def _supabase(program: str) -> Iterator[Again]:
    if not program or not REAL:
        print("supabase: not recorded again, since SUPABASE names no real program\n")
        return
    then, now = ([*_played(each)] for each in (list(REAL.values())[-1], program))
    for before, after in zip(then, now, strict=True):
        yield Again("supabase", after.name, _settled(after.ours), _settled(before.ours))


def _played(program: str) -> Iterator[Replayed]:
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)  # PostgreSQL runs as another user where this one is root
        yield from play(Path(folder), program)


def _settled(said: tuple[Any, ...]) -> Any:  # noqa: ANN401 - any JSON
    """Without the project's name, which the program looks up for a moment only."""
    text = re.sub(r'"environment": "unverified"', '"environment": "production"', json.dumps(said))
    text = re.sub(r'"project_name": "[^"]*", ', "", text)
    return json.loads(re.sub(r"Target: project [^\"]*", "Target: project", text))


def _flyctl(program: str) -> Iterator[Again]:
    if not program:
        print("flyctl: not recorded again, since FLYCTL names no real program\n")
        return
    with tempfile.TemporaryDirectory() as folder:
        for name, text in flyplay.FILES.items():
            Path(folder, name).write_text(text)
        environment = {**QUIET, "PATH": os.environ["PATH"], "FLY_CONFIG_DIR": folder}
        for run in [each for each in flyplay.recorded() if each.name in WITHOUT_PLATFORM]:
            token = {} if run.name.endswith("no_token") else {"FLY_API_TOKEN": "FlyV1 fm2_any"}
            yield _flyctl_again(program, run, {**environment, **token}, folder)


def _flyctl_again(
    program: str, run: flyplay.Run, environment: Mapping[str, str], cwd: str
) -> Again:
    done = subprocess.run(
        [program, *run.argv], env=dict(environment), cwd=cwd, input=run.stdin,
        capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip
    now = (done.returncode, flyplay.comparable(done.stdout), flyplay.comparable(done.stderr))
    then = (run.exit, flyplay.comparable(run.stdout), flyplay.comparable(run.stderr))
    return Again("flyctl", run.name, now, then)


def _difference(run: Again) -> str:
    then, now = (json.dumps(each, indent=1).splitlines() for each in (run.then, run.now))
    return "\n".join(difflib.unified_diff(then, now, "recorded", "now", lineterm="", n=2))


if __name__ == "__main__":
    sys.exit(main())
