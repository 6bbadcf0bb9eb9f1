"""What the generator carries on one core, over Locust's FastHttpUser and beside other programs.

`python -m benchmarks.generator` prints requests a second and CPU a request of each, as fast as it
can, in turns, against a server that costs next to nothing (benchmarks/server.c); then what two
workers carry over one. Where two workers and the server share two cores, what counts is the CPU
ratio: two workers carry twice as much where each has a core, if a request costs each no more.
"""

import json
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from statistics import median

from benchmarks.figures import Figure, exit_code
from benchmarks.programs import PROGRAMS, Asked, Sent, run
from benchmarks.serving import ROOT, fastest
from benchmarks.steps import measured

USERS, SECONDS, ROUNDS = 20, 5, 3
LEAST, DOUBLE = 1.1, 1.8
HIGHEST = 100_000
"""Requests a second that a run may plan."""

ENDLESS = {"rate": HIGHEST, "p50_ms": 10**6, "p95_ms": 10**6, "p99_ms": 10**6}
"""So that no run is ended for being slow: these are as fast as they can."""


def figures() -> Iterator[Figure]:
    """Our generator beside the others, then by two workers."""
    with fastest() as url:
        yield from _beside(f"{url}/health")
        yield from _workers(url)


def _beside(url: str) -> Iterator[Figure]:
    asked = Asked(url=url, users=USERS, seconds=SECONDS, rate=None)
    rounds: list[dict[str, Sent]] = []
    for _ in range(ROUNDS):
        found = {who: measured(who, asked) for who in ("ours", "locust")}
        found |= {name: sent for name in PROGRAMS if (sent := run(name, asked))}
        rounds.append(found)
        print("       " + "; ".join(_told(who, sent) for who, sent in found.items()), flush=True)
    yield _ratio(
        "requests a second, ours over FastHttpUser",
        [each["ours"].rate / each["locust"].rate for each in rounds],
        least=LEAST,
    )
    yield _ratio(
        "CPU a request, FastHttpUser's over ours",
        [each["locust"].cpu_us / each["ours"].cpu_us for each in rounds],
        least=LEAST,
    )
    for name in (name for name in PROGRAMS if name in rounds[0]):
        rate = median(each["ours"].rate / each[name].rate for each in rounds)
        cpu = median(each["ours"].cpu_us / each[name].cpu_us for each in rounds)
        yield Figure(name=f"ours over {name}", seen=f"rate {rate:.2f}, CPU a request {cpu:.2f}")


def _told(who: str, sent: Sent) -> str:
    return f"{who} {sent.rate:.0f}/s, {sent.cpu_us:.0f} µs"


def _ratio(name: str, ratios: list[float], *, least: float) -> Figure:
    shown = ", ".join(f"{each:.2f}" for each in sorted(ratios))
    found = median(ratios)
    return Figure(
        name=name, seen=f"{found:.2f} of {shown}", wanted=f"≥ {least}", kept=found >= least
    )


def _workers(url: str) -> Iterator[Figure]:
    rates, costs = [], []
    for _ in range(ROUNDS):
        one, two = carried(url, 1), carried(url, 2)
        print(f"       {_told('1 worker', one)}; {_told('2 workers', two)}", flush=True)
        rates.append(two.rate / one.rate)
        costs.append(2 * one.cpu_us / two.cpu_us)
    cores = os.cpu_count() or 1
    found = _ratio("rate of 2 workers over 1, by CPU a request", costs, least=DOUBLE)
    if cores > 2:
        found = _ratio("rate of 2 workers over 1", rates, least=DOUBLE)
    yield found
    shown = ", ".join(f"{each:.2f}" for each in sorted(rates))
    yield Figure(name=f"rate of 2 workers over 1 on {cores} cores, server and all", seen=shown)


def carried(url: str, workers: int) -> Sent:
    """What `python -m loadtests --workers` sends, by its own report."""
    with tempfile.TemporaryDirectory() as folder:
        text = (ROOT / "staging.toml").read_text()
        for name, value in ENDLESS.items():
            text = re.sub(rf"(?m)^{name} = .*$", f"{name} = {value}", text)
        Path(folder, "staging.toml").write_text(text)
        argv = [sys.executable, "-m", "loadtests", "--workers", str(workers)]
        argv += ["--seconds", str(SECONDS), "--rate", str(HIGHEST), "--users", str(2 * USERS)]
        given = {"STAGING_BASE_URL": url, "REPORTS": folder, "STAGING_HOME": folder}
        env = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), **given}
        subprocess.run(argv, cwd=folder, env=env, capture_output=True, timeout=90, check=False)
        found = json.loads(Path(folder, "load.json").read_text())
    rate, cpu = found["achieved_rate"], found["generator"]["cpu"]
    if not rate:
        raise RuntimeError("; ".join(found["reasons"]))
    return Sent(rate=rate, cpu_us=1e6 * cpu * workers / rate)


if __name__ == "__main__":
    sys.exit(exit_code(figures()))
