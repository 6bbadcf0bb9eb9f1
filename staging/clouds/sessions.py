"""A database as its clients lose it: sessions ended, connections used up, for a while."""

import threading
import time
from contextlib import suppress
from types import TracebackType
from typing import TYPE_CHECKING, Any

from staging.clouds import postgres
from staging.clouds.advisory import KEY
from staging.clouds.postgres import Address, rows, script
from staging.errors import ServiceFailed

if TYPE_CHECKING:
    from psycopg import Connection

OPENERS = 4
EVERY = 0.05  # seconds
FULL = ("too many", "connection slots", "max client connections")

OTHERS = """
from pg_stat_activity a where usename = current_user and pid <> pg_backend_pid()
and datname = current_database() and backend_type = 'client backend'
and application_name <> 'staging'
and pid not in (select pid from pg_locks where locktype = 'advisory' and objsubid = 1
                and (classid::bigint << 32) + objid::bigint = %s)
"""
"""All sessions of the application's role but those of this program and who holds its lock."""


class Sessions:
    """A session of our own that sees the others, and can end them."""

    def __init__(self, where: Address) -> None:
        self._where = where
        self._connection: Connection[Any] = postgres.opened(where, read_only=False)
        self._connection.autocommit = True

    def __enter__(self) -> "Sessions":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        with suppress(Exception):
            self._connection.close()

    def count(self) -> int:
        """How many sessions the application has."""
        with postgres.told(self._where):
            return int(rows(self._connection, f"select count(*) {OTHERS}", KEY)[0][0])

    def ids(self) -> frozenset[int]:
        """The application's sessions: those of a process that died are gone with it."""
        query = f"select pid {OTHERS}"
        with postgres.told(self._where):
            return frozenset(int(row[0]) for row in rows(self._connection, query, KEY))

    def end(self) -> int:
        """End the application's sessions; how many that were."""
        query = f"select count(*) filter (where pg_terminate_backend(pid)) {OTHERS}"
        with postgres.told(self._where):
            return int(rows(self._connection, query, KEY)[0][0])

    def read_only(self) -> bool:
        """Whether new sessions of this database cannot write."""
        with postgres.told(self._where):
            found = rows(
                self._connection,
                """select 1 from pg_db_role_setting s join pg_database d on d.oid = setdatabase
                   where datname = current_database()
                   and 'default_transaction_read_only=on' = any(setconfig)""",
            )
        return bool(found)

    def make_read_only(self) -> None:
        """Have new sessions not write, as Supabase does when a disk is full."""
        with postgres.told(self._where):
            script(
                self._connection,
                """do $$ begin execute format(
                   'alter database %I set default_transaction_read_only = on', current_database());
                   end $$""",
            )


class Occupied:
    """Every connection that others might have, from the block's beginning to its end.

    Nothing of it is left when this process ends, however it does. `refused` is when the server
    first had none left (by time.monotonic), None while it has.
    """

    def __init__(self, where: Address) -> None:
        self._where = where
        self._held: list[Connection[Any]] = []
        self._over = threading.Event()
        self._threads = [threading.Thread(target=self._open, daemon=True) for _ in range(OPENERS)]
        self.refused: float | None = None

    def __enter__(self) -> "Occupied":
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._over.set()
        for thread in self._threads:
            thread.join(postgres.CONNECT + 1)
        for connection in self._held:
            with suppress(Exception):
                connection.close()

    @property
    def held(self) -> int:
        """How many connections it has."""
        return len(self._held)

    def _open(self) -> None:
        while not self._over.is_set():
            try:
                self._held.append(postgres.opened(self._where, read_only=True))
            except ServiceFailed as error:
                if self.refused is None and any(word in error.detail for word in FULL):
                    self.refused = time.monotonic()
                self._over.wait(EVERY)
