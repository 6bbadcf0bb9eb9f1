"""The environment's database, looked into directly to prove that the application uses it."""

import psycopg

from smoke.evidence import Evidence
from staging.secret import Secret

CONNECT_SECONDS = 10
OPTIONS = "-c statement_timeout=10000 -c default_transaction_read_only=on"
TABLES = {
    "domains",
    "job_share_links",
    "jobs",
    "notifications",
    "organisation_members",
    "organisations",
    "pages",
    "plans",
    "schedulers",
    "tasks",
    "users",
}


def tables(database: Secret) -> set[str]:
    """The names of the tables in public."""
    listed = "select table_name::text from information_schema.tables where table_schema = 'public'"
    return {str(row[0]) for row in _ask(database, listed)}


def user_name(database: Secret, user: str) -> str | None:
    """A user's first name as the database has it, or None if there is no such user."""
    query = "select to_jsonb(u) ->> 'first_name' from public.users u where u.id::text = %s"
    rows = _ask(database, query, user)
    return rows[0][0] if rows else None


def job_status(database: Secret, job: str) -> str | None:
    """A job's status as the database has it, or None if there is no such job."""
    rows = _ask(database, "select status::text from public.jobs where id::text = %s", job)
    return rows[0][0] if rows else None


def tasks(database: Secret, job: str) -> tuple[int, int]:
    """How many tasks a job has in the database, and of how many pages."""
    page = "coalesce(to_jsonb(t) ->> 'page_id', to_jsonb(t) ->> 'path')"
    query = f"select count(*)::text, count(distinct {page})::text from public.tasks t where"  # noqa: S608 - constants
    ((all_, different),) = _ask(database, f"{query} t.job_id::text = %s", job)
    return int(all_ or 0), int(different or 0)


def _ask(database: Secret, query: str, *values: str) -> list[tuple[str | None, ...]]:
    try:
        with psycopg.connect(
            database.reveal(), connect_timeout=CONNECT_SECONDS, options=OPTIONS
        ) as connection:
            return connection.execute(query.encode(), values).fetchall()
    except psycopg.Error as error:
        raise Evidence("STAGING_DATABASE_URL", expected="rows", got=str(error)) from None
