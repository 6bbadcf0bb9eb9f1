"""How often the comparison cries wolf, and how often it finds what is there.

`python -m benchmarks.comparison` simulates blocks as runs are (performance differs between
identical runs by 7.7 % at p50 and 19 % at p95, and neighbours resemble each other) and prints the
share of comparisons of 8 pairs that call B worse: where nothing changed, and where it is 10 %
slower. `… real` measures: this computer's server against itself, and against one that is slower.
"""

import json
import math
import random
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from staging.rules.comparison import compared, overall

ROOT = Path(__file__).parents[1]
PAIRS, TRIALS = 8, 400
SPREAD = {"p50": 0.077, "p95": 0.19}
ALIKE = (0.3, 0.6, 0.9)
"""How much a block's luck is its neighbour's."""

REAL = 10


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


def simulate() -> None:
    """A line for each likeness of neighbours."""
    for alike in ALIKE:
        chance = random.Random(7)
        same = [simulated(0.0, alike, chance) for _ in range(TRIALS)]
        worse = [simulated(0.1, alike, chance) for _ in range(TRIALS)]
        print(
            f"likeness {alike}: false alarms {100 * same.count('worse') / TRIALS:.1f} % (≤ 3), "
            f"+10 % found {100 * worse.count('worse') / TRIALS:.1f} % (≥ 90)",
            flush=True,
        )


@contextmanager
def serving(milliseconds: float) -> Iterator[str]:
    """A server that thinks for so long."""
    argv = [sys.executable, "-m", "benchmarks.server", "0", "0", str(milliseconds / 1000)]
    with subprocess.Popen(argv, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout
            yield f"http://127.0.0.1:{int(process.stdout.readline())}"
        finally:
            process.terminate()


def measured(url: str, other: str) -> str:
    """The verdict of one real comparison, and what it rests on."""
    with tempfile.TemporaryDirectory() as folder:
        argv = [sys.executable, "-m", "loadtests", "--profile", "compare", "--compare", other]
        env = {"STAGING_BASE_URL": url, "REPORTS": folder, "STAGING_HOME": folder, "PATH": ""}
        argv += ["--seconds", "64", "--rate", "40"]
        subprocess.run(argv, cwd=ROOT, env=env, capture_output=True, timeout=240, check=False)
        found = json.loads(Path(folder, "load.json").read_text())["comparison"]
    print(f"  {found['verdict']}: {'; '.join(found['lines'])}", flush=True)
    return str(found["verdict"])


def real() -> None:
    """The same server, and one that thinks 10 % longer."""
    with serving(20) as one, serving(20) as alike, serving(22) as slower:
        same = [measured(one, alike) for _ in range(REAL)]
        worse = [measured(one, slower) for _ in range(REAL)]
    print(f"false alarms {same.count('worse')} of {REAL}, +10 % found {worse.count('worse')}")


if __name__ == "__main__":
    real() if sys.argv[1:] == ["real"] else simulate()
