"""One run of our generator, and of stock Locust, in this process: each patches it in its own way.

`python -m benchmarks.steps WHO URL USERS SECONDS [RATE]` prints what it sent as JSON.
"""

import json
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import asdict

from benchmarks.programs import FRACTIONS, PATIENCE, Asked, Sent
from benchmarks.serving import ROOT
from loadtests.latency import at

FAST = 1e6
"""Requests due a second: more than anybody sends, so that each user sends when it can."""


def measured(who: str, asked: Asked) -> Sent:
    """Such a run in a process of its own."""
    return wait(started(who, asked), asked)


def started(who: str, asked: Asked) -> "subprocess.Popen[bytes]":
    """The process of one."""
    words = [
        asked.url,
        str(asked.users),
        str(asked.seconds),
        *([str(asked.rate)] * bool(asked.rate)),
    ]
    argv = [sys.executable, "-m", "benchmarks.steps", who, *words]
    return subprocess.Popen(argv, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)


def wait(process: "subprocess.Popen[bytes]", asked: Asked) -> Sent:
    """What it sent."""
    with process:
        out, _ = process.communicate(timeout=asked.seconds + PATIENCE)
    return Sent(**json.loads(out))


def ours(asked: Asked) -> Sent:
    """Our users; each request is recorded from when it was due."""
    from loadtests.engine import Effort, drive
    from loadtests.ledger import Ledger
    from loadtests.mix import mixed, sequence
    from loadtests.schedule import Schedule
    from loadtests.visitor import Plan

    plan = Plan(
        url=asked.url.removesuffix("/health"),
        users=asked.users,
        schedule=Schedule.steady(rate=asked.rate or FAST, seconds=asked.seconds),
        errands=sequence(mixed({"GET /health": 1})),
        token=None,
        job=None,
        domain=None,
        ledger=Ledger(),
        over=bool if asked.rate else _after(asked.seconds),
    )
    effort, began = Effort(), time.perf_counter()
    drive(plan, effort)
    taken = time.perf_counter() - began
    took = sorted(plan.recorder.tallies["GET /health"].due)
    return _sent(plan.recorder.samples, taken, effort.cpu * taken, took)


def locust(asked: Asked) -> Sent:
    """FastHttpUser with Locust's own statistics: evenly, or without a pause."""
    from locust import FastHttpUser, constant_throughput, task
    from locust.env import Environment

    class Fast(FastHttpUser):
        host = asked.url.removesuffix("/health")
        if asked.rate:
            wait_time = constant_throughput(asked.rate / asked.users)

        @task
        def ask(self) -> None:
            with self.client.get("/health", catch_response=True) as answer:
                if json.loads(answer.content)["status"] != "healthy":
                    answer.failure("not healthy")

    runner = Environment(user_classes=[Fast]).create_local_runner()
    runner.start(asked.users, spawn_rate=asked.users)
    time.sleep(0 if asked.rate else 1)  # all are there
    total = runner.stats.total
    before, used, began = total.num_requests, time.process_time(), time.perf_counter()
    time.sleep(asked.seconds)
    sent, taken = total.num_requests - before, time.perf_counter() - began
    told = {name: float(total.get_response_time_percentile(f)) for name, f in FRACTIONS.items()}
    found = Sent(
        rate=sent / taken, cpu_us=1e6 * (time.process_time() - used) / max(sent, 1), told=told
    )
    runner.quit()
    return found


def _after(seconds: float) -> Callable[[], bool]:
    end = time.monotonic() + seconds
    return lambda: time.monotonic() > end


def _sent(requests: int, seconds: float, cpu: float, took: list[float]) -> Sent:
    told = {name: at(took, fraction) for name, fraction in FRACTIONS.items()}
    return Sent(rate=requests / seconds, cpu_us=1e6 * cpu / max(requests, 1), told=told)


WHO: dict[str, Callable[[Asked], Sent]] = {"ours": ours, "locust": locust}


if __name__ == "__main__":
    who, url, users, seconds, *rate = sys.argv[1:]
    given = Asked(
        url=url, users=int(users), seconds=int(seconds), rate=int(rate[0]) if rate else None
    )
    print(json.dumps(asdict(WHO[who](given))))
