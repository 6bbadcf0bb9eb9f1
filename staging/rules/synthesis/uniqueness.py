"""Keys and exclusions: what must not occur twice is known by the row's number."""

import re
from collections.abc import Sequence
from math import prod
from typing import TYPE_CHECKING

from staging.inventory.tables import Key
from staging.rules.synthesis.allocation import shared_out
from staging.rules.synthesis.makers import Grouped, Nth, Serial

if TYPE_CHECKING:
    from staging.rules.synthesis.drafting import Draft, Link

RANGES = re.compile(r'\w*range\("?(\w+)"?, "?(\w+)"?')


def exclusions(draft: "Draft") -> list[Key]:
    """Exclusions as keys; one over an expression of a range takes its two ends by number."""
    found = []
    for rule in draft.table.exclusions:
        ends = RANGES.search(rule.definition)
        if ends and set(ends.groups()) <= draft.values.keys() - draft.filled():
            _slots_of_time(draft, *ends.groups())
        elif rule.columns:
            ranges = [c for c in rule.columns if draft.column(c).type.endswith("range")]
            found.append(Key(name=rule.name, columns=tuple(ranges) or rule.columns))
    return found


def _slots_of_time(draft: "Draft", start: str, end: str) -> None:
    """No two rows' times overlap, whatever else they have in common."""
    for name, offset in ((start, 1), (end, 0)):
        nth, stride = draft.values[name].nth, 60 if "time" in draft.column(name).type else 1
        draft.made[name,] = Serial(
            (lambda numbers, n=nth, o=offset, s=stride: n([s * (2 * k + o) for k in numbers]),)  # type: ignore[misc]
        )


def make_unique(draft: "Draft", key: Key) -> None:
    """Fill the key's columns so that no two rows are alike in them."""
    if any(name in draft.left_out for name in key.columns):
        return
    if set(key.columns) & draft.at.keys() and not _grouped(draft, key):
        return
    if any(isinstance(m, Grouped) and set(c) <= set(key.columns) for c, m in draft.made.items()):
        return
    links = [each for each in draft.links if set(each.reference.columns) & set(key.columns)]
    linked = {name for each in links for name in each.reference.columns}
    free = [n for n in key.columns if n not in linked and n in draft.values]
    free = [n for n in free if n not in draft.filled()]
    if carrier := _carrier(draft, free, alone=not links and len(free) == 1):
        nth = draft.values[carrier].nth
        draft.made[carrier,] = Serial((nth,), draft.nulls(carrier))
        draft.at[carrier] = nth
        if (size := draft.values[carrier].size) is not None:
            draft.fewer(size, f"{key.name} allows no more")
        return
    _group(draft, key, [each for each in links if not draft.linked(each)], free)


def _grouped(draft: "Draft", key: Key) -> bool:
    """Whether what is known by number of these columns is only part of a group."""
    return all(
        any(isinstance(m, Grouped) and name in c for c, m in draft.made.items())
        for name in set(key.columns) & draft.at.keys()
    )


def _carrier(draft: "Draft", free: Sequence[str], *, alone: bool) -> str | None:
    """The column that is best numbered; days and times only if there is nothing else."""

    def enough(name: str) -> bool:
        size = draft.values[name].size
        return size is None or size >= max(draft.rows, 1)

    def timed(name: str) -> bool:
        return draft.column(name).type.startswith(("date", "time"))

    wide = [n for n in free if enough(n) and (alone or not timed(n) or n.endswith("range"))]
    preferred = [n for n in wide if not draft.column(n).nullable] or wide
    return preferred[0] if preferred else (free[0] if alone else None)


def _group(draft: "Draft", key: Key, links: Sequence["Link"], free: Sequence[str]) -> None:
    """Have every combination at most once, the first factor's values some oftener than others."""
    factors: list[tuple[int, tuple[Nth, ...], tuple[str, ...]]] = [
        (each.size, each.parts, each.reference.columns) for each in links
    ]
    for name in free:
        size = draft.values[name].size
        factors.append((size if size else draft.rows, (draft.values[name].nth,), (name,)))
    if not factors:
        draft.notes.append(f"{key.name}: nothing is left to make it unique by")
        return
    draft.fewer(prod(size for size, _, _ in factors), f"{key.name} allows no more")
    (size, first, names), *rest = factors
    known = draft.profile(names[0])
    shares = shared_out(
        draft.rows,
        size,
        capacity=max(1, prod(size for size, _, _ in rest)),
        frequencies=known.frequencies if known and len(names) == 1 else (),
        rng=draft.rng(key.name),
    )
    made = Grouped(shares, first, tuple((size, parts) for size, parts, _ in rest))
    columns = (*names, *(name for _, _, names in rest for name in names))
    draft.made[columns] = made
    draft.at |= {name: made.at(place) for place, name in enumerate(columns)}
