"""Slots: a column's values in the proportions that its statistics tell."""

from collections.abc import Sequence
from random import Random

from staging.inventory.tables import ColumnProfile
from staging.rules.synthesis.kinds import NULL, Values, escaped
from staging.rules.synthesis.makers import SLOTS

USUAL_NULLS = 0.1
"""Where nobody ever counted them."""

USUAL_VALUES = 1_000
MOST_VALUES = SLOTS // 4


def slots(
    values: Values,
    profile: ColumnProfile | None,
    *,
    distinct: int,
    nulls: float,
    choices: Sequence[str],
    rows: int,
    rng: Random,
) -> list[str]:
    """A shuffled list of texts, each as often as it should be met in so many rows."""
    size = enough(rows)
    pool = _pool(values, distinct, choices, rng)
    shares = _shares(pool, profile, nulls)
    counts = [int(share * size) for share in shares]
    filled = [NULL] * round(nulls * size)
    for value, count in zip(pool, counts, strict=True):
        filled += [value] * count
    rest = size - len(filled)
    largest = sorted(range(len(pool)), key=lambda n: shares[n] * size - counts[n], reverse=True)
    filled += [pool[largest[n % len(largest)]] for n in range(max(0, rest))]
    rng.shuffle(filled)
    return filled[:size]


def enough(rows: int) -> int:
    """How many slots so many rows need: all of a run's, and more than that to choose from."""
    return min(SLOTS, max(1_000, 2 * rows))


def _pool(values: Values, distinct: int, choices: Sequence[str], rng: Random) -> list[str]:
    """So many different values, in the order of how common they will be."""
    if choices:
        return [escaped(each) for each in choices]
    wanted = min(distinct, values.size or distinct, MOST_VALUES)
    found = dict.fromkeys(values.some(rng, wanted + wanted // 2))
    number = 0
    while len(found) < wanted and number < 2 * wanted:
        found.update(dict.fromkeys(values.nth([number])))
        number += 1
    return list(found)[:wanted]


def _shares(pool: list[str], profile: ColumnProfile | None, nulls: float) -> list[float]:
    """Each value's share of all rows; together with the nulls they are all."""
    rest = max(0.0, 1 - nulls)
    if profile is None or (not profile.labels and not profile.frequencies):
        return _evenly(len(pool), rest, uneven=profile is None)
    if profile.labels:
        known = {escaped(word): share for word, share in profile.labels.items()}
        given = [known.get(value, 0.0) for value in pool]
    else:
        given = [*profile.frequencies[: len(pool)], *[0.0] * (len(pool) - len(profile.frequencies))]
    unknown = [n for n, share in enumerate(given) if not share]
    left = max(0.0, rest - sum(given))
    if unknown and not profile.labels:
        return [share or left / len(unknown) for share in given]
    total = sum(given) or 1.0
    return [share * rest / total for share in given]


def _evenly(count: int, rest: float, *, uneven: bool) -> list[float]:
    """The first are met oftener where nothing is known: few things are as common as others."""
    weights = [1 / (n + 1) ** 0.7 if uneven else 1.0 for n in range(count)]
    total = sum(weights) or 1.0
    return [weight * rest / total for weight in weights]
