"""What every text for a person is made of: lines, in columns, no wider than the terminal."""

from collections.abc import Sequence
from functools import singledispatch
from textwrap import wrap

NARROWEST = 20  # columns that the last one needs, or it begins at the left


@singledispatch
def text(result: object) -> str:
    """The result as lines of text, without a line end at the end."""
    return str(result)


def table(rows: Sequence[tuple[str, ...]]) -> list[str]:
    """Columns as wide as their widest cell, but for the last."""
    columns = list(zip(*rows, strict=True))[:-1]
    widths = [max(map(len, column)) for column in columns]
    lines = []
    for *cells, last in rows:
        padded = [cell.ljust(width) for cell, width in zip(cells, widths, strict=True)]
        lines.append("  ".join([*padded, last.replace("\n", " ")]).rstrip())
    return lines


def fitted(told: str, columns: int | None) -> str:
    """The text with lines no wider than a terminal; what goes on stands below its column."""
    if columns is None:
        return told
    lines = []
    for line in told.split("\n"):
        column = line.rfind("  ") + 2 if "  " in line.strip() else 0
        indent = " " * (column if column < columns - NARROWEST else 4)
        lines += wrap(
            line,
            columns,
            subsequent_indent=indent,
            break_long_words=False,
            break_on_hyphens=False,
        ) or [""]
    return "\n".join(lines)
