"""Load the rows that are planned, several tables at once, each in one transaction."""

import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from time import monotonic
from typing import TYPE_CHECKING, Any

from staging.clouds import contents, loading, postgres, process
from staging.clouds.postgres import Address
from staging.errors import StagingError
from staging.inventory.tables import Table
from staging.operations.steps import note
from staging.rules.synthesis.makers import RUN
from staging.rules.synthesis.planning import Groups, Rows

if TYPE_CHECKING:
    from psycopg import Connection

WORKERS = 2
WORTH_DROPPING = 20_000  # rows from which an index is made faster than kept
WORTH_TELLING = 100_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Loaded:
    """What became of one table; `failure` is why it has no rows."""

    rows: int
    bytes: int
    seconds: float
    failure: str = ""


def load(
    where: Address,
    tables: Mapping[str, Table],
    groups: Groups,
    *,
    as_replica: bool,
    done: Mapping[str, int],
    filled: Callable[[str, int], None],
) -> dict[str, Loaded]:
    """Fill every group that is not filled yet, two at once where keys are not in the way."""
    found: dict[str, Loaded] = {}
    gate = threading.Lock()

    def one(group: Sequence[Rows]) -> None:
        if process.ending():
            return
        loaded = _fill(where, tables, group, as_replica=as_replica)
        with gate:
            found.update(loaded)
            for name, each in loaded.items():
                if not each.failure:
                    filled(name, each.rows)

    left = [[rows for rows in group if rows.table not in done] for group in groups]
    left = (
        sorted(filter(None, left), key=lambda g: -sum(rows.rows for rows in g))
        if as_replica
        else left
    )
    with ThreadPoolExecutor(WORKERS if as_replica else 1) as pool:
        list(pool.map(one, filter(None, left)))
    if process.ending():
        raise StagingError(
            "Interrupted: each table is filled or empty.",
            remedy="Run this again: it goes on with those that are empty.",
        )
    return found


def _fill(
    where: Address, tables: Mapping[str, Table], group: Sequence[Rows], *, as_replica: bool
) -> dict[str, Loaded]:
    """One group in one transaction: all of its tables are filled, or none."""
    import psycopg

    try:
        with postgres.opened(where, read_only=False) as connection:
            loading.patient(connection)
            if as_replica:
                loading.replica(connection)
            return _filled(
                connection, [tables[rows.table] for rows in group], group, as_replica=as_replica
            )
    except psycopg.Error as error:
        told = loading.objected(error).about()
        return {rows.table: Loaded(rows=0, bytes=0, seconds=0, failure=told) for rows in group}


def _filled(
    connection: "Connection[Any]",
    tables: Sequence[Table],
    group: Sequence[Rows],
    *,
    as_replica: bool,
) -> dict[str, Loaded]:
    found = {}
    with connection.transaction():
        if not as_replica:
            loading.without_triggers(connection, tables)
        for table, rows in zip(tables, group, strict=True):
            began = monotonic()
            indexes = table.indexes if rows.rows >= WORTH_DROPPING else ()
            loading.drop_indexes(connection, indexes)
            written = 0
            if rows.rows:
                parts = loading.ahead(_told(rows))
                written = loading.copy(connection, table.name, rows.columns, parts)
            loading.make_indexes(connection, indexes)
            contents.finish(connection, table.name)
            seconds = monotonic() - began
            found[table.name] = Loaded(rows=rows.rows, bytes=written, seconds=seconds)
        if not as_replica:
            loading.with_triggers(connection, tables)
    return found


def _told(rows: Rows) -> Iterator[bytes]:
    """With a word on how far it is, of a table that takes long."""
    made = 0
    for part in rows.written():
        yield part
        before, made = made, made + RUN
        if before // WORTH_TELLING != min(made, rows.rows) // WORTH_TELLING:
            note(f"  {rows.table}: {min(made, rows.rows):,} of {rows.rows:,} rows")
