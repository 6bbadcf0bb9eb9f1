"""A project's settings of PostgreSQL, given whole and really set on its server."""

from collections.abc import Collection, Mapping
from typing import Any

import psycopg
from psycopg import sql

KNOWN = (
    "checkpoint_timeout",
    "effective_cache_size",
    "hot_standby_feedback",
    "logical_decoding_work_mem",
    "maintenance_work_mem",
    "max_connections",
    "max_locks_per_transaction",
    "max_parallel_maintenance_workers",
    "max_parallel_workers",
    "max_parallel_workers_per_gather",
    "max_replication_slots",
    "max_slot_wal_keep_size",
    "max_standby_archive_delay",
    "max_standby_streaming_delay",
    "max_wal_senders",
    "max_wal_size",
    "max_worker_processes",
    "session_replication_role",
    "shared_buffers",
    "statement_timeout",
    "track_activity_query_size",
    "track_commit_timestamp",
    "wal_keep_size",
    "wal_sender_timeout",
    "work_mem",
)
LIVE = "select name from pg_settings where name = any(%s) and context <> 'postmaster'"


async def put(
    connection: psycopg.AsyncConnection[tuple[Any, ...]],
    given: Mapping[str, Any],
    *,
    before: Mapping[str, Any],
) -> str:
    """Set these and reset all others, or nothing; what PostgreSQL has against it.

    What needs a restart is kept without being set: this world's servers are small, and one that
    could not start with somebody's shared_buffers would be lost.
    """
    live = {name for (name,) in await (await connection.execute(LIVE, [list(KNOWN)])).fetchall()}
    try:
        await _set(connection, live, given)
    except psycopg.DataError as error:
        await _set(connection, live, before)
        return error.diag.message_primary or "invalid value"
    await connection.execute("select pg_reload_conf()")
    return ""


async def _set(
    connection: psycopg.AsyncConnection[tuple[Any, ...]],
    live: Collection[str],
    given: Mapping[str, Any],
) -> None:
    for name in sorted(live):
        statement = sql.SQL("alter system reset {}").format(sql.Identifier(name))
        if name in given:
            value = sql.Literal(_text(given[name]))
            statement = sql.SQL("alter system set {} = {}").format(sql.Identifier(name), value)
        await connection.execute(statement)


def _text(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
