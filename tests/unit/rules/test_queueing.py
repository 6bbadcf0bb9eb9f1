import heapq
from math import isnan

import pytest

from staging.rules.queueing import Look, Step, Task, Worked, fairness, saturation, worked

SECONDS, PAGES, TOOK = 40.0, 10, 0.5


def simulated(rate: float, *, workers: int, greedy: bool = False) -> Step:
    """So many jobs a second of ten tasks each, of two organisations in turn, worked off in order.

    `greedy`: tasks of the first organisation always come first.
    """
    jobs = [(number / rate, "ab"[number % 2]) for number in range(int(rate * SECONDS))]
    waiting = sorted((at, name) for at, name in jobs for _ in range(PAGES))
    if greedy:
        waiting.sort(key=lambda each: (each[1], each[0]))
    free = [0.0] * workers
    tasks = []
    for at, name in waiting:
        start = max(at, heapq.heappop(free))
        heapq.heappush(free, start + TOOK)
        seen = start < SECONDS
        tasks.append(
            Task(
                organisation=name,
                enqueued=at,
                started=start if seen else None,
                ended=start + TOOK if start + TOOK < SECONDS else None,
            )
        )
    looks = [
        Look(
            at,
            sum(t.enqueued <= at and (t.ended is None or t.ended > at) for t in tasks),
        )
        for at in range(1, int(SECONDS))
    ]
    return Step(
        rate=rate,
        begun=0,
        ended=SECONDS,
        jobs=len(jobs),
        kept_back=0,
        tasks=tuple(tasks),
        looks=tuple(looks),
    )


@pytest.mark.parametrize("workers", [1, 4, 10])
@pytest.mark.parametrize(
    ("part", "saturated"), [(0.3, False), (0.6, False), (0.8, False), (1.3, True), (2.0, True)]
)
def test_a_queue_is_saturated_when_more_comes_than_is_done(
    workers: int, part: float, saturated: bool
) -> None:
    bears = workers / TOOK / PAGES  # jobs a second
    found = worked(simulated(part * bears, workers=workers))
    assert found.saturated == saturated
    if saturated:
        assert found.done == pytest.approx(workers / TOOK, rel=0.1)
        assert found.left > 0


def test_the_capacity_is_what_full_workers_do() -> None:
    steps = [worked(simulated(rate, workers=4)) for rate in (0.2, 0.4, 0.6, 1.2)]
    found = saturation(steps)
    assert found
    assert found.at == 1.2
    assert found.most == pytest.approx(8, rel=0.1)
    assert found.bears == pytest.approx(6, rel=0.1)


def test_workers_that_are_never_full_have_no_rate_at_which_they_are() -> None:
    found = saturation([worked(simulated(0.2, workers=10))])
    assert found
    assert found.at is None


def test_workers_that_do_nothing_say_nothing() -> None:
    idle = Step(rate=1, begun=0, ended=10, jobs=5, kept_back=0, tasks=(), looks=())
    found = worked(idle)
    assert saturation([found]) is None
    assert isnan(found.queue_p95_ms)
    assert isnan(found.fairness)


def test_time_in_queue_is_from_made_to_taken() -> None:
    tasks = tuple(
        Task(organisation="a", enqueued=n, started=n + 0.2, ended=n + 1) for n in range(9)
    )
    late = Task(organisation="a", enqueued=9, started=12.0, ended=13)
    step = Step(rate=1, begun=0, ended=20, jobs=1, kept_back=0, tasks=(*tasks, late), looks=())
    found = worked(step)
    assert (round(found.queue_p50_ms), round(found.queue_p95_ms)) == (200, 3000)
    assert (found.waits, found.done) == (10, 0.5)


def test_who_always_comes_first_is_not_fair() -> None:
    fair: Worked = worked(simulated(0.8, workers=2))
    greedy = worked(simulated(0.8, workers=2, greedy=True))
    assert fair.fairness > 0.95
    assert greedy.fairness < 0.8


@pytest.mark.parametrize(
    ("started", "expected"), [((1, 1), 1.0), ((1, None), 0.5), ((None, None), None)]
)
def test_fairness_is_one_for_equals_and_a_half_for_one_who_gets_all(
    started: tuple[float | None, float | None], expected: float | None
) -> None:
    pairs = zip("ab", started, strict=True)
    tasks = [Task(organisation=name, enqueued=0, started=at) for name, at in pairs]
    found = fairness(tasks, until=10)
    assert isnan(found) if expected is None else found == expected


def test_jobs_that_had_nowhere_to_go_mean_that_earlier_ones_were_not_done() -> None:
    looks = tuple(Look(n, 5) for n in range(30))
    step = Step(rate=1, begun=0, ended=30, jobs=10, kept_back=11, tasks=(), looks=looks)
    assert worked(step).saturated
