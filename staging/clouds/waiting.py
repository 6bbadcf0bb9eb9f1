"""Who waits for a lock, looked at twenty times a second beside whatever makes them wait."""

import threading
import time
from contextlib import suppress
from types import TracebackType
from typing import TYPE_CHECKING, Any, NamedTuple

from staging.clouds import postgres
from staging.clouds.postgres import Address, rows

if TYPE_CHECKING:
    from psycopg import Connection

EVERY = 0.05  # seconds
LONGEST = 3600.0
"""Seconds of looking at most."""

QUERY = """
select count(distinct pid), coalesce(max(extract(epoch from clock_timestamp() - waitstart)), 0)
from pg_locks join pg_stat_activity a using (pid)
where not granted and a.datname = current_database() and a.application_name <> 'staging'
and a.backend_start < %s::timestamptz
and (locktype = 'relation' or exists (
  select from unnest(pg_blocking_pids(pid)) b join pg_stat_activity s on s.pid = b
  where s.backend_start >= %s::timestamptz))
"""
"""Of the sessions that were there before: behind a table's lock, or a session that came since.

What workers make one another wait for is their own.
"""


class Look(NamedTuple):
    """When, by time.monotonic, how many waited, and for how long the first of them had."""

    at: float
    waiting: int
    longest: float


class Waiting:
    """Looks from the block's beginning to its end."""

    def __init__(self, where: Address) -> None:
        self._where = where
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._look_on, daemon=True)
        self._connection: Connection[Any] = postgres.opened(where, read_only=True)
        self._connection.autocommit = True
        self.looks: list[Look] = []
        self.failed = ""

    def __enter__(self) -> "Waiting":
        with postgres.told(self._where):
            found = rows(self._connection, "select clock_timestamp()::text")
        self._since = str(found[0][0])
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._over.set()
        self._thread.join(5)
        with suppress(Exception):
            self._connection.close()

    def _look_on(self) -> None:
        """Until it is over, or the database lets nobody look."""
        import psycopg

        deadline = time.monotonic() + LONGEST
        try:
            while not self._over.wait(EVERY) and time.monotonic() < deadline:
                waiting, longest = rows(self._connection, QUERY, self._since, self._since)[0]
                self.looks.append(Look(time.monotonic(), int(waiting), float(longest)))
        except psycopg.Error as error:
            self.failed = str(error).strip().partition("\n")[0]
