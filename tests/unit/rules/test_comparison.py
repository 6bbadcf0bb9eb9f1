import math

import pytest

from staging.rules.comparison import Change, change, compared, line, overall

SLOWER = [0.11, 0.09, 0.12, 0.08, 0.10, 0.13, 0.07, 0.10]
SAME = [0.01, -0.01, 0.02, -0.02, 0.005, -0.005, 0.01, -0.01]
WIDE = [0.5, -0.4, 0.3, -0.3, 0.4, -0.5, 0.2, 0.1]


@pytest.mark.parametrize(
    ("ratios", "verdict"),
    [
        (SLOWER, "worse"),
        ([-each for each in SLOWER], "better"),
        (SAME, "same"),
        (WIDE, "inconclusive"),
        (SLOWER[:5], "inconclusive"),  # too few to show anything
        ([], "inconclusive"),
        ([0.02] * 8, "same"),  # sure, and of no weight
    ],
)
def test_what_the_pairs_say(ratios: list[float], verdict: str) -> None:
    assert overall(compared({"p50": ratios})) == verdict


def test_the_change_has_its_size_and_interval() -> None:
    found = change("p50", SLOWER, part=0.7)
    assert found.change == pytest.approx(math.expm1(0.10), abs=0.002)
    assert found.low < found.change < found.high
    assert found.low > 0
    assert found.p == 1 / 256


def test_a_smaller_part_of_the_level_asks_for_more() -> None:
    once_back = [*SLOWER[:6], -0.01, 0.1]
    assert change("p50", once_back).verdict == "worse"
    assert change("p50", once_back, part=0.1).verdict == "inconclusive"


def test_figures_share_the_level_by_their_weight() -> None:
    """Of 256 flips six may give as much at p50, at p95 one."""
    back = [0.11, 0.09, 0.12, 0.08, 0.10, 0.13, 0.07, -0.08]
    p50, p95 = compared({"p50": back, "p95": back})
    assert 1 / 256 < p50.p == p95.p <= 6 / 256
    assert (p50.verdict, p95.verdict) == ("worse", "inconclusive")


def test_an_open_comparison_says_how_many_pairs_would_tell() -> None:
    needed = change("p50", WIDE).needed
    assert needed
    assert needed > 100
    assert change("p50", SLOWER).needed is None
    assert change("p50", [0.1]).needed == 6


def of(verdict: str) -> Change:
    return Change(name="p50", change=0, low=0, high=0, p=1, verdict=verdict)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("verdicts", "whole"),
    [
        (("same", "worse", "inconclusive"), "worse"),
        (("better", "inconclusive"), "inconclusive"),
        (("better", "same"), "better"),
        (("same", "same"), "same"),
        ((), "inconclusive"),
    ],
)
def test_the_worst_that_is_sure_decides_and_then_what_is_open(
    verdicts: tuple[str, ...], whole: str
) -> None:
    assert overall([of(verdict) for verdict in verdicts]) == whole


def test_a_line_says_it_to_a_reader() -> None:
    told = line(change("p95", SLOWER, part=0.3))
    assert told.startswith("p95 +10.5 % (between +")
    assert told.endswith("p 0.004): worse")
