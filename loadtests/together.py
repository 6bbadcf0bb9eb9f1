"""A run of steady stages that several processes carry."""

from collections.abc import Mapping
from typing import Any

from loadtests.course import Course
from loadtests.crew import Crew, Worker
from loadtests.live import Now
from loadtests.order import Order
from loadtests.schedule import Schedule
from loadtests.wire import unpacked


def together(course: Course, order: Order, *, requests: int) -> None:
    """`requests` is how many a benchmark plans, one endpoint after the other; 0 for a mix."""
    crew = Crew(_shares(course, order, requests), course.ledger.add, order.remotes)

    def tell(latest: list[float], errors: int, passed: float, interval: float) -> None:
        course.view.tell(
            Now(
                passed=passed,
                seconds=course.schedule.seconds,
                interval=interval,
                planned=course.schedule.rate_at(passed),
                latest=latest,
                errors=errors,
            )
        )

    try:
        crew.run(course.schedule.seconds, tell)
    finally:
        _gathered(course, crew)
        course.crew = [_told(course, worker, order) for worker in crew.workers]


def _shares(course: Course, order: Order, requests: int) -> list[dict[str, Any]]:
    token, mix = course.token, _mix(course)
    return [
        {
            "worker": number,
            "workers": order.workers,
            "url": course.url,
            "users": order.users,
            "stages": [[s.seconds, s.start_rate, s.end_rate] for s in course.schedule.stages],
            "mix": mix,
            "requests": requests,
            "token": token.reveal() if token else "",  # by a pipe that only it reads
            "job": course.job,
            "domain": course.domain,
            "forwarded": course.forwarded,
        }
        for number in range(order.workers)
    ]


def _told(course: Course, worker: Worker, order: Order) -> dict[str, Any]:
    """What the report says of one of them."""
    share = Schedule(course.schedule.stages, worker=worker.number, workers=order.workers)
    measured = unpacked(worker.result["measured"]) if worker.result else None
    return {
        "place": order.remotes[worker.number].place if order.remotes else "this computer",
        "clock_ahead_seconds": round(worker.ahead, 6),
        "clock_within_ms": round(worker.within * 1000, 3),
        "planned": share.planned,
        "requests": measured.samples if measured else 0,
        "lost": worker.lost,
    }


def _mix(course: Course) -> Mapping[str, float]:
    return {errand.name: errand.weight for errand in course.errands}


def _gathered(course: Course, crew: Crew) -> None:
    course.recorder.add(crew.merged())
    results = [worker.result for worker in crew.workers if worker.result]
    course.effort.seconds = max((r["seconds"] for r in results), default=0.0)
    course.effort.cpu = max((r["cpu"] for r in results), default=0.0)
    for worker in crew.workers:
        if worker.lost:
            share = Schedule(
                course.schedule.stages, worker=worker.number, workers=len(crew.workers)
            )
            course.missing += share.planned
            course.notes.append(
                f"Worker {worker.number + 1} of {len(crew.workers)} {worker.lost}: its "
                f"{share.planned} of {course.schedule.planned} planned requests are missing."
            )
