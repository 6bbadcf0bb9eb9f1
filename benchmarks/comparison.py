"""How often the comparison cries wolf, and how often it finds what is there.

`python -m benchmarks.comparison` simulates blocks as runs are (performance differs between
identical runs by 7.7 % at p50 and 19 % at p95, and neighbours resemble each other) and tells the
share of comparisons of 8 pairs that call B worse: where nothing changed, and where it is 10 %
slower. `… real [TIMES]` measures: this computer's server against another that is alike, and against
one that is slower.
"""

import json
import math
import random
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from benchmarks.figures import Figure, exit_code
from benchmarks.serving import ROOT, serving
from staging.rules.comparison import compared, overall

PAIRS, TRIALS = 8, 3000
SPREAD = {"p50": 0.077, "p95": 0.19}
ALIKE = (0.3, 0.6, 0.9)
"""How much a block's luck is its neighbour's."""

FALSE, FOUND = 3.0, 90.0
TIMES = 10
THINKS, SLOWER = "0.02", "0.022"


def simulated(slower: float, alike: float, chance: random.Random) -> str:
    """The verdict of one comparison."""
    ratios: dict[str, list[float]] = {}
    for name, spread in SPREAD.items():
        luck, told = chance.gauss(0, spread), []
        for _ in range(PAIRS):
            sides: dict[str, list[float]] = {"A": [], "B": []}
            for side in "ABBA":
                luck = alike * luck + chance.gauss(0, spread * math.sqrt(1 - alike**2))
                sides[side].append(luck + (math.log1p(slower) if side == "B" else 0.0))
            told.append((sum(sides["B"]) - sum(sides["A"])) / 2)
        ratios[name] = told
    return overall(compared(ratios))


def figures() -> Iterator[Figure]:
    """False alarms and power for each likeness of neighbours."""
    for alike in ALIKE:
        chance = random.Random(11)
        same = [simulated(0.0, alike, chance) for _ in range(TRIALS)]
        worse = [simulated(0.1, alike, chance) for _ in range(TRIALS)]
        yield from _shares(f"simulated, likeness {alike}", same, worse)


def real(times: int = TIMES) -> Iterator[Figure]:
    """The same server, and one that thinks 10 % longer."""
    none = "0", "0"
    with serving(*none, THINKS) as one, serving(*none, THINKS) as alike:
        same = [measured(one, alike) for _ in range(times)]
        with serving(*none, SLOWER) as slower:
            worse = [measured(one, slower) for _ in range(times)]
    yield from _shares("real runs", same, worse)


def measured(url: str, other: str) -> str:
    """The verdict of one real comparison, and what it rests on."""
    with tempfile.TemporaryDirectory() as folder:
        argv = [sys.executable, "-m", "loadtests", "--profile", "compare", "--compare", other]
        env = {"STAGING_BASE_URL": url, "REPORTS": folder, "STAGING_HOME": folder, "PATH": ""}
        argv += ["--seconds", "64", "--rate", "40"]
        subprocess.run(argv, cwd=ROOT, env=env, capture_output=True, timeout=240, check=False)
        found = json.loads(Path(folder, "load.json").read_text())["comparison"]
    print(f"       {'; '.join(line.strip() for line in found['lines'][1:])}", flush=True)
    return str(found["verdict"])


def _shares(of: str, same: list[str], worse: list[str]) -> Iterator[Figure]:
    wrong, right = (100 * each.count("worse") / len(each) for each in (same, worse))
    yield Figure(
        name=f"false alarms of 8 pairs, {of}",
        seen=f"{wrong:.1f} % of {len(same)}",
        wanted="≤ 3 %",
        kept=wrong <= FALSE,
    )
    yield Figure(
        name=f"10 % slower is found by 8 pairs, {of}",
        seen=f"{right:.1f} % of {len(worse)}",
        wanted="≥ 90 %",
        kept=right >= FOUND,
    )


if __name__ == "__main__":
    asked = sys.argv[1:]
    ways = real(*map(int, asked[1:])) if asked[:1] == ["real"] else figures()
    sys.exit(exit_code(ways))
