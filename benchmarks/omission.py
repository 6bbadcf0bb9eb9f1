"""What generators say of a server that answers nobody for one second in ten.

`python -m benchmarks.omission` prints the percentiles that each tells, and how far they are from
the truth: requests that are due evenly wait for what is left of the stall. The server is one of
ours, told beforehand when to stall. vegeta, k6 and wrk are asked where they are installed; of
wrk2, which is in no package registry, there is nothing to compare.
"""

import json
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from statistics import median

from benchmarks.server import remaining
from loadtests.latency import at

ROOT = Path(__file__).parents[1]
STALL, EVERY = 1.0, 10.0
RATE, SECONDS = 400, 30
"""Three whole periods, so that it does not matter when a run begins."""

ROUNDS = 3
FRACTIONS = {"p50": 0.5, "p95": 0.95, "p99": 0.99, "p99.9": 0.999, "max": 1.0}
Told = Mapping[str, float]
K6 = """
import http from 'k6/http';
export const options = {
  scenarios: { steady: { executor: 'constant-arrival-rate', rate: %d, timeUnit: '1s',
    duration: '%ds', preAllocatedVUs: %d, maxVUs: %d } },
  summaryTrendStats: ['p(50)', 'p(95)', 'p(99)', 'p(99.9)', 'max'],
};
export default function () { http.get(__ENV.URL); }
"""


@contextmanager
def stalling() -> Iterator[str]:
    """The server's address."""
    argv = [sys.executable, "-m", "benchmarks.server", str(STALL), str(EVERY)]
    with subprocess.Popen(argv, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout
            yield f"http://127.0.0.1:{int(process.stdout.readline())}/health"
        finally:
            process.terminate()


def truth() -> Told:
    """In ms: what is left of the stall when each request is due."""
    waits = sorted(1000 * remaining(n / RATE, STALL, EVERY) for n in range(RATE * SECONDS))
    return {name: at(waits, fraction) for name, fraction in FRACTIONS.items()}


def ours(url: str, users: str) -> Told:
    """Our generator, with so many users."""
    from loadtests.engine import Effort, drive
    from loadtests.ledger import Ledger
    from loadtests.mix import mixed, sequence
    from loadtests.schedule import Schedule
    from loadtests.visitor import Plan

    plan = Plan(
        url=url.removesuffix("/health"),
        users=int(users),
        schedule=Schedule.steady(rate=RATE, seconds=SECONDS),
        errands=sequence(mixed({"GET /health": 1})),
        token=None,
        job=None,
        domain=None,
        ledger=Ledger(),
    )
    drive(plan, Effort())
    took = sorted(plan.recorder.tallies["GET /health"].due)
    return {name: at(took, fraction) for name, fraction in FRACTIONS.items()}


def locust(url: str, users: str) -> Told:
    """FastHttpUser, each asking evenly, with Locust's own statistics."""
    from locust import FastHttpUser, constant_throughput, task
    from locust.env import Environment

    class Fast(FastHttpUser):
        host = url.removesuffix("/health")
        wait_time = constant_throughput(RATE / int(users))

        @task
        def ask(self) -> None:
            self.client.get("/health")

    runner = Environment(user_classes=[Fast]).create_local_runner()
    runner.start(int(users), spawn_rate=int(users))
    time.sleep(SECONDS)
    total = runner.stats.total
    told = {name: total.get_response_time_percentile(f) for name, f in FRACTIONS.items()}
    runner.quit()
    return told


def vegeta(url: str, _: str) -> Told:
    """An open model in Go."""
    attack = ["vegeta", "attack", f"-rate={RATE}", f"-duration={SECONDS}s"]
    sent = subprocess.run(
        attack, input=f"GET {url}\n".encode(), capture_output=True, check=True, timeout=120
    )
    report = ["vegeta", "encode", "--to=json"]
    told = subprocess.run(
        report, input=sent.stdout, capture_output=True, check=True, timeout=120
    ).stdout.splitlines()
    took = sorted(json.loads(line)["latency"] / 1e6 for line in told)
    return {name: at(took, fraction) for name, fraction in FRACTIONS.items()}


def k6(url: str, users: str) -> Told:
    """Its constant arrival rate, with so many virtual users."""
    with tempfile.TemporaryDirectory() as folder:
        script, told = Path(folder, "script.js"), Path(folder, "told.json")
        script.write_text(K6 % (RATE, SECONDS, int(users), int(users)))
        argv = ["k6", "run", "-q", "--no-usage-report", f"--summary-export={told}", "-e"]
        argv += [f"URL={url}", str(script)]
        subprocess.run(argv, capture_output=True, check=True, timeout=180)
        found = json.loads(told.read_text())["metrics"]["http_req_duration"]
    return {name: found["max" if f == 1 else f"p({100 * f:g})"] for name, f in FRACTIONS.items()}


def wrk(url: str, users: str) -> Told:
    """As fast as it can, with so many connections: no rate to be omitted from."""
    argv = ["wrk", "-t1", f"-c{users}", f"-d{SECONDS}", "--latency", "--timeout", "5", url]
    text = subprocess.run(argv, capture_output=True, text=True, check=True, timeout=120).stdout
    units = {"us": 0.001, "ms": 1.0, "s": 1000.0}
    found = re.findall(r"^\s+(\d+)%\s+([\d.]+)(us|ms|s)$", text, re.MULTILINE)
    by = {f"p{share}": float(value) * units[unit] for share, value, unit in found}
    return {name: by[name] for name in ("p50", "p99") if name in by}


WAYS: dict[str, Callable[[str, str], Told]] = {
    "ours": ours,
    "locust": locust,
    "vegeta": vegeta,
    "k6": k6,
    "wrk": wrk,
}
RUNS = (
    *(("ours", "500"), ("ours", "20"), ("locust", "400"), ("locust", "20")),
    *(("vegeta", ""), ("k6", "1000"), ("k6", "20"), ("wrk", "20")),
)


def measured(way: str, users: str, url: str) -> Told:
    """One run in a process of its own, as each patches it in its own way."""
    argv = [sys.executable, "-m", "benchmarks.omission", way, users, url]
    done = subprocess.run(
        argv, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, timeout=240
    )
    return json.loads(done.stdout) if done.returncode == 0 else {}


def line(name: str, told: Told, true: Told) -> str:
    """The figures with how far each is off, where the truth is not next to nothing."""
    parts = []
    for key, value in told.items():
        off = f" ({100 * (value - true[key]) / true[key]:+.1f} %)" if true[key] >= 1 else ""
        parts.append(f"{key} {value:.1f}{off}")
    return f"{name:12} {', '.join(parts) or 'gave nothing'}"


def main() -> None:
    """Measure one after the other; ours and the median of its rounds first."""
    true = truth()
    print(line("truth", true, true), flush=True)
    with stalling() as url:
        for way, users in RUNS:
            if way in {"vegeta", "k6", "wrk"} and not shutil.which(way):
                print(f"{way:12} is not installed here")
                continue
            rounds = [measured(way, users, url) for _ in range(ROUNDS if way == "ours" else 1)]
            told = {key: median(each[key] for each in rounds) for key in rounds[0]}
            print(line(f"{way} {users}", told, true), flush=True)


if __name__ == "__main__":
    if len(sys.argv) == 4:
        print(json.dumps(WAYS[sys.argv[1]](sys.argv[3], sys.argv[2])))
    else:
        main()
