"""What a column's possible values are to those who fill it."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from random import Random

NULL = r"\N"
DAYS = 36_500
SPAN = 180  # days that moments reach back
SPREAD = 1_000_003
"""Prime to every power of two and to most sizes: what follows it looks unordered."""


@dataclass(frozen=True, slots=True)
class Values:
    """`nth` gives different values for different numbers below `size` (None: without end).

    `some` gives so many that look alike to what people have; they may repeat.
    """

    nth: Callable[[Iterable[int]], list[str]]
    some: Callable[[Random, int], list[str]]
    size: int | None = None


def escaped(text: str) -> str:
    """As COPY reads it back."""
    for sign, told in (("\\", "\\\\"), ("\n", "\\n"), ("\t", "\\t"), ("\r", "\\r")):
        text = text.replace(sign, told)
    return text


def listed(choices: Iterable[str]) -> Values:
    """Nothing but these."""
    known = [escaped(each) for each in choices]
    return Values(
        lambda numbers: [known[n] for n in numbers], lambda r, k: r.choices(known, k=k), len(known)
    )
