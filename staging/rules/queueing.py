"""What a queue and its workers bear: throughput, time in queue, fairness, where it saturates."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

GROWS = 0.1
"""Of the tasks that came: so many more waiting at the end mean that they came too fast."""

LEAST = 3
"""Tasks by which a queue may be longer at the end, for no reason."""

FAIR = 0.8
"""Jain's index, of two organisations: 1 when both get what they ask for, 0.5 when one gets all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """One task; times are seconds of one clock, None where it did not come so far."""

    organisation: str
    enqueued: float
    started: float | None = None
    ended: float | None = None


@dataclass(frozen=True, slots=True)
class Look:
    """How many tasks had no outcome, at a time."""

    at: float
    unfinished: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One rate that was tried for a while. `kept_back` are jobs that had nowhere to go."""

    rate: float
    begun: float
    ended: float
    jobs: int
    kept_back: int
    tasks: tuple[Task, ...]
    looks: tuple[Look, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Worked:
    """What one step says: tasks a second that came and were done, and what they waited (ms)."""

    rate: float
    offered: float
    done: float
    deepest: int
    left: int
    queue_p50_ms: float
    queue_p95_ms: float
    waits: int
    fairness: float
    saturated: bool
    kept_back: int


def worked(step: Step) -> Worked:
    """The figures of one step; NaN where nothing can be said."""
    seconds = max(step.ended - step.begun, 1e-9)
    came = [t for t in step.tasks if step.begun <= t.enqueued < step.ended]
    done = [t for t in step.tasks if t.ended is not None and step.begun <= t.ended < step.ended]
    waits = sorted(1000 * (t.started - t.enqueued) for t in came if t.started is not None)
    depths = [look.unfinished for look in step.looks]
    return Worked(
        rate=step.rate,
        offered=len(came) / seconds,
        done=len(done) / seconds,
        deepest=max(depths, default=0),
        left=depths[-1] if depths else 0,
        queue_p50_ms=_rank(waits, 0.50),
        queue_p95_ms=_rank(waits, 0.95),
        waits=len(waits),
        fairness=fairness(came, until=step.ended),
        saturated=_saturated(step, came),
        kept_back=step.kept_back,
    )


def fairness(tasks: Sequence[Task], *, until: float) -> float:
    """Jain's index of the part of its tasks that each organisation got started; NaN for one."""
    names = sorted({t.organisation for t in tasks})
    if len(names) < 2:
        return math.nan
    parts = []
    for name in names:
        own = [t for t in tasks if t.organisation == name]
        parts.append(sum(t.started is not None and t.started < until for t in own) / len(own))
    squares = sum(part * part for part in parts)
    return sum(parts) ** 2 / (len(parts) * squares) if squares else math.nan


@dataclass(frozen=True, slots=True, kw_only=True)
class Saturation:
    """`bears` is the most tasks a second that were done without a queue that grew.

    `at` is the rate of jobs from which on it grew, None if it never did; `most` is what was done
    then: the workers' capacity.
    """

    bears: float
    at: float | None
    most: float


def saturation(steps: Sequence[Worked]) -> Saturation | None:
    """What all steps say together; None where nothing was done in any."""
    if not any(step.done for step in steps):
        return None
    calm = [step for step in steps if not step.saturated]
    full = [step for step in steps if step.saturated]
    return Saturation(
        bears=max((step.done for step in calm), default=0.0),
        at=full[0].rate if full else None,
        most=max(step.done for step in steps),
    )


def _saturated(step: Step, came: Sequence[Task]) -> bool:
    """Whether a queue never got as short again as it had been, by more than chance makes it.

    Jobs bring their tasks in heaps: so it is the shortest of the last third that counts.
    """
    depths = [look.unfinished for look in step.looks]
    third = len(depths) // 3
    if not third:
        return False
    early, late = min(depths[:third]), min(depths[-third:])
    return step.kept_back > step.jobs or late - early > max(LEAST, GROWS * len(came))


def _rank(ordered: Sequence[float], fraction: float) -> float:
    """The smallest value that `fraction` do not exceed (nearest rank)."""
    if not ordered:
        return math.nan
    return ordered[max(math.ceil(fraction * len(ordered) - 1e-9), 1) - 1]
