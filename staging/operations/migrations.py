"""The history of migrations of both databases, and the application's own on staging."""

import tempfile
from collections.abc import Sequence
from pathlib import Path

from staging.clouds import postgres
from staging.clouds.postgres import Address
from staging.errors import CommandFailed, ConfigurationError, NotSo, StagingError
from staging.inventory import Project
from staging.operations import reach
from staging.operations.credentials import Credentials
from staging.operations.opening import Clouds
from staging.operations.steps import note
from staging.operations.wanted import the_project
from staging.rules import migrations as rules

HISTORY = "select version from supabase_migrations.schema_migrations order by 1"
THERE = "select to_regclass('supabase_migrations.schema_migrations') is not null"
CONFIG = 'project_id = "staging"\n'
"""All that `supabase db push` needs of a config.toml; one of another version might be refused."""


def head(clouds: Clouds, *, production: bool = False) -> str:
    """The newest migration that a database has; "" where that cannot be asked."""
    try:
        return rules.head(applied(clouds, production=production))
    except StagingError as error:
        note(f"  Which migration the database is at cannot be asked: {error.problem}")
        return ""


def applied(clouds: Clouds, *, production: bool = False) -> tuple[str, ...]:
    """The versions in a database's history; none where it has no history."""
    where = reach.production_database(clouds) if production else _staging(clouds)[1]
    with postgres.connect(where, read_only=True) as connection:
        if not postgres.rows(connection, THERE)[0][0]:
            return ()
        return tuple(str(row[0]) for row in postgres.rows(connection, HISTORY))


def pending(clouds: Clouds, folder: Path | None) -> tuple[str, ...]:
    """The files of the folder that staging's database has not, in their order."""
    if folder is None or not folder.is_dir():
        return ()
    return rules.pending((path.name for path in folder.iterdir()), applied(clouds))


def text(path: Path) -> str:
    """What a file says."""
    try:
        return path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigurationError(f"{path} cannot be read: {error}") from None


def push(clouds: Clouds, folder: Path, names: Sequence[str]) -> tuple[str, ...]:
    """Apply these to staging; a file that fails leaves nothing of itself, earlier ones stay."""
    project, where = _staging(clouds)
    note(f"  applying {', '.join(names)} …")
    try:
        return _pushed(clouds, project, where, folder)
    except CommandFailed as error:
        raise _half_way(error, clouds, names) from error


def push_to_production(clouds: Clouds, where: Address, versions: Sequence[str]) -> None:
    """Apply to production what staging was proved with, and see that this is all that is new."""
    settings = clouds.settings
    name = settings.production.project
    project = next((p for p in clouds.supabase.projects() if name in (p.name, p.ref)), None)
    if project is None:
        raise NotSo(f"There is no Supabase project {name}.")
    folder = settings.root / settings.migrations
    there = applied(clouds, production=True)
    files = rules.pending((path.name for path in folder.iterdir()), there)
    if others := [each for each in files if rules.version(each) not in versions]:
        told = f"{settings.migrations} has what staging has not: {', '.join(others)}."
        raise NotSo("Production would get more than staging has proved.", detail=told)
    note(f"  applying {', '.join(files)} to production …")
    _pushed(clouds, project, where, folder)


def push_to(clouds: Clouds, where: Address, folder: Path) -> tuple[str, ...]:
    """Apply all of the folder's to a scratch database on staging's server."""
    return _pushed(clouds, the_project(clouds), where, folder)


def _pushed(clouds: Clouds, project: Project, where: Address, folder: Path) -> tuple[str, ...]:
    with tempfile.TemporaryDirectory() as work:
        supabase = Path(work, "supabase")
        supabase.mkdir()
        (supabase / "config.toml").write_text(CONFIG)
        (supabase / "migrations").symlink_to(folder.resolve())
        return clouds.supabase.push(project, where, Path(work))


def _half_way(error: CommandFailed, clouds: Clouds, names: Sequence[str]) -> NotSo:
    """What state is left, and how to go on."""
    try:
        done = set(applied(clouds))
        left = [name for name in names if rules.version(name) not in done]
    except StagingError:
        left = list(names)
    detail = f"{error.detail}\nNot applied: {', '.join(left)}."
    remedy = (
        "The application was not deployed. Correct the file and run this again; one that cannot "
        "run in a transaction may have left a part of itself (see `invoke parity`)."
    )
    return NotSo("A migration failed on staging.", detail=detail, remedy=remedy)


def staging_database(clouds: Clouds) -> Address:
    """Staging's database, as it is reached from here."""
    return _staging(clouds)[1]


def _staging(clouds: Clouds) -> tuple[Project, Address]:
    project = the_project(clouds)
    password = Credentials(clouds.settings, clouds.environ).password()
    if password is None:
        raise NotSo("The password of staging's database is not known here.")
    return project, reach.staging_database(clouds, project, password)
