"""Rows into tables by COPY: fast, and in one transaction, so that a table is filled or is not."""

import queue
import threading
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from staging.clouds import process
from staging.clouds.postgres import rows
from staging.errors import StagingError
from staging.inventory.tables import Index, Table

if TYPE_CHECKING:
    from psycopg import Connection
    from psycopg.sql import Composed, Identifier

LONGEST = "30min"
"""What one statement may take: COPY and CREATE INDEX of a large table are one each."""

AHEAD = 8  # runs of rows that are made while PostgreSQL is busy with earlier ones


@dataclass(frozen=True, slots=True, kw_only=True)
class Objection:
    """Why the server does not take a row. `constraint` or `column` is what it names."""

    constraint: str
    column: str
    told: str

    def about(self) -> str:
        """In one line, what is named first."""
        return ": ".join(filter(None, (self.constraint or self.column, self.told)))


def identifier(table: str) -> "Identifier":
    """A table's name as schema.table."""
    from psycopg import sql

    return sql.Identifier(*table.split(".", 1))


def replica(connection: "Connection[Any]") -> bool:
    """Start no triggers in this session; whether the role may say so.

    A superuser may; Supabase lets `postgres` (supautils.privileged_role_allowed_configs).
    """
    from psycopg.errors import InsufficientPrivilege

    try:
        with connection.transaction():
            connection.execute("set session_replication_role = replica")
    except InsufficientPrivilege:
        return False
    return True


def patient(connection: "Connection[Any]") -> None:
    """Let a statement take as long as loading does."""
    rows(connection, "select set_config('statement_timeout', %s, false)", LONGEST)
    rows(connection, "select set_config('maintenance_work_mem', '256MB', false)")


def without_triggers(connection: "Connection[Any]", tables: Iterable[Table]) -> None:
    """For this transaction: no triggers, and no foreign keys, which only a superuser can disable.

    `with_triggers` puts both back, before anybody sees that they were gone.
    """
    from psycopg import sql

    for table in tables:
        name = identifier(table.name)
        connection.execute(sql.SQL("alter table {} disable trigger user").format(name))
        for each in table.references:
            drop = sql.SQL("alter table {} drop constraint {}")
            connection.execute(drop.format(name, sql.Identifier(each.name)))


def with_triggers(connection: "Connection[Any]", tables: Iterable[Table]) -> None:
    """Have triggers and foreign keys as they were; the server checks every key."""
    from psycopg import sql

    for table in tables:
        name = identifier(table.name)
        connection.execute(sql.SQL("alter table {} enable trigger user").format(name))
        for each in table.references:
            add = sql.SQL("alter table {} add constraint {} ").format(
                name, sql.Identifier(each.name)
            )
            connection.execute(add.as_string(connection).encode() + each.definition.encode())


def drop_indexes(connection: "Connection[Any]", indexes: Iterable[Index]) -> None:
    """Until they are made again in the same transaction: from all rows at once, it is faster."""
    for index in indexes:
        connection.execute(f"drop index {index.name}".encode())


def make_indexes(connection: "Connection[Any]", indexes: Iterable[Index]) -> None:
    """As they were."""
    for index in indexes:
        connection.execute(index.definition.encode())


def copy(
    connection: "Connection[Any]", table: str, columns: Sequence[str], parts: Iterable[bytes]
) -> int:
    """Write rows in COPY's text form; how many bytes that were."""
    total = 0
    with connection.cursor() as cursor, cursor.copy(_statement(table, columns)) as writing:
        for part in parts:
            if process.ending():
                raise StagingError(f"Interrupted: {table} is left without rows.")
            writing.write(part)
            total += len(part)
    return total


def _statement(table: str, columns: Sequence[str]) -> "Composed":
    from psycopg import sql

    names = sql.SQL(", ").join(sql.Identifier(each) for each in columns)
    return sql.SQL("copy {} ({}) from stdin").format(identifier(table), names)


def objection(
    connection: "Connection[Any]", table: str, columns: Sequence[str], parts: Iterable[bytes]
) -> Objection | None:
    """What the server has against these rows, without keeping any."""
    import psycopg

    with suppress(psycopg.Rollback):
        try:
            with connection.transaction(force_rollback=True):
                copy(connection, table, columns, parts)
        except psycopg.Error as error:
            return objected(error)
    return None


def objected(error: Any) -> Objection:  # noqa: ANN401 - psycopg is imported where it is used
    """A refusal as far as PostgreSQL says what it is about."""
    said = error.diag
    return Objection(
        constraint=said.constraint_name or "",
        column=said.column_name or _column(said.context or ""),
        told=" ".join(filter(None, (said.message_primary, said.message_detail))) or str(error),
    )


def _column(context: str) -> str:
    """COPY names the column that it could not read in its context alone."""
    _, found, rest = context.partition(", column ")
    return rest.partition(":")[0].strip() if found else ""


def ahead(parts: Iterator[bytes]) -> Iterator[bytes]:
    """The same, made by a thread of its own while PostgreSQL takes in earlier ones."""
    made: queue.Queue[bytes | BaseException | None] = queue.Queue(AHEAD)
    over = threading.Event()

    def put(item: bytes | BaseException | None) -> None:
        while not over.is_set():
            with suppress(queue.Full):
                made.put(item, timeout=0.2)
                return

    def make() -> None:
        try:
            for part in parts:
                put(part)
                if over.is_set():
                    return
            put(None)
        except BaseException as error:  # noqa: BLE001 - it is raised again below
            put(error)

    threading.Thread(target=make, daemon=True).start()
    try:
        while (part := made.get()) is not None:
            if isinstance(part, BaseException):
                raise part
            yield part
    finally:
        over.set()
