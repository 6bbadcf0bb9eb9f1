"""Columns of one row that have an order: a start before its end, least before most."""

from datetime import timedelta
from functools import cache
from random import Random
from typing import TYPE_CHECKING

from staging.rules.synthesis.distribution import enough
from staging.rules.synthesis.kinds import SPAN
from staging.rules.synthesis.makers import Drawn, Moments

if TYPE_CHECKING:
    from staging.rules.synthesis.drafting import Draft

DAY = 86_400  # seconds
TIMES = {"timestamp with time zone": "+00", "timestamp without time zone": ""}
LIFE = (
    ("birth", "creat", "insert", "made", "added"),
    ("schedul", "run", "invit", "sent"),
    ("start", "begin", "from", "since", "open"),
    ("updat", "chang", "seen", "read"),
    ("complet", "finish", "end", "until", "clos", "to_"),
    ("expir", "revok", "delet", "archiv"),
)
"""What a time is called, from the first that happens to a thing to the last."""


def decide(draft: "Draft") -> None:
    """Fill a row's times together, and each chain of other columns that a check puts in order."""
    times = [
        column.name
        for column in draft.table.columns
        if column.type in TIMES and not column.array and _open(draft, column.name)
    ]
    if times:
        _times(draft, _sorted(times, draft.demands.orders))
    chains = _chains(draft)
    for chain in chains:
        _chain(draft, chain)


def _open(draft: "Draft", name: str) -> bool:
    demand = draft.demands.column(name)
    bound = demand.since or demand.until or demand.choices
    return name not in draft.filled() and not bound and name in draft.values


def _sorted(names: list[str], orders: list[tuple[str, str]]) -> list[str]:
    """By what checks say, else by what they are called."""
    found, left = list[str](), sorted(names, key=_age)
    while left:
        first = next((n for n in left if not any(b == n and a in left for a, b in orders)), left[0])
        found.append(first)
        left.remove(first)
    return found


def _age(name: str) -> int:
    parts = name.lower()
    ages = [age for age, words in enumerate(LIFE) if any(word in parts for word in words)]
    return ages[0] if ages else 3


def _times(draft: "Draft", names: list[str]) -> None:
    rng = draft.rng("times")
    chance, told, count = rng.random, _clocks(), len(names)
    suffixes = [TIMES[draft.column(name).type] for name in names]
    clocks: list[list[str]] = [[] for _ in names]
    for _ in range(enough(draft.rows)):
        seconds = sorted([int(chance() * (DAY - count)) for _ in names])
        fraction = f".{int(chance() * 1_000_000):06}"
        for place, second in enumerate(seconds):  # later ones are later, even of the same second
            clocks[place].append(told[second + place] + fraction + suffixes[place])
    days = [f"{draft.given.now - timedelta(n)} " for n in range(SPAN, 0, -1)]
    nulls = tuple(draft.nulls(name) for name in names)
    draft.made[tuple(names)] = Moments(days, tuple(clocks), nulls)


@cache
def _clocks() -> list[str]:
    return [f"{s // 3600:02}:{s // 60 % 60:02}:{s % 60:02}" for s in range(DAY)]


def _chains(draft: "Draft") -> list[list[str]]:
    """Columns that an order connects."""
    chains: list[list[str]] = []
    for one, other in draft.demands.orders:
        if not (_drawable(draft, one) and _drawable(draft, other)):
            continue
        joined = [chain for chain in chains if one in chain or other in chain]
        merged = list(dict.fromkeys([one, other, *(n for chain in joined for n in chain)]))
        chains = [chain for chain in chains if chain not in joined] + [merged]
    return [_sorted(chain, draft.demands.orders) for chain in chains]


def _drawable(draft: "Draft", name: str) -> bool:
    known = {column.name for column in draft.table.columns}
    return name in known and name not in draft.filled() and name in draft.values


def _chain(draft: "Draft", names: list[str]) -> None:
    rng: Random = draft.rng("chain", *names)
    first, size = draft.values[names[0]], 1_000
    sizes = [s for n in names if (s := draft.values[n].size) is not None]
    size = min([size, *sizes])
    if size < len(names):
        draft.notes.append(f"{', '.join(names)}: too few values to be in order")
        return
    backwards = draft.column(names[0]).type.startswith(("date", "time"))
    slots: list[list[str]] = [[] for _ in names]
    for _ in range(enough(draft.rows)):
        numbers = sorted(rng.sample(range(size), len(names)), reverse=backwards)
        for slot, number in zip(slots, numbers, strict=True):
            slot.append(str(number))
    nth = first.nth
    known = {str(n): text for n, text in zip(range(size), nth(range(size)), strict=True)}
    draft.made[tuple(names)] = Drawn(tuple([known[n] for n in slot] for slot in slots))
