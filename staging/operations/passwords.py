"""The database's password while it changes: no moment at which nobody knows the one that counts.

What is kept says how far a change has come. `next`: made up, and perhaps already the database's.
`before`: the database has the new one, the application perhaps not yet.
"""

import secrets
from contextlib import suppress

from staging.clouds import postgres
from staging.errors import NotSo, Refused, ServiceFailed
from staging.inventory import Project
from staging.operations import reach
from staging.operations.credentials import Credentials
from staging.operations.opening import Clouds
from staging.operations.steps import until
from staging.secret import Secret

CURRENT, NEXT, BEFORE = "database_password", "database_password_next", "database_password_before"
IN_A_ROW = 3
EFFECTIVE = 120.0  # seconds until every connection takes the new password


def refuse_what_is_not_ours(clouds: Clouds) -> None:
    """A password that comes from the environment is somebody else's to keep."""
    for name in ("STAGING_DB_PASSWORD", "STAGING_DATABASE_URL"):
        if clouds.environ.secret(name) is not None:
            raise Refused(
                f"The database's password is given as {name}, so it is not ours to change.",
                detail="Whoever keeps that variable would be left with a password that is refused.",
                remedy=f"Change it where {name} is kept; or unset it, then run this again.",
            )


def settle(clouds: Clouds, project: Project) -> None:
    """Learn which of two kept passwords is the database's after a change that was cut short."""
    credentials = Credentials(clouds.settings, clouds.environ)
    kept = credentials.kept(NEXT)
    if kept and accepted(clouds, project, Secret(kept)):
        _in_effect(credentials)


def settle_for_provisioning(clouds: Clouds) -> None:
    """The same where the plan brings the rest: Fly is given what the database takes."""
    credentials = Credentials(clouds.settings, clouds.environ)
    if not (credentials.kept(NEXT) or credentials.kept(BEFORE)):
        return
    name = clouds.settings.staging.project
    for project in clouds.supabase.projects():
        if project.name == name:
            with suppress(ServiceFailed):  # one that cannot be reached is provisioning's to open
                settle(clouds, project)
                finished(clouds, project)


def change(clouds: Clouds, project: Project) -> None:
    """Give the database another password, unless an interrupted change already did."""
    credentials = Credentials(clouds.settings, clouds.environ)
    settle(clouds, project)
    if credentials.kept(BEFORE):
        return
    _refuse_a_lost_one(clouds, project, credentials)
    made = credentials.kept(NEXT) or secrets.token_urlsafe(24)
    credentials.keep(**{NEXT: made})
    clouds.supabase.reset_password(project, Secret(made))
    _wait_until_accepted(clouds, project, Secret(made))
    _in_effect(credentials)


def finished(clouds: Clouds, project: Project) -> None:
    """Forget the password before, once the database refuses it and takes the other."""
    credentials = Credentials(clouds.settings, clouds.environ)
    before, current = credentials.kept(BEFORE), credentials.password()
    if not before or current is None or not accepted(clouds, project, current):
        return
    if accepted(clouds, project, Secret(before)):
        problem = "The database still accepts the password that it had before."
        raise NotSo(problem, remedy="Run this again; if it stays so, reset it in the dashboard.")
    credentials.keep(**{BEFORE: None})


def accepted(clouds: Clouds, project: Project, password: Secret) -> bool:
    """Whether a new connection is let in with it."""
    where = reach.staging_database(clouds, project, password)
    try:
        with postgres.connect(where, read_only=True) as connection:
            postgres.rows(connection, "select 1")
    except postgres.PasswordRejected:
        return False
    return True


def _in_effect(credentials: Credentials) -> None:
    """In one write: at no moment is the one that the database takes kept as doubtful only."""
    before, made = credentials.kept(CURRENT), credentials.kept(NEXT)
    credentials.keep(**{CURRENT: made, BEFORE: before, NEXT: None})


def _refuse_a_lost_one(clouds: Clouds, project: Project, credentials: Credentials) -> None:
    known = credentials.password()
    if known is None or not accepted(clouds, project, known):
        raise NotSo(
            "The password of staging's database that is kept here is not the one that it has.",
            remedy="Run `invoke provision`: it sets another and gives it to the application.",
        )


def _wait_until_accepted(clouds: Clouds, project: Project, password: Secret) -> None:
    good = 0

    def look() -> str | None:
        nonlocal good
        good = good + 1 if accepted(clouds, project, password) else 0
        return None if good >= IN_A_ROW else f"{good} good connections in a row"

    what = f"A database of {project.name} that takes its new password"
    until(look, what=what, limit=EFFECTIVE, first_pause=0.05)
