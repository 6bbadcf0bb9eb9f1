"""What the way back from migrations keeps of the rows that were there before, and loses. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from staging.rules.risk import Reason

How = Literal["down", "restore"]
"""By the migrations' own files that undo them, or by a copy of what was there before."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """A table before, and after forward and back. `changed` counts values by column.

    `lost` rows are there no more, `added` ones nobody had. `by` is how rows were recognised.
    """

    table: str
    before: int
    after: int
    lost: int = 0
    added: int = 0
    changed: Mapping[str, int] = field(default_factory=dict)
    by: Literal["key", "row"] = "key"

    @property
    def kept(self) -> bool:
        """Whether every value of every row is what it was."""
        return not (self.lost or self.added or any(self.changed.values()))


@dataclass(frozen=True, slots=True, kw_only=True)
class WayBack:
    """How going back went: seconds of each part, what of the rows and of the schema came back.

    `keep_seconds` is what the copy for a restore took. `schema` names what is not as it was.
    `failed` is the file that did not run, `error` what PostgreSQL said.
    """

    how: How
    files: tuple[str, ...]
    rows: int
    forward_seconds: float
    back_seconds: float
    keep_seconds: float = 0.0
    tables: tuple[Compared, ...] = ()
    schema: tuple[str, ...] = ()
    failed: str = ""
    error: str = ""

    @property
    def rows_lost(self) -> int:
        """Rows that were there before and are not afterwards."""
        return sum(table.lost for table in self.tables)

    @property
    def values_lost(self) -> int:
        """Values that rows had before and do not have afterwards."""
        return sum(sum(table.changed.values()) for table in self.tables)

    @property
    def reasons(self) -> tuple[Reason, ...]:
        """What it means for the verdict."""
        return reasons(self)

    @property
    def blind(self) -> tuple[str, ...]:
        """What could not be counted."""
        return blind(self)


def reasons(back: WayBack) -> tuple[Reason, ...]:
    """A way back that fails or loses something is against the migrations; one that works is not."""
    if not back.files:
        told = "No way back was tried: there is no migration to go back from"
        return (Reason(level="invalid", file="", told=told),)
    if back.error:
        return (_failed(back),)
    found = [each for table in back.tables for each in _of_table(back, table)]
    if back.schema:
        told = f"After the way back the schema is not what it was: {'; '.join(back.schema[:5])}"
        found.append(Reason(level="unsafe", file=back.files[-1], told=told))
    return (*found, _taken(back))


def blind(back: WayBack) -> tuple[str, ...]:
    """Tables without a row say nothing of what is lost."""
    empty = [table.table for table in back.tables if not table.before]
    told = []
    if back.files and not back.error and not back.rows:
        told.append("whether the way back keeps rows, since no table had any")
    elif empty and back.how == "down":
        told.append(f"whether the way back keeps rows of {', '.join(empty[:5])}, which had none")
    return tuple(told)


def reverse(files: Sequence[str], down: Mapping[str, str]) -> tuple[str, ...]:
    """The files that undo these, the last first; none unless each has one."""
    return tuple(reversed(files)) if files and all(name in down for name in files) else ()


def _failed(back: WayBack) -> Reason:
    if back.failed:
        told = f"The way back fails: {back.error}"
        remedy = "Correct the file that undoes it, or remove it: a restore is tried then."
        return Reason(level="unsafe", file=back.failed, told=told, remedy=remedy)
    told = f"No way back was tried: the way forward fails: {back.error}"
    return Reason(level="invalid", file=back.files[0], told=told)


def _of_table(back: WayBack, table: Compared) -> list[Reason]:
    lost = []
    if table.lost:
        lost.append(f"{table.lost} of {table.before} rows")
    lost += [f"{many} values of {column}" for column, many in table.changed.items() if many]
    if table.added:
        lost.append(f"and leaves {table.added} rows that nobody had")
    if not lost:
        return []
    told = f"The way back loses {', '.join(lost)}"
    remedy = "Keep a copy of what it takes away, or of the database: only that brings it back."
    file = back.files[-1]
    return [Reason(level="unsafe", file=file, told=told, object=table.table, remedy=remedy)]


def _taken(back: WayBack) -> Reason:
    spent = f"{back.back_seconds:.2f} s on {back.rows} rows"
    if back.how == "down":
        told = f"The way back was carried out by the files that undo it, in {spent}"
    else:
        told = (
            f"The way back was a restore of what was kept before, in {spent} (keeping took "
            f"{back.keep_seconds:.2f} s); what is written in between is lost"
        )
    return Reason(level="note", file=back.files[-1], told=told)
