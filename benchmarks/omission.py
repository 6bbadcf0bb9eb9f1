"""What generators say of a server that answers nobody for one second in ten.

`python -m benchmarks.omission` prints the percentiles that each tells, and how far they are from
the truth. The truth is twofold: what is left of the stall when each request is due, as the server
was told beforehand; and, for ours, the server's own record of how long each took. vegeta, k6, wrk,
autocannon and oha are asked where they are installed. wrk2 is in no package registry; oha's and
autocannon's corrections mean the same.
"""

import json
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from statistics import median
from urllib.request import urlopen

from benchmarks.figures import Figure, exit_code
from benchmarks.programs import FRACTIONS, PROGRAMS, Asked, Sent, run
from benchmarks.server import remaining
from benchmarks.serving import serving
from benchmarks.steps import measured
from loadtests.latency import at

STALL, EVERY, THINK = 1.0, 10.0, 0.1
RATE, SECONDS = 400, 30
"""Three whole periods, so that it does not matter when a run begins."""

MANY, FEW = 600, 100
"""Users: as many as wait for their answers at once at most, and just enough without a stall."""

ROUNDS = 3
MOST = 0.02
Told = Mapping[str, float]
OTHERS = (
    *(("locust", MANY), ("locust", FEW), ("vegeta", MANY), ("k6", MANY), ("k6", FEW)),
    *(("oha", MANY), ("oha", FEW), ("autocannon", MANY), ("autocannon", FEW), ("wrk", FEW)),
)


def truth() -> Told:
    """In ms: what is left of the stall when each request is due, and what each takes anyway."""
    waits = (remaining(n / RATE, STALL, EVERY) + THINK for n in range(RATE * SECONDS))
    return told(1000 * wait for wait in waits)


def told(took: Iterator[float]) -> Told:
    """The percentiles of latencies."""
    ordered = sorted(took)
    return {name: at(ordered, fraction) for name, fraction in FRACTIONS.items()}


def record(url: str) -> Told:
    """What the server says that each request since it was asked last took."""
    with urlopen(f"{url}/record", timeout=10) as answered:
        return told(iter(json.loads(answered.read())))


def errors(seen: Told, true: Told) -> Told:
    """As parts of the truth."""
    return {name: seen[name] / true[name] - 1 for name in true if name in seen}


def line(name: str, seen: Told, true: Told) -> str:
    """The figures with how far each is off."""
    off = errors(seen, true)
    parts = (f"{key} {value:.0f} ({100 * off[key]:+.1f} %)" for key, value in seen.items())
    return f"       {name:16} {', '.join(parts) or 'gave nothing'}"


def figures() -> Iterator[Figure]:
    """Ours some times, then the others once each."""
    true, found = truth(), []
    print(line("truth, ms", true, true), flush=True)
    with serving(str(STALL), str(EVERY), str(THINK)) as url:
        for _ in range(ROUNDS):
            record(url)
            seen = measured("ours", _asked(url, MANY)).told
            kept = record(url)
            found.append((errors(seen, kept), errors(seen, true)))
            print(line(f"ours {MANY}", seen, true), flush=True)
            print(line("  by its record", seen, kept), flush=True)
        print(line(f"ours {FEW}", measured("ours", _asked(url, FEW)).told, true), flush=True)
        for who, users in OTHERS:
            if who in PROGRAMS and not shutil.which(who):
                print(f"       {who:16} is not installed here", flush=True)
            elif sent := _other(who, _asked(url, users)):
                print(line(f"{who} {users}", sent.told, true), flush=True)
    for number, of in enumerate(("the server's own record", "what it was told to do")):
        yield _worst(of, [each[number] for each in found])


def _worst(of: str, rounds: list[Told]) -> Figure:
    """The largest error of any percentile, each the median of the rounds."""
    by = {name: median(each[name] for each in rounds) for name in FRACTIONS}
    name = max(by, key=lambda key: abs(by[key]))
    return Figure(
        name=f"a stall of 1 s in 10, our error against {of}",
        seen=f"{100 * by[name]:+.2f} % at most, at {name}",
        wanted="≤ 2 %",
        kept=abs(by[name]) <= MOST,
    )


def _asked(url: str, users: int) -> Asked:
    return Asked(url=f"{url}/health", users=users, seconds=SECONDS, rate=RATE)


def _other(who: str, asked: Asked) -> Sent | None:
    try:
        return run(who, asked) if who in PROGRAMS else measured(who, asked)
    except (subprocess.SubprocessError, ValueError, KeyError) as error:
        print(f"       {who:16} gave nothing: {error}", flush=True)
        return None


if __name__ == "__main__":
    sys.exit(exit_code(figures()))
