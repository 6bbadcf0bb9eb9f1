"""Load generators of others, each run once in the same way: what it sent, and what it tells.

Each is asked for a rate, or for as much as one core gives. vegeta and k6 come by `go install`, wrk
from Debian, autocannon from npm, oha from crates.io; what is not on PATH is not measured.
"""

import json
import os
import re
import resource
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from loadtests.latency import at

FRACTIONS = {"p50": 0.5, "p95": 0.95, "p99": 0.99, "p99.9": 0.999, "max": 1.0}
PATIENCE = 90.0
"""Seconds that a program may take beyond its run."""

UNITS = {"us": 0.001, "ms": 1.0, "s": 1000.0}
K6 = """
import http from 'k6/http';
export const options = {
  scenarios: { asked: { %s } },
  summaryTrendStats: ['p(50)', 'p(95)', 'p(99)', 'p(99.9)', 'max'],
};
export default function () { http.get(__ENV.URL); }
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A run; `rate` is requests a second, None for as many as can be."""

    url: str
    users: int
    seconds: int
    rate: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """What came of it: requests a second, CPU in microseconds each, latencies in ms as it tells."""

    rate: float
    cpu_us: float = 0.0
    told: dict[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Done:
    """What a program printed, and the CPU that it and its start took, in seconds."""

    text: str
    cpu: float


def vegeta(asked: Asked) -> Sent:
    """An open model: as many workers as it takes, or so many."""
    argv = ["vegeta", "attack", f"-rate={asked.rate or 0}", f"-duration={asked.seconds}s"]
    argv += [] if asked.rate else [f"-max-workers={asked.users}"]
    with tempfile.TemporaryDirectory() as folder:
        kept = Path(folder, "kept")
        attack = _run([*argv, f"-output={kept}"], asked, given=f"GET {asked.url}\n")
        told = json.loads(_run(["vegeta", "report", "-type=json", str(kept)], asked).text)
        each = ["vegeta", "encode", "--to=json", str(kept)]
        lines = _run(each, asked).text.splitlines() if asked.rate else []
    took = sorted(json.loads(line)["latency"] / 1e6 for line in lines)
    found = {name: at(took, fraction) for name, fraction in FRACTIONS.items()} if took else {}
    return _sent(asked, attack, told["requests"], found)


def k6(asked: Asked) -> Sent:
    """Its constant arrival rate, or so many virtual users without a pause."""
    users, seconds = asked.users, asked.seconds
    how = f"executor: 'constant-vus', vus: {users}, duration: '{seconds}s'"
    if asked.rate:
        how = (
            f"executor: 'constant-arrival-rate', rate: {asked.rate}, timeUnit: '1s', "
            f"duration: '{seconds}s', preAllocatedVUs: {users}, maxVUs: {users}"
        )
    with tempfile.TemporaryDirectory() as folder:
        script, told = Path(folder, "script.js"), Path(folder, "told.json")
        script.write_text(K6 % how)
        argv = ["k6", "run", "-q", "--no-usage-report", f"--summary-export={told}"]
        done = _run([*argv, "-e", f"URL={asked.url}", str(script)], asked)
        found = json.loads(told.read_text())["metrics"]
    took = found["http_req_duration"]
    latencies = {n: took["max" if f == 1 else f"p({100 * f:g})"] for n, f in FRACTIONS.items()}
    return _sent(asked, done, found["http_reqs"]["count"], latencies)


def wrk(asked: Asked) -> Sent:
    """As fast as it can, whatever is asked: it knows no rate."""
    argv = ["wrk", "-t1", f"-c{asked.users}", f"-d{asked.seconds}", "--latency", "--timeout", "5"]
    done = _run([*argv, asked.url], asked)
    found = re.findall(r"^\s+(\d+)%\s+([\d.]+)(us|ms|s)$", done.text, re.MULTILINE)
    by = {f"p{share}": float(value) * UNITS[unit] for share, value, unit in found}
    told = {name: ms for name, ms in by.items() if name in ("p50", "p99")}
    return _sent(asked, done, int(re.findall(r"(\d+) requests in", done.text)[0]), told)


def oha(asked: Asked) -> Sent:
    """With its correction, which counts from when each request was due, as wrk2's does."""
    argv = ["oha", "--no-tui", "--output-format=json", f"-z={asked.seconds}s", f"-c={asked.users}"]
    argv += ["-w", f"-q={asked.rate}", "--latency-correction"] if asked.rate else []
    done = _run([*argv, asked.url], asked)
    told = json.loads(done.text)
    took = {n: told["latencyPercentiles"].get(n) for n in FRACTIONS}
    by = {name: 1000 * seconds for name, seconds in took.items() if seconds}
    by["max"] = 1000 * told["summary"]["slowest"]
    return _sent(asked, done, sum(told["statusCodeDistribution"].values()), by)


def autocannon(asked: Asked) -> Sent:
    """With its correction, which adds what a stall kept from being sent."""
    argv = ["autocannon", "--json", f"-c{asked.users}", f"-d{asked.seconds}"]
    argv += [f"-R{asked.rate}"] if asked.rate else []
    done = _run([*argv, asked.url], asked)
    told = json.loads(done.text)
    keys = {"p50": "p50", "p99": "p99", "p99.9": "p99_9", "max": "max"}
    by = {name: float(told["latency"][key]) for name, key in keys.items()}
    return _sent(asked, done, told["requests"]["total"], by)


PROGRAMS: dict[str, Callable[[Asked], Sent]] = {
    "vegeta": vegeta,
    "k6": k6,
    "wrk": wrk,
    "oha": oha,
    "autocannon": autocannon,
}


def run(name: str, asked: Asked) -> Sent | None:
    """What the program did; None where it is not installed."""
    return PROGRAMS[name](asked) if shutil.which(name) else None


def _run(argv: Sequence[str], asked: Asked, *, given: str = "") -> Done:
    """Go's programs get one core, as the others use no more."""
    before = _children()
    text = subprocess.run(
        argv,
        input=given,
        env={**os.environ, "GOMAXPROCS": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        check=True,
        text=True,
        timeout=asked.seconds + PATIENCE,
    ).stdout
    return Done(text, _children() - before)


def _children() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _sent(asked: Asked, done: Done, requests: int, told: dict[str, float]) -> Sent:
    cpu = 1e6 * done.cpu / max(requests, 1)
    return Sent(rate=requests / asked.seconds, cpu_us=cpu, told=told)
