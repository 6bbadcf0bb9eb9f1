"""Locust drives the users, who report each request to the plan's recorder."""

import time
from collections.abc import Callable
from dataclasses import dataclass

from locust.env import Environment
from locust.runners import Runner

from loadtests.greenlets import patience, sleep
from loadtests.line import TIMEOUT
from loadtests.schedule import DRAIN
from loadtests.visitor import Plan, Visitor

SPAWN_RATE = 100
SETTLE = 2.0


@dataclass(slots=True)
class Effort:
    """What the generator itself spent: its share of a core, over how many seconds of the run."""

    cpu: float = 0.0
    seconds: float = 0.0


def drive(plan: Plan, effort: Effort, *, starts: Callable[[], float] = time.perf_counter) -> None:
    """Run the plan to its end. An exception in a user is a mistake of ours, and raised here.

    `starts` is asked once all users have connected: when is the first request due?
    """
    mistakes: list[Exception] = []
    runner = _runner(plan, mistakes)
    begun, used = time.perf_counter(), time.process_time()
    try:
        runner.start(plan.own, spawn_rate=SPAWN_RATE)
        _gather(plan)
        begun, used = starts(), time.process_time()
        plan.schedule.begin(begun)
        plan.opened.set()
        _watch(plan, runner)
    finally:
        now = time.perf_counter()
        effort.seconds = plan.schedule.elapsed(now)
        effort.cpu = (time.process_time() - used) / max(now - begun, 1e-9)
        plan.schedule.close()
        plan.ledger.settle(seconds=SETTLE)
        runner.quit()
    if mistakes:
        raise mistakes[0]


def _runner(plan: Plan, mistakes: list[Exception]) -> Runner:
    user = type("StagingVisitor", (Visitor,), {"host": plan.url, "plan": plan})
    environment = Environment(user_classes=[user], host=plan.url)

    def on_mistake(exception: Exception, **_: object) -> None:
        mistakes.append(exception)

    environment.events.user_error.add_listener(on_mistake)  # type: ignore[no-untyped-call]  # Locust's
    return environment.create_local_runner()


def _gather(plan: Plan) -> None:
    """Wait until every user has connected, or has had the time to."""
    with patience(TIMEOUT + plan.own / SPAWN_RATE):
        while len(plan.ready) < plan.own:
            sleep(0.01)


def _watch(plan: Plan, runner: Runner) -> None:
    """Tell how it goes until the last user has stopped; each does, as each request has a limit."""
    begun = told = time.perf_counter()
    longest = begun + plan.schedule.seconds + DRAIN + TIMEOUT + 1
    while not runner.user_greenlets.join(timeout=plan.every) and time.perf_counter() < longest:
        now = time.perf_counter()
        if plan.schedule.planned > plan.schedule.claimed and plan.over():
            plan.schedule.cut(now)
        plan.tell(plan.recorder, now - begun, now - told)
        told = now
