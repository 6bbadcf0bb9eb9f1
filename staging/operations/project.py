"""The Supabase half of the mirror: its project, made and really usable."""

from staging.clouds import postgres
from staging.errors import ServiceFailed
from staging.inventory import Project
from staging.operations import reach
from staging.operations.credentials import Credentials
from staging.operations.observe import Observation
from staging.operations.steps import until

COMING_UP = 300.0  # seconds, as long as Supabase's own tests wait
KEYS = 120.0
IN_A_ROW = 3
RESET_AFTER = 6
"""Rejections before a password counts as lost: a project that comes up knows it late."""

PAUSED = frozenset({"INACTIVE", "PAUSING"})
LOST = frozenset({"INIT_FAILED", "REMOVED", "GOING_DOWN", "RESTORE_FAILED", "PAUSE_FAILED"})


def ensure(seen: Observation) -> None:
    """Have the project, its password written down before; wait until Supabase calls it active."""
    clouds, staging = seen.clouds, seen.clouds.settings.staging
    password = _credentials(seen).ensure_password()
    if seen.project is None and seen.production_project:
        clouds.supabase.create(
            staging.project,
            organisation=seen.production_project.organisation,
            region=staging.database_region,
            size=staging.size,
            password=password,
        )
        seen.created = True
    what = f"An active Supabase project {staging.project}"
    until(lambda: _inactive(seen), what=what, limit=COMING_UP)


def wait_for_database(seen: Observation) -> None:
    """Active comes before usable: wait for several connections in a row that can write."""
    credentials, project, good, rejected = _credentials(seen), the(seen), 0, 0
    password = credentials.ensure_password()
    where = seen.database = reach.staging_database(seen.clouds, project, password)

    def look() -> str | None:
        nonlocal good, rejected
        reach.refuse_productions_server(seen.clouds, where)
        try:
            with postgres.connect(where, read_only=False) as connection:
                postgres.script(connection, "create temp table ladder as select 1")
        except postgres.PasswordRejected:
            if credentials.given and not seen.created:
                raise
            rejected += 1
            if rejected % RESET_AFTER == 0:
                seen.clouds.supabase.reset_password(project, password)
            return "the password is not accepted"
        except ServiceFailed as error:
            good = 0
            return error.detail or error.problem
        good += 1
        return None if good >= IN_A_ROW else f"{good} good connections in a row"

    until(look, what=f"A usable database of {project.name}", limit=COMING_UP, first_pause=0.05)


def read_keys(seen: Observation) -> None:
    """The project's keys, which come some time after the project."""

    def look() -> str | None:
        try:
            seen.publishable = seen.clouds.supabase.keys(the(seen).ref)["publishable"]
        except ServiceFailed as error:
            return error.detail or error.problem
        return None

    until(look, what="The project's API keys", limit=KEYS)


def make_user(seen: Observation) -> None:
    """The two users that smoke signs in as, of an organisation each."""
    credentials = _credentials(seen)
    password, auth = credentials.ensure_password(), reach.auth(seen.clouds, the(seen))
    for email, secret in (credentials.smoke_user(password), credentials.other_user(password)):
        auth.ensure_user(email, secret)


def the(seen: Observation) -> Project:
    """Staging's project, which is there by now."""
    if seen.project is None:
        raise ServiceFailed("Staging's Supabase project is gone.")
    return seen.project


def _inactive(seen: Observation) -> str | None:
    """None once the project is active; else its status."""
    name = seen.clouds.settings.staging.project
    found = [p for p in seen.clouds.supabase.projects() if p.name == name]
    if not found:
        return "it is not listed"
    seen.project = project = found[0]
    if project.status in LOST:
        remedy = "Look at it in the dashboard; once it is deleted, another is made."
        raise ServiceFailed(f"Supabase project {name} is {project.status}.", remedy=remedy)
    if project.status in PAUSED:
        remedy = "Restore it in the dashboard, then run this again."
        raise ServiceFailed(f"Supabase project {name} is paused.", remedy=remedy)
    return None if project.status.startswith("ACTIVE") and project.host else project.status


def _credentials(seen: Observation) -> Credentials:
    return Credentials(seen.clouds.settings, seen.clouds.environ)
