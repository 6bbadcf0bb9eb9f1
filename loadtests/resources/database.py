"""The database, from outside: what it does each second, and its queries afterwards."""

from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from loadtests.resources import statements, timing
from staging.secret import Secret, redact

TIMEOUT = 5
OPTIONS = " ".join(
    (
        f"-c statement_timeout={TIMEOUT}s -c lock_timeout=1s",
        "-c default_transaction_read_only=on -c application_name=staging-load",
    )
)
LOOK = """
/* load sampler */ with
  others as (
    select state, wait_event_type from pg_stat_activity
    where datname = current_database() and pid <> pg_backend_pid()
      and backend_type = 'client backend'
  ),
  counted as (select * from pg_stat_database where datname = current_database())
select jsonb_build_object(
  'connections.active', (select count(*) from others where state = 'active'),
  'connections.idle', (select count(*) from others where state = 'idle'),
  'connections.in_transaction', (select count(*) from others where state like 'idle in trans%'),
  'connections.waiting', (select count(*) from others where wait_event_type = 'Lock'),
  'transactions', xact_commit + xact_rollback, 'rollbacks', xact_rollback,
  'blocks.hit', blks_hit, 'blocks.read', blks_read,
  'rows.read', tup_fetched, 'rows.scanned', tup_returned,
  'rows.written', tup_inserted + tup_updated + tup_deleted,
  'temp.bytes', temp_bytes, 'deadlocks', deadlocks
) from counted
"""


class Database:
    """One connection, made when it is needed and again when it was lost; it can only read."""

    name = "database"

    def __init__(self, url: Secret) -> None:
        self._url = url
        self._connection: Any = None
        self._before: dict[str, statements.Counted] | None = None

    def look(self) -> dict[str, float]:
        """Gauges and counters by name; the first look remembers what the statements took so far."""
        found = self._ask(LOOK)[0][0]
        if self._before is None:
            self._before = {}
            with suppress(LookupError):
                self._before = statements.read(self._ask)
        return {name: float(value) for name, value in found.items()}

    def conclude(self, queries: Mapping[str, str]) -> dict[str, Any]:
        """What the statements took since the first look, and the main queries with plans."""
        notes: list[str] = []
        try:
            taken = statements.since(self._before or {}, statements.read(self._ask))
            taken = statements.explained(taken, self._ask)
        except LookupError as error:
            taken = []
            notes.append(str(error))
        timed = [self._timed(name, text, notes) for name, text in queries.items()]
        return {"statements": taken, "queries": [each for each in timed if each], "notes": notes}

    def _timed(self, name: str, text: str, notes: list[str]) -> dict[str, Any] | None:
        try:
            return timing.timed(name, text, self._ask)
        except LookupError as error:
            notes.append(f"The query {name!r} was not timed: {error}")
            return None

    def _ask(self, text: str) -> list[tuple[Any, ...]]:
        import psycopg  # costs 0.2 s, so not at the top

        try:
            if self._connection is None or self._connection.closed:
                self._connection = psycopg.connect(
                    self._url.reveal(), connect_timeout=TIMEOUT, options=OPTIONS, autocommit=True
                )
            return list(self._connection.execute(text).fetchall())
        except (psycopg.Error, UnicodeError) as error:
            said = redact(str(error).strip().split("\n")[0], (self._url,))[:200]
            raise LookupError(f"The database says: {said}") from None
