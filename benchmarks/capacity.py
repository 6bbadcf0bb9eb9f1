"""Whether the profile `limit` finds the capacity of a server whose capacity is set.

`python -m benchmarks.capacity [RATE …]`: the server works for 1 / RATE seconds on one request at a
time, so that it bears just so many a second, and queues what is more.
"""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from benchmarks.figures import Figure, exit_code
from benchmarks.serving import ROOT, serving

CAPACITIES = (20.0, 45.0, 110.0)
MOST = 0.1
PROFILE = """
about = "the limit, quickly"
kind = "limit"
users = 400
mix = "reads"
stages = [{ seconds = 240, start_rate = 180, end_rate = 180 }]
search = { start = 12, growth = 1.6, precision = 0.05, rounds = 2, trial_seconds = 4 }
"""


def figures(capacities: tuple[float, ...] = CAPACITIES) -> Iterator[Figure]:
    """One a capacity: found over true, with the interval that was told."""
    for true in capacities:
        with serving("0", "0", "0", str(1 / true)) as url:
            found = searched(url)
        rate = found["rate"] or 0.0
        off = rate / true - 1
        told = f"{rate:.1f}/s ({found['low']} to {found['high']}), {100 * off:+.1f} %"
        yield Figure(
            name=f"knee of a server that bears {true:g}/s",
            seen=f"{told} by {len(found['trials'])} trials",
            wanted="within 10 %",
            kept=abs(off) <= MOST,
        )


def searched(url: str) -> dict[str, Any]:
    """The capacity as a run reports it."""
    with tempfile.TemporaryDirectory() as folder:
        own = Path(folder, "search.toml")
        own.write_text(PROFILE)
        argv = [sys.executable, "-m", "loadtests", "--profile", str(own)]
        given = {"STAGING_BASE_URL": url, "REPORTS": folder, "STAGING_HOME": folder}
        env = {"PATH": os.environ["PATH"], **given}
        subprocess.run(argv, cwd=ROOT, env=env, capture_output=True, timeout=420, check=False)
        found: dict[str, Any] = json.loads(Path(folder, "load.json").read_text())["capacity"]
    return found


if __name__ == "__main__":
    asked = tuple(map(float, sys.argv[1:])) or CAPACITIES
    sys.exit(exit_code(figures(asked)))
