"""Tasks as the database has them: all of many jobs by one question."""

from collections.abc import Mapping

from loadtests.jobs import task_of
from staging.errors import ServiceFailed
from staging.rules.queueing import Task
from staging.secret import Secret, redact

OPTIONS = "-c statement_timeout=10000 -c default_transaction_read_only=on"
CONNECT_SECONDS = 10
TASKS = """
select t.job_id::text, r ->> 'created_at', r ->> 'started_at', r ->> 'completed_at'
from public.tasks t, to_jsonb(t) r
where t.job_id::text = any(%s) and coalesce((r ->> 'retry_count')::integer, 0) = 0
"""


def rows(database: Secret, jobs: Mapping[str, str]) -> list[Task]:
    """The tasks of `jobs` (id and organisation) that were tried once."""
    import psycopg  # not at the top: Locust must have patched sockets before

    try:
        with psycopg.connect(
            database.reveal(), connect_timeout=CONNECT_SECONDS, options=OPTIONS
        ) as connection:
            found = connection.execute(TASKS, (list(jobs),)).fetchall()
    except psycopg.Error as error:
        detail = redact(str(error), (database,))[:300]
        raise ServiceFailed("STAGING_DATABASE_URL gives no tasks.", detail=detail) from None
    names = ("created_at", "started_at", "completed_at")
    told = [task_of(dict(zip(names, times, strict=True)), jobs[id_]) for id_, *times in found]
    return [task for task in told if task]
