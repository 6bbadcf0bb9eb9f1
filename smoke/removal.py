"""The rows of what a run has made, taken out of staging's own database where it was given."""

import psycopg

from smoke.database import CONNECT_SECONDS
from smoke.endings import Endings
from smoke.environment import Environment
from smoke.mode import Mode

OPTIONS = "-c statement_timeout=10000 -c lock_timeout=5000"
STATEMENTS = {
    "job": (
        "delete from public.job_share_links where job_id::text = any(%s)",
        "delete from public.tasks where job_id::text = any(%s)",
        "delete from public.notifications where substr(link, 7) = any(%s)",
        "delete from public.jobs where id::text = any(%s)",
    ),
    "scheduler": ("delete from public.schedulers where id::text = any(%s)",),
    "organisation": (
        "delete from public.organisation_members where organisation_id::text = any(%s)",
        "delete from public.organisations where id::text = any(%s)",
    ),
}
"""What is taken out by ids; the tables that lean on others come first."""

LEFT = """
select j.id::text from public.jobs j
where to_jsonb(j) ->> 'user_id' = any(%s) and j.created_at < now() - interval '1 hour'
"""
"""Jobs of smoke's own users that an earlier run could not remove: it was killed."""


def remove(environment: Environment, endings: Endings) -> list[str]:
    """Remove what can be; a table of another form keeps its rows, and that is told."""
    if environment.database is None or environment.mode is Mode.READONLY:
        return []
    url = environment.database.reveal()
    try:
        with psycopg.connect(url, connect_timeout=CONNECT_SECONDS, options=OPTIONS) as connection:
            made = {kind: endings.made(kind) for kind in STATEMENTS}
            if environment.parts.has("POST /v1/jobs"):
                made["job"] += [id_ for (id_,) in connection.execute(LEFT, (endings.made("user"),))]
            return [
                f"rows of {len(ids)} {kind}s are left behind: {problem}"
                for kind, ids in made.items()
                if ids and (problem := _remove(connection, kind, ids))
            ]
    except psycopg.Error as error:
        return [f"rows are left behind: {' '.join(str(error).split())}"]


def _remove(connection: psycopg.Connection, kind: str, ids: list[str]) -> str:
    try:
        with connection.transaction():
            for statement in STATEMENTS[kind]:
                connection.execute(statement.encode(), (ids,))
    except psycopg.Error as error:
        return " ".join(str(error).split())
    return ""
