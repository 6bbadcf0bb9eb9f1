"""Texts of a column: as its name says, as long as its checks allow, and each with a number."""

from collections.abc import Callable, Iterable
from functools import cache
from random import Random

from staging.inventory.tables import Column
from staging.rules.checks import Demand
from staging.rules.synthesis import patterns, words
from staging.rules.synthesis.kinds import Values, escaped

POOL = 251
SHORT = 12  # signs, below which a text is its number and nothing else


def texts(column: Column, demand: Demand, *, width: int | None) -> Values:
    """The texts of one column."""
    longest = min(filter(None, (column.size, demand.longest)), default=None)
    shortest = demand.shortest or 0
    make, pattern = words.kind(column.name), demand.pattern

    def one(rng: Random, room: int | None, at_least: int = 0) -> str:
        if pattern is not None and (found := patterns.matching(pattern, rng)) is not None:
            return found
        return words.fitted(make(rng), rng, shortest=max(shortest, at_least), longest=room)

    def some(rng: Random, count: int) -> list[str]:
        usual = min(width - 4, 2000) if width and width > 40 else 0
        if longest is not None:
            usual = min(usual, longest)
        return [escaped(one(rng, longest, usual)) for _ in range(count)]

    if pattern is not None and (known := patterns.numbered(pattern)) is not None:
        nth, size = known
        return Values(lambda numbers: [escaped(nth(n)) for n in numbers], some, size)
    usual = max(0, min(width or 0, 2000) - 8)
    short = longest is not None and longest < SHORT
    numbered = _numbered(lambda r, room: one(r, room, usual), longest, shortest)
    return Values(numbered, some, 36**longest if short and longest else None)


def _numbered(
    one: Callable[[Random, int | None], str], longest: int | None, shortest: int
) -> Callable[[Iterable[int]], list[str]]:
    """Texts that end in their number, or begin with it where the end is a domain's."""
    if longest is not None and longest < SHORT:
        return lambda numbers: [_base36(n, max(shortest, 1, longest)) for n in numbers]

    @cache
    def pool() -> tuple[list[str], bool]:
        room = longest - 10 if longest else None
        texts = [escaped(one(_chance(n), room)) for n in range(POOL)]
        in_front = "@" in texts[0] or texts[0].endswith(".example")
        return (texts if in_front else [f"{text}-" for text in texts]), in_front

    def nth(numbers: Iterable[int]) -> list[str]:
        texts, in_front = pool()
        if in_front:
            return [f"{n:x}.{texts[n * 7 % POOL]}" for n in numbers]
        return [f"{texts[n * 7 % POOL]}{n:x}" for n in numbers]

    return nth


def _base36(number: int, width: int) -> str:
    signs = ""
    while number:
        number, digit = divmod(number, 36)
        signs = "0123456789abcdefghijklmnopqrstuvwxyz"[digit] + signs
    return signs.rjust(width, "0")


def _chance(number: int) -> Random:
    return Random(number)  # noqa: S311 - not for secrets
