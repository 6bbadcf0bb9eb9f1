"""What was behind the requests, as figures for the objectives and as evidence for a reader."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from loadtests.resources.series import Series
from staging.rules.objectives import Figure

FILLED = 1000
"""Rows; queries that read fewer say little of a database that is full."""

SHOWN = ("machine.cpu", "machine.memory", "database.connections.active", "database.cache")


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """Series over the run, what statements took in it, the main queries after it."""

    series: tuple[Series, ...] = ()
    statements: tuple[Mapping[str, Any], ...] = ()
    queries: tuple[Mapping[str, Any], ...] = ()
    notes: tuple[str, ...] = ()

    def figures(self) -> dict[str, Figure]:
        """What objectives can be about: shares of 1, and ms."""
        found: dict[str, Figure] = {}
        for each in self.series:
            if each.name in {"machine.cpu", "machine.memory"}:
                figure = Figure(value=each.highest / 100, samples=len(each.points))
                found[each.name.removeprefix("machine.")] = figure
        if self.queries:
            slowest = max(self.queries, key=lambda query: float(query["mean_ms"]))
            calls = min(int(query["calls"]) for query in self.queries)
            found["query_ms"] = Figure(value=float(slowest["mean_ms"]), samples=calls)
        return found

    def advice(self) -> tuple[str, ...]:
        """Every piece, by query; and that they say little where there is little to read."""
        lines = [f"{q['name']}: {line}" for q in self.queries for line in q["advice"]]
        if self.queries and max(int(q["rows_read"]) for q in self.queries) < FILLED:
            lines.append(
                "No main query read more than "
                f"{max(int(q['rows_read']) for q in self.queries)} rows: their times and plans "
                "say little of a database that is as full as production's."
            )
        return tuple(lines)

    def lines(self) -> tuple[str, ...]:
        """What a reader is told in the terminal."""
        shown = [each for each in self.series if each.name in SHOWN]
        lines = [f"  {s.label}: {s.highest:.4g} {s.unit} at most".rstrip() for s in shown]
        lines += [f"  query {q['name']}: {q['mean_ms']:.1f} ms" for q in self.queries]
        lines += [f"  {line}" for line in self.advice()]
        return ("Behind it", *lines, *(f"  {note}" for note in self.notes)) if lines else ()

    def document(self) -> dict[str, Any]:
        """The same as JSON; what was not looked at is null."""
        database = {
            "queries": [dict(query) for query in self.queries],
            "statements": [dict(statement) for statement in self.statements],
            "advice": list(self.advice()),
        }
        groups = {each.group for each in self.series}
        seen = "database" in groups and (self.queries or self.statements)
        highest = {name: figure.value for name, figure in self.figures().items()}
        return {
            "highest": {name: round(value, 4) for name, value in highest.items()},
            "resources": [each.document() for each in self.series] or None,
            "database": database if seen else None,
            "notes": list(self.notes),
        }


def noted(notes: Iterable[str]) -> tuple[str, ...]:
    """Each once."""
    return tuple(dict.fromkeys(notes))
