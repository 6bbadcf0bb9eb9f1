"""Locust drives the users; what they report goes to the recorder, request by request."""

import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass

from locust.env import Environment
from locust.runners import Runner

from loadtests.greenlets import patience, sleep
from loadtests.latency import Recorder
from loadtests.schedule import DRAIN, Departure
from loadtests.site import TIMEOUT
from loadtests.text import progress
from loadtests.visitor import Plan, Visitor

SPAWN_RATE = 100
INTERVAL = 2.0
SETTLE = 2.0


@dataclass(slots=True)
class Effort:
    """What the generator itself spent: its share of a core, over how many seconds of the run."""

    cpu: float = 0.0
    seconds: float = 0.0


def drive(plan: Plan, recorder: Recorder, effort: Effort) -> None:
    """Run the plan to its end. An exception in a user is a mistake of ours, and raised here."""
    mistakes: list[Exception] = []
    runner = _runner(plan, recorder, mistakes)
    begun, used = time.perf_counter(), time.process_time()
    try:
        runner.start(plan.users, spawn_rate=SPAWN_RATE)
        _gather(plan)
        begun, used = time.perf_counter(), time.process_time()
        plan.schedule.begin(begun)
        plan.opened.set()
        _watch(plan, runner, recorder)
    finally:
        now = time.perf_counter()
        effort.seconds = plan.schedule.elapsed(now)
        effort.cpu = (time.process_time() - used) / max(now - begun, 1e-9)
        plan.schedule.close()
        plan.ledger.settle(seconds=SETTLE)
        runner.quit()
    if mistakes:
        raise mistakes[0]


def _runner(plan: Plan, recorder: Recorder, mistakes: list[Exception]) -> Runner:
    user = type("StagingVisitor", (Visitor,), {"host": plan.url, "plan": plan})
    environment = Environment(user_classes=[user], host=plan.url)

    def on_request(
        name: str,
        response_time: float,
        exception: Exception | None,
        context: Mapping[str, Departure],
        **_: object,
    ) -> None:
        if departure := context.get("departure"):
            error = str(exception or "")
            recorder.record(name, departure=departure, took_ms=response_time, error=error)

    def on_mistake(exception: Exception, **_: object) -> None:
        mistakes.append(exception)

    environment.events.request.add_listener(on_request)  # type: ignore[no-untyped-call]  # Locust's
    environment.events.user_error.add_listener(on_mistake)  # type: ignore[no-untyped-call]  # same
    return environment.create_local_runner()


def _gather(plan: Plan) -> None:
    """Wait until every user has connected, or has had the time to."""
    with patience(TIMEOUT + plan.users / SPAWN_RATE):
        while len(plan.ready) < plan.users:
            sleep(0.01)


def _watch(plan: Plan, runner: Runner, recorder: Recorder) -> None:
    """Tell how it goes until the last user has stopped; each does, as each request has a limit."""
    begun = told = time.perf_counter()
    longest = begun + plan.schedule.seconds + DRAIN + TIMEOUT + 1
    while not runner.user_greenlets.join(timeout=INTERVAL) and time.perf_counter() < longest:
        now = time.perf_counter()
        if plan.schedule.planned > plan.schedule.claimed and plan.over():
            plan.schedule.cut(now)
        line = progress(
            passed=now - begun,
            seconds=plan.schedule.seconds,
            interval=now - told,
            latest=recorder.latest(),
            errors=recorder.errors,
        )
        print(line, file=sys.stderr, flush=True)
        told = now
