"""A profile's stages as the schedule of the run."""

from collections.abc import Sequence

from loadtests.profile import Stage
from loadtests.schedule import Schedule


def schedule(stages: Sequence[Stage]) -> Schedule:
    """One that is even, at the mean of the stages: the place for Schedule(stages=…)."""
    seconds = sum(stage.seconds for stage in stages)
    requests = sum(s.seconds * (s.start_rate + s.end_rate) / 2 for s in stages)
    return Schedule(rate=requests / seconds, seconds=seconds)


def even(rate: float, seconds: float) -> Schedule:
    """One rate for so long."""
    return schedule([Stage(seconds, rate, rate)])
