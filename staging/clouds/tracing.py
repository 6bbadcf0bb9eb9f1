"""What a session holds, touches and leaves: read by itself, or by another one beside it."""

import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from types import TracebackType
from typing import TYPE_CHECKING, Any, NamedTuple

from staging.clouds import postgres, process
from staging.clouds.postgres import Address, rows

if TYPE_CHECKING:
    from psycopg import Connection

EVERY = 0.003  # seconds between two looks from outside
RELATIONS = """
select c.oid, format('%I.%I', nspname, relname), relkind::text,
       coalesce(i.indrelid, 0), pg_relation_filenode(c.oid), coalesce(i.indisvalid, true)
from pg_class c join pg_namespace n on n.oid = relnamespace
left join pg_index i on i.indexrelid = c.oid
where nspname !~ '^pg_' and nspname <> 'information_schema'
and relkind in ('r', 'p', 'm', 'i', 'I', 'S', 'v', 'f')
"""
HELD = """
select relation, mode, granted from pg_locks
where pid = %s and locktype = 'relation' and relation >= 16384
"""
TOUCHED = """
select coalesce(sum(n_tup_ins + n_tup_upd + n_tup_del), 0),
       coalesce(sum(seq_tup_read + coalesce(idx_tup_fetch, 0)), 0)
from pg_stat_xact_user_tables
"""
WRITTEN = "select pg_wal_lsn_diff(pg_current_wal_insert_lsn(), '0/0')::bigint"
TEMPORARY = "select temp_bytes from pg_stat_database where datname = current_database()"
WAITING = "select wait_event_type = 'Lock' from pg_stat_activity where pid = %s"


class Relation(NamedTuple):
    """A relation of the application's; `of` is the table of an index, `node` where its rows are."""

    oid: int
    name: str
    kind: str
    of: int
    node: int | None
    valid: bool


class Lock(NamedTuple):
    """One lock on a relation."""

    relation: int
    mode: str
    granted: bool


def relations(connection: "Connection[Any]") -> dict[int, Relation]:
    """The application's relations as this session sees them."""
    return {row[0]: Relation(*row) for row in rows(connection, RELATIONS)}


def held(connection: "Connection[Any]", session: int) -> list[Lock]:
    """The locks on relations that a session has, or waits for; not those on PostgreSQL's own."""
    return [Lock(*row) for row in rows(connection, HELD, session)]


def touched(connection: "Connection[Any]") -> tuple[int, int]:
    """Rows that the transaction has changed until now, and those that it read one by one."""
    found = rows(connection, TOUCHED)[0]
    return int(found[0]), int(found[1])


def written(connection: "Connection[Any]") -> int:
    """Where the server's write-ahead log ends, in bytes."""
    return int(rows(connection, WRITTEN)[0][0])


def size(connection: "Connection[Any]", relation: int) -> int:
    """How many bytes a relation has; 0 if it is gone."""
    return int(rows(connection, "select coalesce(pg_relation_size(%s), 0)", relation)[0][0])


def temporary(connection: "Connection[Any]") -> int:
    """How many bytes of temporary files this database's sessions have written."""
    return int(rows(connection, TEMPORARY)[0][0])


def flush(connection: "Connection[Any]") -> None:
    """Have the session tell its counts at once, not at its leisure."""
    connection.execute("select pg_stat_force_next_flush()")
    connection.execute("select 1")


@dataclass(slots=True)
class Sighting:
    """A lock as it was seen from outside: it came after `first`, the last look without it."""

    first: float
    last: float
    granted: bool


@dataclass(slots=True)
class Watch:
    """Another session that looks at the first one's locks, again and again until the block ends.

    `free` is when it was first seen to have none any more: before its COMMIT returns, which deletes
    files after it has let go. `cancel` is called once if the user interrupts: a statement does not
    end with its client.
    """

    where: Address
    session: int
    cancel: Callable[[], object]
    looked: float = 0.0
    free: float = 0.0
    _had: bool = False
    _seen: dict[tuple[int, str], Sighting] = field(default_factory=dict)
    _over: threading.Event = field(default_factory=threading.Event)
    _thread: threading.Thread | None = None
    _connection: "Connection[Any] | None" = None

    def __enter__(self) -> "Watch":
        self._connection = postgres.opened(self.where, read_only=True)
        self._connection.autocommit = True
        self.looked = time.monotonic()
        self._thread = threading.Thread(target=self._look, daemon=True)
        self._thread.start()
        return self

    def take(self) -> dict[tuple[int, str], Sighting]:
        """What was seen since this was last asked."""
        taken, self._seen = self._seen, {}
        return taken

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._over.set()
        if self._thread:
            self._thread.join(postgres.CONNECT)
        if self._connection:
            self._connection.close()

    def _look(self) -> None:
        with suppress(Exception):  # the session that is watched tells what went wrong
            while not self._over.wait(EVERY) and self._connection:
                began = time.monotonic()
                found, seen = held(self._connection, self.session), self._seen
                for lock in found:
                    key = lock.relation, lock.mode
                    known = seen.setdefault(key, Sighting(self.looked, began, lock.granted))
                    known.last, known.granted = began, known.granted or lock.granted
                self.looked = began
                if self._had and not found:
                    self.free = time.monotonic()
                self._had = bool(found)
                if process.ending():
                    self.cancel()
                    return


class Holding:
    """A session in the way of another, so that it holds still and can be looked at."""

    def __init__(self, where: Address, table: str, mode: str) -> None:
        self._connection = postgres.opened(where, read_only=False)
        self._table, self._mode = table, mode

    def __enter__(self) -> "Holding":
        from psycopg import sql

        words = sql.SQL("lock table {} in {} mode").format(
            sql.SQL(self._table),  # quoted by the server
            sql.SQL(self._mode),
        )
        self._connection.execute(words)
        self._connection.execute("select txid_current()")
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        with suppress(Exception):
            self._connection.close()

    def release(self) -> None:
        """Let the other go on."""
        self._connection.rollback()


def waiting(connection: "Connection[Any]", session: int) -> bool:
    """Whether a session waits for a lock."""
    found = rows(connection, WAITING, session)
    return bool(found and found[0][0])
