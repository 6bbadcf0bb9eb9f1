"""Tables as supabase prints them for people."""

from collections.abc import Sequence


def grid(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A table whose columns are as wide as their widest cell."""
    widths = [max(len(cell) for cell in column) for column in zip(head, *rows, strict=True)]

    def line(cells: Sequence[str]) -> str:
        return "   " + " | ".join(c.ljust(w) for c, w in zip(cells, widths, strict=True)) + " "

    rule = "  " + "|".join("-" * (width + 2) for width in widths)
    return "\n".join(["", "  ", line(head), rule, *map(line, rows), ""])


def box(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A table with lines around it, as `db query` prints rows."""
    widths = [max(len(cell) for cell in column) for column in zip(head, *rows, strict=True)]

    def rule(left: str, middle: str, right: str) -> str:
        return left + middle.join("─" * (width + 2) for width in widths) + right

    def line(cells: Sequence[str]) -> str:
        filled = [f" {c.ljust(w)} " for c, w in zip(cells, widths, strict=True)]
        return f"│{'│'.join(filled)}│"

    parts = [rule("┌", "┬", "┐"), line(head), rule("├", "┼", "┤"), *map(line, rows)]
    return "\n".join([*parts, rule("└", "┴", "┘")])
