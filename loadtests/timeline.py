"""What each second of a run was like; a request belongs to the second in which it was due."""

from dataclasses import asdict, dataclass
from typing import Any

from loadtests.latency import Recorder, at
from loadtests.schedule import Schedule

ROUNDED = 2  # places of a millisecond


@dataclass(frozen=True, slots=True, kw_only=True)
class Second:
    """One second: how many were due in it, left in it and were wrong, and how long they took.

    Latencies count from when each was due; None where nothing was.
    """

    second: int
    planned: int
    sent: int
    done: int
    errors: int
    p50_ms: float | None
    p95_ms: float | None
    p99_ms: float | None
    max_ms: float | None


def timeline(recorder: Recorder, schedule: Schedule) -> tuple[Second, ...]:
    """Every second from the first to the last in which anything was due, left or ended."""
    due, sent, done, wrong = dict[int, list[float]](), _Counts(), _Counts(), _Counts()
    for tally in recorder.tallies.values():
        for at_s, took, alone in zip(tally.at, tally.due, tally.sent, strict=True):
            due.setdefault(int(at_s), []).append(took)
            sent.count(at_s + (took - alone) / 1000)
            done.count(at_s + took / 1000)
        for at_s in tally.wrong:
            wrong.count(at_s)
    last = max((*due, *sent, *done), default=-1)
    planned = [schedule.due_by(float(second)) for second in range(last + 2)]
    return tuple(
        _second(
            second,
            sorted(due.get(second, ())),
            planned=planned[second + 1] - planned[second],
            sent=sent.get(second, 0),
            done=done.get(second, 0),
            errors=wrong.get(second, 0),
        )
        for second in range(last + 1)
    )


def document(seconds: tuple[Second, ...]) -> list[dict[str, Any]]:
    """The same as JSON."""
    return [asdict(second) for second in seconds]


class _Counts(dict[int, int]):
    def count(self, at_s: float) -> None:
        self[int(at_s)] = self.get(int(at_s), 0) + 1


def _second(
    number: int, took: list[float], *, planned: int, sent: int, done: int, errors: int
) -> Second:
    def of(fraction: float) -> float | None:
        return round(at(took, fraction), ROUNDED) if took else None

    return Second(
        second=number,
        planned=planned,
        sent=sent,
        done=done,
        errors=errors,
        p50_ms=of(0.50),
        p95_ms=of(0.95),
        p99_ms=of(0.99),
        max_ms=of(1.0),
    )
