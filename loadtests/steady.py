"""Runs whose rates are known beforehand: the profile's stages, or one endpoint after the other."""

from collections.abc import Iterator

from loadtests.course import Course
from loadtests.engine import drive
from loadtests.mix import Errand, blocks, sequence
from loadtests.order import Order
from loadtests.together import together
from loadtests.watching import Watch, shares
from staging.rules.limits import limits
from staging.settings import Settings


def stages(course: Course, order: Order, settings: Settings) -> None:
    """The mix, at the rates of the profile's stages."""
    if order.workers > 1:
        together(course, order, requests=0)
    else:
        _carry(course, order, settings, sequence(course.errands))


def benchmark(course: Course, order: Order, settings: Settings) -> None:
    """Each endpoint as often as any other, in turn or one after the other."""
    errands, requests = course.errands, course.schedule.planned
    if order.workers > 1:
        together(course, order, requests=0 if order.profile.side_by_side else requests)
    elif order.profile.side_by_side:
        _carry(course, order, settings, sequence(errands))
    else:
        _carry(course, order, settings, blocks(errands, requests=requests))


def _carry(course: Course, order: Order, settings: Settings, errands: Iterator[Errand]) -> None:
    asked = limits(settings.objectives) if order.profile.abort else ()
    watch = Watch(asked, course.recorder, course.schedule, shares(course.errands))
    drive(course.plan(order, errands, over=watch), course.effort)
    course.lost = watch.lost
