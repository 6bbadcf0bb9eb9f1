"""A PostgreSQL advisory lock: held by a session, seen by every other, gone with its holder."""

from contextlib import suppress
from typing import TYPE_CHECKING, Any

from staging.clouds import postgres
from staging.clouds.postgres import Address, rows

if TYPE_CHECKING:
    from psycopg import Connection

KEY = int.from_bytes(b"staging!", "big")
"""The number that all who change an environment ask for, in that environment's database."""

NAME_BYTES = 63  # PostgreSQL cuts application_name there
KEEPALIVE = "set tcp_keepalives_idle = 20; set tcp_keepalives_interval = 5"
"""So that the server sees within a minute that a holder's machine is gone."""

HOLDER = """
select coalesce(nullif(a.application_name, ''), 'somebody without a name'),
       to_char(a.backend_start at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"+00:00"')
from pg_locks l left join pg_stat_activity a using (pid)
where l.locktype = 'advisory' and l.granted and l.objsubid = 1
and l.database = (select oid from pg_database where datname = current_database())
and (l.classid::bigint << 32) + l.objid::bigint = %s
"""


class Advisory:
    """A session of `name` (such as "root@ci invoke deploy") that asks for the lock."""

    def __init__(self, where: Address, *, name: str) -> None:
        self._where = where
        self._connection: Connection[Any] = postgres.opened(where, read_only=False)
        short = name.encode("ascii", "replace")[:NAME_BYTES].decode()
        with postgres.told(where):
            self._connection.autocommit = True  # an open transaction would hold back VACUUM
            rows(self._connection, "select set_config('application_name', %s, false)", short)
            postgres.script(self._connection, KEEPALIVE)

    def taken(self) -> bool:
        """Whether the lock is ours now."""
        with postgres.told(self._where):
            return bool(rows(self._connection, "select pg_try_advisory_lock(%s)", KEY)[0][0])

    def holder(self) -> str:
        """Who has it and since when, as far as can be told."""
        with postgres.told(self._where):
            found = rows(self._connection, HOLDER, KEY)
        return f"{found[0][0]}, since {found[0][1]}" if found else "another run"

    def close(self) -> None:
        """Give it back; a server that is gone has it back already."""
        with suppress(Exception):
            self._connection.close()
