"""What a running version of the application loses by a change of the schema. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass

WIDER = {
    ("smallint", "integer"),
    ("smallint", "bigint"),
    ("integer", "bigint"),
    ("real", "double precision"),
    ("date", "timestamp with time zone"),
}
"""Changes of type after which whoever read and wrote the old one does so still."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """A column as clients meet it; `filled`: it has a value where none is given."""

    type: str
    required: bool
    filled: bool


Shape = Mapping[str, Mapping[str, Column]]
"""Tables and views by name, each with its columns by name."""


def breaks(before: Shape, after: Shape) -> tuple[str, ...]:
    """Each thing that a client of `before` does not find in `after`, or may not do any more."""
    found = []
    for table, columns in before.items():
        if table not in after:
            found.append(f"{table} is gone")
            continue
        now = after[table]
        for name, column in columns.items():
            if name not in now:
                found.append(f"{table}.{name} is gone")
            elif not fits(column.type, now[name].type):
                found.append(f"{table}.{name} is {now[name].type} instead of {column.type}")
        for name, column in now.items():
            if name not in columns and column.required and not column.filled:
                found.append(f"{table}.{name} is new and required, with no default")
    return tuple(found)


def fits(old: str, new: str) -> bool:
    """Whether what could be read and written before can be still."""
    if old == new or (_plain(old), _plain(new)) in WIDER:
        return True
    texts = {"text", "character varying"}
    if _plain(old) in texts and _plain(new) in texts:
        return _length(new) >= _length(old)
    return False


def _plain(kind: str) -> str:
    return kind.partition("(")[0]


def _length(kind: str) -> float:
    _, _, rest = kind.partition("(")
    return float(rest.rstrip(")")) if rest else float("inf")
