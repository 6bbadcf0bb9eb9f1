"""Texts that match a regular expression, for those that are as plain as a check's usually are."""

import re
from collections.abc import Callable, Sequence
from math import prod
from random import Random
from re import _constants as sre  # type: ignore[attr-defined]
from re import _parser as parser  # type: ignore[attr-defined]
from typing import Any

LETTERS = "abcdefghijklmnopqrstuvwxyz"
PRINTABLE = [chr(code) for code in range(33, 127)]
MORE = 8  # repetitions that are drawn beyond the fewest where there is no limit


def matching(pattern: str, rng: Random) -> str | None:
    """A text that matches; None if the pattern is beyond this."""
    try:
        made = "".join(_made(parser.parse(_as_python(pattern)), rng))
        return made if re.search(_as_python(pattern), made) else None
    except (re.error, KeyError, NotImplementedError, OverflowError, RecursionError, IndexError):
        return None


def numbered(pattern: str) -> tuple[Callable[[int], str], int] | None:
    """Different texts that match, by number, and how many there are; None as above.

    Each place of the text has its signs; together they count like the digits of a number.
    """
    try:
        places = _places(parser.parse(_as_python(pattern)))
    except (re.error, KeyError, NotImplementedError, OverflowError, RecursionError):
        return None

    def nth(number: int) -> str:
        signs = []
        for among in reversed(places):
            number, digit = divmod(number, len(among))
            signs.append(among[digit])
        return "".join(reversed(signs))

    if not re.search(_as_python(pattern), nth(0)):
        return None
    return nth, min(prod(map(len, places)), 2**62)


def _places(parsed: Any) -> list[list[str]]:  # noqa: ANN401 - of re's own
    found: list[list[str]] = []
    for operation, given in parsed:
        if (signs := _signs(operation, given)) is not None:
            found.append(sorted(set(signs)))
        elif operation is sre.BRANCH:
            ways = [_places(way) for way in given[1]]
            found += sorted(ways, key=len)[-1]
        elif operation is sre.SUBPATTERN:
            found += _places(given[-1])
        elif operation in (sre.MAX_REPEAT, sre.MIN_REPEAT):
            fewest, most, inner = given
            found += _places(inner) * min(most, fewest + MORE)
        elif operation is not sre.AT:
            raise NotImplementedError(operation)
    return found


def _as_python(pattern: str) -> str:
    for theirs, ours in (("[:alnum:]", "a-zA-Z0-9"), ("[:alpha:]", "a-zA-Z"), ("[:digit:]", "0-9")):
        pattern = pattern.replace(theirs, ours)
    for theirs, ours in (("[:lower:]", "a-z"), ("[:upper:]", "A-Z"), ("[:space:]", " ")):
        pattern = pattern.replace(theirs, ours)
    return pattern


def _made(parsed: Any, rng: Random) -> list[str]:  # noqa: ANN401 - of re's own
    return [_one(operation, given, rng) for operation, given in parsed]


def _one(operation: Any, given: Any, rng: Random) -> str:  # noqa: ANN401 - of re's own
    if (signs := _signs(operation, given)) is not None:
        return rng.choice(signs)
    if operation is sre.BRANCH:
        return "".join(_made(rng.choice(given[1]), rng))
    if operation is sre.SUBPATTERN:
        return "".join(_made(given[-1], rng))
    if operation in (sre.MAX_REPEAT, sre.MIN_REPEAT):
        fewest, most, inner = given
        count = rng.randint(fewest, min(most, fewest + MORE))
        return "".join("".join(_made(inner, rng)) for _ in range(count))
    if operation is sre.AT:
        return ""
    raise NotImplementedError(operation)


def _signs(operation: Any, given: Any) -> Sequence[str] | None:  # noqa: ANN401 - of re's own
    """What may stand in one place; None where it is more than a place."""
    if operation is sre.LITERAL:
        return chr(given)
    if operation is sre.NOT_LITERAL:
        return [each for each in PRINTABLE if ord(each) != given]
    if operation is sre.ANY:
        return LETTERS
    return _among(given) if operation is sre.IN else None


def _among(given: Any) -> list[str]:  # noqa: ANN401 - of re's own
    named = {
        sre.CATEGORY_DIGIT: "0123456789",
        sre.CATEGORY_WORD: f"{LETTERS}0123456789_",
        sre.CATEGORY_SPACE: " ",
    }
    without, found = False, list[str]()
    for operation, value in given:
        if operation is sre.NEGATE:
            without = True
        elif operation is sre.LITERAL:
            found.append(chr(value))
        elif operation is sre.RANGE:
            found += map(chr, range(value[0], value[1] + 1))
        else:
            found += named[value]
    return [each for each in PRINTABLE if each not in found] if without else found
