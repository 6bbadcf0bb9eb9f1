"""How the main queries' plans differ from those of an earlier run."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

Query = Mapping[str, Any]
ROWS = re.compile(r": (about )?[\d,]+ rows?$")
NUMBERS = re.compile(r"[\d,.]+")


def changed(then: Sequence[Query], now: Sequence[Query]) -> Iterator[str]:
    """A line for each plan that is another, and for each piece of advice that is new or gone."""
    before = {query["name"]: query for query in then}
    for query in now:
        earlier = before.get(query["name"])
        if earlier is None:
            continue
        name, old, new = query["name"], _shape(earlier), _shape(query)
        if old != new:
            yield f"{name}: its plan was {' > '.join(old)}, and is {' > '.join(new)}"
        yield from (f"{name}: new: {line}" for line in _unlike(query, earlier))
        yield from (f"{name}: no more: {line}" for line in _unlike(earlier, query))


def _shape(query: Query) -> list[str]:
    """The steps of its plan without how many rows each found: those differ by the day."""
    return [ROWS.sub("", line).strip() for line in query["plan"]]


def _unlike(one: Query, other: Query) -> list[str]:
    known = {NUMBERS.sub("", line) for line in other["advice"]}
    return [line for line in one["advice"] if NUMBERS.sub("", line) not in known]
