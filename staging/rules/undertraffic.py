"""What users see of a migration that is applied while they are at work. Pure."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from staging.rules.recovery import Sample
from staging.rules.risk import Reason

HESITATION = 0.25
"""Seconds over the longest wait before: less is what a busy machine does by itself."""

ENOUGH = 24
"""Requests before, and as many since: without them nothing was seen."""

NO_ANSWER = "no answer"
UNWELL = "the application was not well before"
ITS_OWN = re.compile(r',?"request_id":"[^"]*"')
"""What is different in each answer, so that the same failure is told once."""


class Wait(NamedTuple):
    """At a moment, in seconds since the beginning: how many sessions waited, how long the first."""

    at: float
    waiting: int
    longest: float


@dataclass(frozen=True, slots=True, kw_only=True)
class UnderTraffic:
    """Requests while the files were applied, which took `seconds`, and shortly before and after.

    `delayed` waited for a lock, `slow` took as long without one; `failed` got an error or no
    answer. `queue` is how many were due at a time and not answered, at the most; `unsent` could
    not be sent, because their turn came while the one before them waited. `waiting` and `blocked`
    are the database's own: sessions that waited for a lock at a time, and the longest of it.
    `unwell` is why nothing could be seen, `error` why the files were not applied.
    """

    files: tuple[str, ...]
    allowed: float
    seconds: float = 0.0
    before: int = 0
    since: int = 0
    usual: float = 0.0
    longest: float = 0.0
    delayed: int = 0
    slow: int = 0
    failed: int = 0
    unsent: int = 0
    queue: int = 0
    waiting: int = 0
    blocked: float = 0.0
    wrong: tuple[str, ...] = ()
    unwell: str = ""
    error: str = ""
    put_back: tuple[str, ...] = ()
    not_put_back: tuple[str, ...] = ()
    unseen: tuple[str, ...] = ()

    @property
    def reasons(self) -> tuple[Reason, ...]:
        """What it means for the verdict."""
        return reasons(self)

    @property
    def blind(self) -> tuple[str, ...]:
        """What the traffic did not ask for, and what could not be looked at."""
        return self.unseen


def seen(
    samples: Sequence[Sample],
    waits: Sequence[Wait],
    *,
    files: Sequence[str],
    seconds: float,
    allowed: float,
    every: float,
) -> UnderTraffic:
    """Read the requests; times count from the beginning of the migration."""
    before = [each for each in samples if each.answered < 0]
    since = [each for each in samples if each.answered >= 0]
    usual = max((each.answered - each.sent for each in before), default=0.0)
    spans = _spans(waits)
    long = [each for each in since if _took(each) > usual + HESITATION]
    delayed = [each for each in long if _within(each, spans)]
    bad = [each for each in since if not each.good]
    unwell = next((f"{UNWELL} ({each.kind}: {each.told})" for each in before if not each.good), "")
    return UnderTraffic(
        files=tuple(files),
        allowed=allowed,
        seconds=round(seconds, 3),
        before=len(before),
        since=len(since),
        usual=round(usual, 3),
        longest=round(max(map(_took, since), default=0.0), 3),
        delayed=len(delayed),
        slow=len(long) - len(delayed),
        failed=len(bad),
        unsent=sum(int(_took(each) / every) for each in long),
        queue=_queue(since, every),
        waiting=max((each.waiting for each in waits), default=0),
        blocked=round(max((each.longest for each in waits), default=0.0), 3),
        wrong=tuple(dict.fromkeys(_told(each, spans) for each in bad))[:5],
        unwell=unwell,
    )


def reasons(found: UnderTraffic) -> tuple[Reason, ...]:
    """Users who wait too long need a window; an application that fails is unsafe."""
    file = found.files[-1] if found.files else ""
    told = list[Reason]()
    if found.error:
        told.append(
            Reason(level="unsafe", file=file, told=f"It fails under traffic: {found.error}")
        )
    elif missing := _missing(found):
        told.append(
            Reason(level="invalid", file=file, told=f"Nothing seen under traffic: {missing}")
        )
    else:
        told += _of_users(found, file)
    if found.not_put_back:
        left = f"Staging is not as it was before: {'; '.join(found.not_put_back)}"
        remedy = "Run this again: it begins with putting that back."
        told.append(Reason(level="invalid", file="", told=left, remedy=remedy))
    return tuple(told)


def _of_users(found: UnderTraffic, file: str) -> list[Reason]:
    told = []
    answers = [each for each in found.wrong if NO_ANSWER not in each]
    if answers:
        what = f"Under traffic the application that runs fails: {'; '.join(answers)}"
        remedy = "Deploy a version first that can do with both schemas."
        told.append(Reason(level="unsafe", file=file, told=what, remedy=remedy))
    wait = max(found.longest if found.delayed else 0.0, found.blocked)
    kinds = f"{found.delayed} requests delayed, {found.failed} failed, {found.unsent} not sent"
    queue = f"{found.queue} in the queue, {found.waiting} sessions waiting for a lock"
    if wait > found.allowed:
        what = f"Under traffic users wait {wait:.2f} s for a lock: {kinds}, {queue}"
        remedy = "Apply it in a window, or do it in steps that hold no lock for long."
        told.append(Reason(level="window", file=file, told=what, seconds=wait, remedy=remedy))
    else:
        what = f"Under traffic the longest of {found.since} requests took {found.longest:.2f} s"
        usual = f"{found.usual:.2f} s before, longest wait for a lock {found.blocked:.2f} s"
        told.append(Reason(level="note", file=file, told=f"{what} ({usual}); {kinds}, {queue}"))
    return told


def _missing(found: UnderTraffic) -> str:
    if not found.files:
        return "there is no migration to try"
    if found.unwell:
        return found.unwell
    if min(found.before, found.since) < ENOUGH:
        return f"{found.before} requests before and {found.since} since are too few"
    return ""


def _took(sample: Sample) -> float:
    return sample.answered - max(sample.sent, 0.0)


def _told(sample: Sample, spans: Sequence[tuple[float, float]]) -> str:
    why = " while a lock was waited for" if _within(sample, spans) else ""
    return f"{sample.kind}: {ITS_OWN.sub('', sample.told)}{why}"


def _spans(waits: Sequence[Wait]) -> list[tuple[float, float]]:
    """From when to when somebody waited, as each look tells it."""
    return [(each.at - each.longest, each.at) for each in waits if each.waiting]


def _within(sample: Sample, spans: Sequence[tuple[float, float]]) -> bool:
    return any(start < sample.answered and sample.sent < end for start, end in spans)


def _queue(samples: Sequence[Sample], every: float) -> int:
    """Just before each answer: who is under way, and whose turn came meanwhile."""

    def due(at: float) -> int:
        under_way = [s for s in samples if s.sent < at <= s.answered]
        return sum(1 + int((at - max(s.sent, 0.0)) / every) for s in under_way)

    return max((due(each.answered) for each in samples), default=0)
