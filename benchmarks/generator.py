"""What the generator carries over what Locust's own FastHttpUser does, on one core each.

`python -m benchmarks.generator` prints requests a second and CPU a request of both, each as fast
as it can against a server that does next to nothing; then one process of ours and two. The server
shares the machine: where it has fewer cores than all of them together, trust the CPU ratio.
"""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median

ROOT = Path(__file__).parents[1]
USERS, SECONDS, ROUNDS = 20, 5.0, 3
FAST = 1e6
"""Requests due a second: more than anybody sends, so that each user sends when it can."""


@contextmanager
def serving(*stall: str) -> Iterator[str]:
    """The server's address."""
    argv = [sys.executable, "-m", "benchmarks.server", *stall]
    with subprocess.Popen(argv, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout
            yield f"http://127.0.0.1:{int(process.stdout.readline())}"
        finally:
            process.terminate()


def ours(url: str) -> dict[str, float]:
    """Our users, as fast as they can, each request recorded from when it was due."""
    from loadtests.engine import Effort, drive
    from loadtests.ledger import Ledger
    from loadtests.mix import mixed, sequence
    from loadtests.schedule import Schedule
    from loadtests.visitor import Plan

    plan = Plan(
        url=url,
        users=USERS,
        schedule=Schedule.steady(rate=FAST, seconds=SECONDS),
        errands=sequence(mixed({"GET /health": 1})),
        token=None,
        job=None,
        domain=None,
        ledger=Ledger(),
        over=_after(SECONDS),
    )
    effort, began = Effort(), time.perf_counter()
    drive(plan, effort)
    taken = time.perf_counter() - began
    return _told(plan.recorder.samples, taken, effort.cpu * taken)


def theirs(url: str) -> dict[str, float]:
    """FastHttpUser with Locust's own statistics, without a pause."""
    from locust import FastHttpUser, task
    from locust.env import Environment

    class Fast(FastHttpUser):
        host = url

        @task
        def ask(self) -> None:
            with self.client.get("/health", catch_response=True) as answer:
                if json.loads(answer.content)["status"] != "healthy":
                    answer.failure("not healthy")

    environment = Environment(user_classes=[Fast], host=url)
    runner = environment.create_local_runner()
    runner.start(USERS, spawn_rate=USERS * 10)
    time.sleep(1)
    before, used, began = runner.stats.total.num_requests, time.process_time(), time.perf_counter()
    time.sleep(SECONDS)
    asked = runner.stats.total.num_requests - before
    told = _told(asked, time.perf_counter() - began, time.process_time() - used)
    runner.quit()
    return told


def _after(seconds: float) -> Callable[[], bool]:
    end = time.monotonic() + seconds
    return lambda: time.monotonic() > end


def _told(requests: int, seconds: float, cpu: float) -> dict[str, float]:
    return {"rate": requests / seconds, "cpu_us": 1e6 * cpu / max(requests, 1)}


def _measure(who: str, url: str, processes: int = 1) -> dict[str, float]:
    argv = [sys.executable, "-m", "benchmarks.generator", who, url]
    running = [
        subprocess.Popen(argv, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        for _ in range(processes)
    ]
    found = [json.loads(each.communicate(timeout=60)[0]) for each in running]
    return {
        "rate": sum(each["rate"] for each in found),
        "cpu_us": median(each["cpu_us"] for each in found),
    }


def main() -> None:
    """Measure in turns, and print the ratios."""
    with serving() as url:
        rounds = [[_measure(who, url) for who in ("ours", "theirs")] for _ in range(ROUNDS)]
        for mine, other in rounds:
            print(
                f"ours {mine['rate']:.0f}/s, {mine['cpu_us']:.0f} µs a request; "
                f"FastHttpUser {other['rate']:.0f}/s, {other['cpu_us']:.0f} µs"
            )
        two = _measure("ours", url, processes=2)
    rate = median(mine["rate"] / other["rate"] for mine, other in rounds)
    cpu = median(mine["cpu_us"] / other["cpu_us"] for mine, other in rounds)
    one = median(mine["rate"] for mine, _ in rounds)
    print(f"requests a second, ours over FastHttpUser: median {rate:.2f} (≥ 1.1)")
    print(f"CPU a request, ours over FastHttpUser: median {cpu:.2f}")
    cores = os.cpu_count()
    print(f"two processes over one: {two['rate'] / one:.2f} on {cores} cores, the server on one")


if __name__ == "__main__":
    if len(sys.argv) == 3:
        print(json.dumps({"ours": ours, "theirs": theirs}[sys.argv[1]](sys.argv[2])))
    else:
        main()
