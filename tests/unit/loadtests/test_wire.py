import random

import pytest

from loadtests.latency import Recorder
from loadtests.schedule import Departure
from loadtests.wire import heard, line, offset, packed, unpacked


def measured(seed: int) -> Recorder:
    found, chance = Recorder(), random.Random(seed)
    for number in range(50):
        departure = Departure(late_ms=chance.random(), foreseen=True, in_time=True, at=number / 7)
        error = "status 500" if chance.random() < 0.1 else ""
        name = chance.choice(["GET /health", "GET /v1/jobs"])
        found.record(name, departure=departure, took_ms=chance.expovariate(0.01), error=error)
    return found


def test_what_a_hundred_processes_measured_is_whole_when_it_is_put_together() -> None:
    once, together = Recorder(), Recorder()
    for seed in range(100):
        once.add(measured(seed))
        together.add(unpacked(heard(line("result", measured=packed(measured(seed))))["measured"]))
    assert together.samples == 5000
    assert together.due() == once.due()
    assert (together.errors, together.in_time, len(together.lags)) == (once.errors, 5000, 5000)
    for name, tally in once.tallies.items():
        assert sorted(together.tallies[name].due) == sorted(tally.due)
        assert together.tallies[name].causes == tally.causes


@pytest.mark.parametrize("raw", [b"", b"Traceback (most recent call last):\n", b"[1]\n", b"{}\n"])
def test_what_is_no_message_has_no_kind(raw: bytes) -> None:
    assert heard(raw)["kind"] == ""


@pytest.mark.parametrize(
    ("samples", "ahead"),
    [
        ([(10.0, 110.5, 11.0)], 100.0),
        ([(10.0, 10.5, 11.0), (20.0, 20.0, 22.0)], 0.0),  # the shorter way is the truer one
        ([(5.0, 2.05, 5.1)], -3.0),
    ],
)
def test_the_difference_of_two_clocks_is_taken_in_the_middle_of_the_way(
    samples: list[tuple[float, float, float]], ahead: float
) -> None:
    assert offset(samples) == pytest.approx(ahead)
