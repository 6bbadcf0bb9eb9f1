"""Tables in the order in which they refer to one another; those in a circle stand together."""

from collections.abc import Iterable, Mapping

from staging.inventory.tables import Table


def circles(tables: Iterable[Table]) -> list[tuple[str, ...]]:
    """Groups of tables, each after those that it refers to (Tarjan's way)."""
    to = {t.name: sorted({r.table for r in t.references} - {t.name}) for t in tables}
    numbers: dict[str, int] = {}
    lowest: dict[str, int] = {}
    stack: list[str] = []
    found: list[tuple[str, ...]] = []
    for name in sorted(to):
        if name not in numbers:
            _visit(name, to, numbers, lowest, stack, found)
    return found


def _visit(
    first: str,
    to: Mapping[str, list[str]],
    numbers: dict[str, int],
    lowest: dict[str, int],
    stack: list[str],
    found: list[tuple[str, ...]],
) -> None:
    path = [(first, iter(to[first]))]
    numbers[first] = lowest[first] = len(numbers)
    stack.append(first)
    while path:
        name, rest = path[-1]
        for other in rest:
            if other not in to:
                continue
            if other not in numbers:
                numbers[other] = lowest[other] = len(numbers)
                stack.append(other)
                path.append((other, iter(to[other])))
                break
            if other in stack:
                lowest[name] = min(lowest[name], numbers[other])
        else:
            path.pop()
            if path:
                above = path[-1][0]
                lowest[above] = min(lowest[above], lowest[name])
            if lowest[name] == numbers[name]:
                at = stack.index(name)
                found.append(tuple(sorted(stack[at:])))
                del stack[at:]
