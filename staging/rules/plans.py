"""What a query's plan says to who knows how to read one: EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON).

https://www.postgresql.org/docs/current/using-explain.html: rows are for each loop.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any

Node = Mapping[str, Any]

BIG = 10_000
"""Rows; a sequential scan over fewer is often the best way."""

FEW = 0.1
"""Of the rows read; an index that finds more than this part is not used."""

WRONG = 100.0
"""Times; a smaller error of the estimate seldom changes the plan."""

COLUMN = re.compile(r"\(?\b([a-z_][a-z0-9_]*)\)?(?:::\w+)?\s*(?:=|<|>|<=|>=|~~)\s", re.IGNORECASE)


def advice(plan: Node) -> list[str]:
    """A line for each thing in a plan that costs, and what may spare it."""
    found: list[str] = []
    for node in _nodes(plan):
        found += [*_scanned(node), *_spilled(node), *_misjudged(node)]
    return list(dict.fromkeys(found))


def outline(plan: Node, depth: int = 0) -> list[str]:
    """The plan's steps, a line each, what is done first at the end."""
    indent, of = "  " * depth, plan.get("Relation Name") or plan.get("CTE Name") or ""
    by = f" by {plan['Index Name']}" if plan.get("Index Name") else ""
    step = f"{indent}{plan.get('Node Type', '?')}{f' of {of}' if of else ''}{by}"
    expected = "Actual Rows" not in plan
    number = float(plan.get("Plan Rows", 0)) if expected else _found(plan)
    lines = [f"{step}: {'about ' * expected}{_rows(number)}"]
    for child in plan.get("Plans", ()):
        lines += outline(child, depth + 1)
    return lines


def rows_read(plan: Node) -> int:
    """How many rows its scans looked at in all."""
    scans = (node for node in _nodes(plan) if "Scan" in str(node.get("Node Type")))
    return round(sum(_found(node) + _removed(node) for node in scans))


def _nodes(plan: Node) -> Iterator[Node]:
    yield plan
    for child in plan.get("Plans", ()):
        yield from _nodes(child)


def _scanned(node: Node) -> Iterator[str]:
    if node.get("Node Type") != "Seq Scan":
        return
    found, removed = _found(node), _removed(node)
    if found + removed < BIG or found > FEW * (found + removed):
        return
    table, condition = node.get("Relation Name", "a table"), str(node.get("Filter", ""))
    columns = ", ".join(dict.fromkeys(COLUMN.findall(condition)))
    loops = _loops(node)
    times = f", {loops:.0f} times over," if loops > 1 else ""
    yield (
        f"reads {_rows(found + removed)} of {table}{times} to find {found:.0f}: an index"
        f"{f' on ({columns})' if columns else ''} may spare that; its condition is {condition}"
    )


def _spilled(node: Node) -> Iterator[str]:
    if node.get("Sort Space Type") == "Disk":
        yield (
            f"sorts {node.get('Sort Space Used', 0)} kB on disk: an index in that order, or more "
            "work_mem, would keep it in memory"
        )
    if (batches := node.get("Hash Batches", 1)) > 1:
        yield f"hashes in {batches} parts by way of the disk: more work_mem would keep it in memory"


def _misjudged(node: Node) -> Iterator[str]:
    table, expected = node.get("Relation Name"), float(node.get("Plan Rows", 0))
    found = float(node.get("Actual Rows", 0))
    most, least = max(expected, found), max(1.0, min(expected, found))
    if table and _loops(node) and most >= 1000 and most / least >= WRONG:
        yield f"expected {_rows(expected)} of {table} and found {found:.0f}: run ANALYZE {table}"


def _loops(node: Node) -> float:
    return float(node.get("Actual Loops", 1))


def _found(node: Node) -> float:
    return float(node.get("Actual Rows", 0)) * _loops(node)


def _removed(node: Node) -> float:
    keys = ("Rows Removed by Filter", "Rows Removed by Index Recheck")
    return sum(float(node.get(key, 0)) for key in keys) * _loops(node)


def _rows(number: float) -> str:
    return f"{number:,.0f} row{'' if round(number) == 1 else 's'}"
