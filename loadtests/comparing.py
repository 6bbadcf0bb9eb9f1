"""Two targets take turns under the same load."""

import os
from dataclasses import replace

from loadtests.course import Course
from loadtests.engine import Effort, drive
from loadtests.latency import Recorder, at
from loadtests.mix import Need, sequence
from loadtests.order import Order
from loadtests.politeness import beside
from loadtests.schedule import Schedule
from loadtests.site import Site
from loadtests.versus import Block, Versus
from staging.errors import ConfigurationError, ServiceFailed
from staging.secret import Secret
from staging.settings import Settings

TURNS = "ABBA"
LEAST = 1.0
"""Seconds of a block; a shorter one measures the beginning alone."""


def compare(course: Course, order: Order, settings: Settings) -> None:
    """One block after the other; those that were measured count, whatever ends the run."""
    pairs = order.profile.pairs
    assert pairs  # the profile's schema asks for it
    other = beside(order, settings)
    if silence := Site(other, token=None).silence():
        raise ServiceFailed(f"Nothing answers at {other}.", detail=silence)
    seconds = order.seconds / (4 * pairs.number)
    if seconds < LEAST + pairs.warm_seconds:
        raise ConfigurationError(
            f"{order.seconds:g} s are too few for {pairs.number} pairs of four blocks.",
            remedy=f"Use --seconds {4 * pairs.number * (LEAST + pairs.warm_seconds):g} or more.",
        )
    able = {Need.NOTHING, Need.TOKEN} if _token() else {Need.NOTHING}
    course.errands = tuple(errand for errand in course.errands if errand.need in able)
    blocks: list[Block] = []
    sides = {"A": Recorder(), "B": Recorder()}
    try:
        for number in range(4 * pairs.number):
            side = TURNS[number % 4]
            url = course.url if side == "A" else other
            course.view.begin(f"pair {number // 4 + 1} of {pairs.number}, {side}")
            block = _block(course, order, url, seconds)
            sides[side].add(block)
            blocks.append(Block(side, _figures(block, pairs.warm_seconds)))
            if side == "A" and number % 4:
                course.view.say(f"  pair {number // 4 + 1} of {pairs.number}")
    finally:
        course.recorder = sides["A"]
        turns = sum(block.side == "A" for block in blocks)
        whole = Schedule.steady(rate=order.rate, seconds=seconds).planned / order.rate
        course.schedule = Schedule.steady(rate=order.rate, seconds=max(turns, 1) * whole)
        course.effort.seconds = turns * whole
        course.special = Versus(
            other=other, blocks=tuple(blocks), seconds=seconds, wrong=sides["B"].errors
        )


def _block(course: Course, order: Order, url: str, seconds: float) -> Recorder:
    recorder, effort = Recorder(), Effort()
    schedule = Schedule.steady(rate=order.rate, seconds=seconds)
    plan = course.plan(order, sequence(course.errands), schedule=schedule)
    token = course.token if url == course.url else _token()
    drive(replace(plan, url=url, token=token, recorder=recorder), effort)
    course.effort.cpu = max(course.effort.cpu, effort.cpu)
    return recorder


def _figures(block: Recorder, warm: float) -> dict[str, float]:
    took = sorted(
        ms
        for tally in block.tallies.values()
        for due, ms in zip(tally.at, tally.due, strict=True)
        if due >= warm
    )
    return {"p50": at(took, 0.50), "p95": at(took, 0.95)}


def _token() -> Secret | None:
    given = os.environ.get("COMPARE_ACCESS_TOKEN", "")
    return Secret(given) if given else None
