"""How flyctl writes: JSON as Go does, tables, request ids."""

import json
import secrets
import sys
from collections.abc import Sequence

TICK = "\x1b[32m✓\x1b[0m"


def show(value: object) -> None:
    """Print JSON with four spaces and Go's escapes."""
    text = json.dumps(value, indent=4, ensure_ascii=False)
    say(escaped(text))


def escaped(text: str) -> str:
    """Write <, > and & in JSON text as Go does."""
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")


def say(text: str = "") -> None:
    """Print one line at once, because progress is watched."""
    print(text, flush=True)


def note(text: str) -> None:
    """Print one line of progress to stderr."""
    print(text, file=sys.stderr, flush=True)


def table(heads: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    """Print a table and the empty line after it."""
    texts = [[str(cell) for cell in row] for row in rows]
    widths = [max(len(row[i]) for row in [list(heads), *texts]) for i in range(len(heads))]
    for row in [list(heads), *texts]:
        cells = (cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        say(f" {' │ '.join(cells)} ")
    say()


def request_id() -> str:
    """Return what the server's errors end with."""
    return f"(Request ID: {secrets.randbelow(10**12):012d}-syd)"
