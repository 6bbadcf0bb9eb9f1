"""Partitions' bounds, as demands on the columns that rows are divided by."""

import re
from collections.abc import Iterable

from staging.inventory.tables import Rule
from staging.rules.checks import Demand, Demands

RANGE = re.compile(r"FROM \((.*?)\) TO \((.*?)\)$")
LIST = re.compile(r"IN \((.*)\)$")
WORD = re.compile(r"'((?:[^']|'')*)'|(-?\d+(?:\.\d+)?)")


def add(bounds: Iterable[Rule], demands: Demands) -> None:
    """Have every row find a partition, as far as its bounds are without gaps."""
    for rule in bounds:
        if not rule.columns:
            continue
        demand = demands.column(rule.columns[0])
        if found := RANGE.search(rule.definition):
            _widen(demand, found[1].split(", ")[0], found[2].split(", ")[0])
        elif (found := LIST.search(rule.definition)) and "NULL" not in found[1]:
            words = [one.replace("''", "'") or other for one, other in WORD.findall(found[1])]
            demand.choices = tuple(dict.fromkeys([*(demand.choices or ()), *words]))
            demand.filled = True


def _widen(demand: Demand, low: str, high: str) -> None:
    demand.filled = True
    if found := WORD.match(low):
        if found[1] and "-" in found[1][1:]:
            demand.since = min(found[1], demand.since or found[1])
        else:
            value = float(found[1] or found[2])
            demand.low = value if demand.low is None else min(demand.low, value)
    if found := WORD.match(high):
        if found[1] and "-" in found[1][1:]:
            demand.until = max(found[1], demand.until or found[1])
        else:
            value = float(found[1] or found[2])
            demand.high = value if demand.high is None else max(demand.high, value)
            demand.below = True
