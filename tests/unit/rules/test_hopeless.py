import random
from math import ceil

import pytest

from staging.inventory import EndpointObjectives, Objectives
from staging.rules.hopeless import Planned, Seen, hopeless
from staging.rules.limits import limits

OBJECTIVES = Objectives(
    p50_ms=100,
    p95_ms=200,
    p99_ms=400,
    error_rate=0.01,
    requests_per_second=5,
    minimum_samples=50,
    max_ms=5000,
    endpoints={"GET /v1/jobs": EndpointObjectives(p95_ms=50)},
)
PLANNED = Planned(requests=1000, seconds=100, shares={"GET /v1/jobs": 0.2})


def lost(sight: Seen, *, scope: str = "", in_time: int | None = None) -> list[str]:
    """The names of what is lost, of 1,000 planned requests in 100 s."""
    sent = sight.samples if in_time is None else in_time
    found = hopeless(limits(OBJECTIVES), {scope: sight}, PLANNED, in_time=sent)
    return [line.partition(" cannot")[0] for line in found]


@pytest.mark.parametrize(
    ("sight", "names"),
    [
        (Seen(samples=100, errors=0), []),
        (Seen(samples=100, errors=10), []),  # 1 % of the 1,000 that are planned
        (Seen(samples=100, errors=11), ["error rate"]),
        (Seen(samples=49, errors=49), []),  # too few to call anything failed
        (Seen(samples=100, errors=0, over={"p99_ms": 10}), []),
        (Seen(samples=100, errors=0, over={"p99_ms": 11}), ["p99"]),
        (Seen(samples=100, errors=0, over={"p95_ms": 50, "p99_ms": 11}), ["p99"]),
        (Seen(samples=100, errors=0, over={"p95_ms": 51}), ["p95"]),
        (Seen(samples=600, errors=0, over={"p50_ms": 500}), []),
        (Seen(samples=600, errors=0, over={"p50_ms": 501}), ["p50"]),
        (Seen(samples=100, errors=0, over={"max_ms": 1}), ["max"]),
    ],
)
def test_a_run_is_hopeless_once_the_rest_cannot_mend_it(sight: Seen, names: list[str]) -> None:
    assert lost(sight) == names


@pytest.mark.parametrize(("in_time", "names"), [(100, []), (99, ["requests per second"])])
def test_a_rate_is_hopeless_once_too_few_can_still_be_sent(in_time: int, names: list[str]) -> None:
    assert lost(Seen(samples=600, errors=0), in_time=in_time) == names


@pytest.mark.parametrize(("over", "names"), [(10, []), (11, ["GET /v1/jobs p95"])])
def test_an_endpoint_has_its_share_of_the_requests(over: int, names: list[str]) -> None:
    sight = Seen(samples=100, errors=0, over={"p95_ms": over})
    assert lost(sight, scope="GET /v1/jobs") == names


def test_what_is_called_hopeless_would_never_have_been_met() -> None:
    chance = random.Random(8)
    for _ in range(300):
        slow = chance.choice((0.005, 0.01, 0.02, 0.1))
        took = [500.0 if chance.random() < slow else 10.0 for _ in range(1000)]
        called = False
        for done in range(50, 1000, 50):
            over = sum(ms > OBJECTIVES.p99_ms for ms in took[:done])
            called |= lost(Seen(samples=done, errors=0, over={"p99_ms": over})) == ["p99"]
        met = sorted(took)[ceil(0.99 * 1000) - 1] <= OBJECTIVES.p99_ms
        assert not (called and met)
