"""All that two databases should share, read from the catalogs in two round trips at most."""

from collections.abc import Mapping
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from staging.clouds.schema import PLATFORM

if TYPE_CHECKING:
    from psycopg import Connection

Catalog = Mapping[tuple[str, str], Mapping[str, Any]]
"""By kind and name what is known of an object: plain values, lists of them, or mappings."""

SETTINGS = [
    *("work_mem", "maintenance_work_mem", "shared_buffers", "effective_cache_size"),
    *("max_connections", "max_worker_processes", "max_parallel_workers", "max_wal_size"),
    *("max_parallel_workers_per_gather", "random_page_cost", "effective_io_concurrency"),
    *("idle_in_transaction_session_timeout", "wal_level", "jit", "autovacuum", "TimeZone"),
    *("max_locks_per_transaction", "default_statistics_target", "password_encryption"),
]
"""Settings of the server that change how an application behaves, and that every role can see.

What a session sets of itself (statement_timeout, lock_timeout) is read as settings of roles.
"""

ROLES = ["anon", "authenticated", "authenticator", "service_role", "dashboard_user", "postgres"]
"""Roles that Supabase makes in every project, beside those that bear its name."""

OPTIONAL = {
    "storage.buckets": """
        select 'bucket', id, jsonb_strip_nulls(
               to_jsonb(b) - '{id,created_at,updated_at,owner,owner_id}'::text[])
        from storage.buckets b""",
    "cron.job": """
        select 'cron job', coalesce(jobname, jobid::text), jsonb_build_object('schedule', schedule,
               'command', command, 'active', active) from cron.job""",
    "vault.secrets": """
        select 'vault secret', coalesce(name, id::text), jsonb_build_object('held', true)
        from vault.secrets""",
}
"""What some databases have beside their catalogs, and how it is read; of secrets the name only."""


def read(connection: "Connection[Any]") -> dict[tuple[str, str], dict[str, Any]]:
    """Every object of the application's schemas, and what belongs to them elsewhere."""
    found = _asked(connection, _statement())
    readable = [name for kind, name in found if kind == "readable"]
    if readable:
        found |= _asked(connection, " union all ".join(OPTIONAL[name] for name in readable))
    return {key: facts for key, facts in found.items() if key[0] != "readable"}


def _statement() -> str:
    text = files("staging.clouds").joinpath("catalog.sql").read_text("utf-8")
    lists = {"platform": PLATFORM, "settings": SETTINGS, "roles": ROLES, "optional": list(OPTIONAL)}
    for name, values in lists.items():
        text = text.replace(f":{name}", f"'{','.join(values)}'")
    return text


def _asked(connection: "Connection[Any]", query: str) -> dict[tuple[str, str], dict[str, Any]]:
    """One round trip: the path is set with the query, in the transaction that both are."""
    cursor = connection.execute(f"set local search_path = pg_catalog; {query}")
    cursor.nextset()
    return {(kind, name): facts for kind, name, facts in cursor.fetchall()}
