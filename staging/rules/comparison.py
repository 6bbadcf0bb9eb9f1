"""Whether one of two things that were measured in turns is slower: runs are the sample.

Requests of one run resemble each other more than those of two runs do, so that a test over
requests cries wolf. Here each pair is an ABBA of four blocks, its figure the log of the ratio; an
exact sign-flip test says how easily chance gives as much, Hodges and Lehmann's estimate how much it
is. docs/decisions/0010 has the false alarms and the power (benchmarks/comparison.py).
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations_with_replacement, product
from statistics import median, stdev
from typing import Literal

Sameness = Literal["better", "same", "worse", "inconclusive"]

ALARM = 0.0275
"""The level that the figures share: no more false alarms than that."""

WEIGHTS = {"p50": 0.855, "p95": 0.145}
"""How they share it: p95 differs so much between identical runs that it seldom shows anything."""

MATTERS = math.log(1.03)
"""A smaller change is called none, however sure it is."""

BEARABLE = math.log(1.10)
"""Who is surely below this is called the same."""

FEWEST = 6
"""Pairs; fewer can show nothing at that level."""

MOST = 16
"""Pairs; the flips of more are too many to count."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One figure's change as parts of 1, with its interval; `needed` pairs would tell, about."""

    name: str
    change: float
    low: float
    high: float
    p: float
    verdict: Sameness
    needed: int | None = None


def change(name: str, ratios: Sequence[float], *, part: float = 1.0) -> Change:
    """What the logs of the pairs' ratios say of a figure that has such a part of the level."""
    alpha = ALARM * part + 1e-12
    estimate, (low, high) = _middle(ratios), _interval(ratios, alpha)
    slower, faster = _chance(ratios), _chance([-each for each in ratios])
    verdict: Sameness = "inconclusive"
    if len(ratios) < FEWEST:
        verdict = "inconclusive"
    elif slower <= alpha and estimate >= MATTERS:
        verdict = "worse"
    elif faster <= alpha and estimate <= -MATTERS:
        verdict = "better"
    elif high < BEARABLE and low > -BEARABLE:
        verdict = "same"
    return Change(
        name=name,
        change=math.expm1(estimate),
        low=math.expm1(low),
        high=math.expm1(high),
        p=min(slower, faster),
        verdict=verdict,
        needed=_needed(ratios) if verdict == "inconclusive" else None,
    )


def compared(ratios: Mapping[str, Sequence[float]]) -> tuple[Change, ...]:
    """Each figure's change; `ratios` are by the figure's name, one a pair."""
    weights = {name: WEIGHTS.get(name, max(WEIGHTS.values())) for name in ratios}
    whole = sum(weights.values())
    return tuple(
        change(name, each, part=weights[name] / whole) for name, each in ratios.items() if each
    )


def overall(changes: Sequence[Change]) -> Sameness:
    """Worse if any is; better or the same only if nothing is open."""
    verdicts = {each.verdict for each in changes}
    for verdict in ("worse", "inconclusive", "better"):
        if verdict in verdicts:
            return verdict
    return "same" if verdicts else "inconclusive"


def line(found: Change) -> str:
    """For a reader."""
    told = f"{found.name} {100 * found.change:+.1f} % "
    told += f"(between {100 * found.low:+.1f} and {100 * found.high:+.1f} %, p {found.p:.3f})"
    more = f"; about {found.needed} pairs would tell" if found.needed else ""
    return f"{told}: {found.verdict}{more}"


def _walsh(ratios: Sequence[float]) -> list[float]:
    return sorted((a + b) / 2 for a, b in combinations_with_replacement(ratios, 2))


def _middle(ratios: Sequence[float]) -> float:
    return median(_walsh(ratios))


def _chance(ratios: Sequence[float]) -> float:
    """How many of all ways to flip the signs give a sum as large."""
    least = sum(ratios) - 1e-12
    ways = product((1, -1), repeat=len(ratios))
    hits = sum(sum(s * r for s, r in zip(way, ratios, strict=True)) >= least for way in ways)
    return float(hits) / float(2 ** len(ratios))


def _interval(ratios: Sequence[float], alpha: float) -> tuple[float, float]:
    """By the exact distribution of signed ranks; without bounds where there are too few."""
    ways = [1]
    for rank in range(1, len(ratios) + 1):
        longer = [*ways, *[0] * rank]
        ways = [n + (longer[i - rank] if i >= rank else 0) for i, n in enumerate(longer)]
    below, cut = 0, 0
    for number in ways:
        below += number
        if below / 2 ** len(ratios) > alpha:
            break
        cut += 1
    walsh = _walsh(ratios)
    return (walsh[cut - 1], walsh[-cut]) if cut else (-math.inf, math.inf)


def _needed(ratios: Sequence[float]) -> int | None:
    """Pairs in which a change of BEARABLE would be seen nine times of ten, by their spread."""
    if len(ratios) < 2:
        return FEWEST
    wanted = math.ceil(((2.17 + 1.28) * stdev(ratios) / BEARABLE) ** 2)
    return max(FEWEST, len(ratios) + 1, wanted)
