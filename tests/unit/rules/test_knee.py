import heapq
import random
from collections.abc import Callable
from contextlib import suppress

import pytest

from staging.rules.knee import (
    Bracket,
    Capacity,
    Ground,
    capacity,
    concurrency,
    growing,
    patch,
    trials,
)

GROUND = Ground(start=10, top=5000, growth=1.6, precision=0.05, rounds=3)
SECONDS = 8.0


def searched(
    held: Callable[[float], bool], ground: Ground = GROUND
) -> tuple[list[float], Capacity]:
    """The rates that were tried, and the capacity, where `held` says how a trial ends."""
    found: list[Bracket] = []
    tried, search = [], trials(ground, found)
    rate = next(search)
    while True:
        tried.append(rate)
        try:
            rate = search.send(held(rate))
        except StopIteration:
            break
    answer = capacity(found)
    assert answer
    return tried, answer


def served(rate: float, *, workers: int, takes: Callable[[], float]) -> list[tuple[float, float]]:
    """A trial against a simulated server: when each request was due, and its latency in ms."""
    free = [0.0] * workers
    latencies = []
    for number in range(int(rate * SECONDS)):
        due = number / rate
        start = max(due, heapq.heappop(free))
        end = start + takes()
        heapq.heappush(free, end)
        latencies.append((due, 1000 * (end - due)))
    return latencies


def holds(latencies: list[tuple[float, float]], *, p95_ms: float = 500) -> bool:
    ordered = sorted(ms for _, ms in latencies)
    return ordered[int(0.95 * len(ordered))] <= p95_ms and not growing(latencies)


@pytest.mark.parametrize("workers", [1, 4, 20, 64])
@pytest.mark.parametrize("took", [0.005, 0.02, 0.1])
def test_a_server_that_always_takes_as_long_is_found_within_ten_percent(
    workers: int, took: float
) -> None:
    true = workers / took
    ground = Ground(start=5, top=2 * true + 50, growth=1.6, precision=0.05, rounds=3)
    tried, found = searched(
        lambda rate: holds(served(rate, workers=workers, takes=lambda: took)), ground
    )
    assert found.rate == pytest.approx(true, rel=0.1)
    assert found.high
    assert found.low <= true * 1.02
    assert true <= found.high * 1.02
    assert len(tried) <= 40


@pytest.mark.parametrize("seed", range(12))
def test_a_server_that_takes_now_longer_now_shorter_is_found_within_ten_percent(seed: int) -> None:
    chance = random.Random(seed)
    true = 8 / 0.04

    def takes() -> float:
        return chance.uniform(0.02, 0.06)

    _, found = searched(lambda rate: holds(served(rate, workers=8, takes=takes)))
    assert found.rate == pytest.approx(true, rel=0.1)
    assert found.rounds == 3


def test_a_server_that_answers_wrong_above_a_rate_is_found_without_a_backlog() -> None:
    tried, found = searched(lambda rate: rate <= 137)
    assert found.low <= 137 <= (found.high or 0)
    assert (found.high or 0) / found.low < 1.12
    assert len(tried) < 25


def test_a_server_that_bears_the_top_has_it_at_least() -> None:
    tried, found = searched(lambda _: True)
    assert (found.low, found.high, found.rate) == (5000, None, 5000)
    assert tried.count(5000) == 1


def test_a_server_that_is_slower_than_the_first_rate_is_found_below_it() -> None:
    _, found = searched(lambda rate: rate <= 1.3)
    assert found.rate == pytest.approx(1.3, rel=0.1)


def test_a_server_that_bears_nothing_has_no_capacity() -> None:
    found: list[Bracket] = []
    search = trials(GROUND, found)
    next(search)
    tried = 1
    with suppress(StopIteration):
        while tried < 100:
            search.send(False)
            tried += 1
    assert capacity(found) is None
    assert tried < 20


def test_one_trial_that_went_wrong_widens_the_interval_and_moves_little() -> None:
    count = iter(range(1000))
    _, found = searched(lambda rate: rate <= 200 and next(count) != 14)
    assert found.rate == pytest.approx(200, rel=0.15)


def test_a_stall_is_no_backlog() -> None:
    steady = [(n / 50, 20.0) for n in range(400)]
    stalled = [(t, 20 + max(0.0, 1000 * (7.5 - t)) * (t > 6.5)) for t, _ in steady]
    assert not growing(steady)
    assert not growing(stalled)
    assert growing([(t, 20 + 50 * t) for t, _ in steady])
    assert not growing(steady[:9])


@pytest.mark.parametrize(
    ("low", "mean", "machines", "soft", "hard"),
    [(200, 100, 1, 16, 20), (200, 100, 2, 8, 10), (50, 10, 1, 1, 2), (1000, 250, 1, 200, 250)],
)
def test_limits_of_a_machine_follow_from_littles_law(
    low: float, mean: float, machines: int, soft: int, hard: int
) -> None:
    found = Capacity(rate=low * 1.02, low=low, high=low * 1.05, rounds=3)
    told = concurrency(found, mean_ms=mean, machines=machines)
    assert (told.soft, told.hard) == (soft, hard)
    assert f"soft_limit = {soft}\n  hard_limit = {hard}\n" in patch(told)
