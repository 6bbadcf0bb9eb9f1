"""What this machine and its tokens lack for the target, and how to mend each."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from staging.clouds import dumps, postgres
from staging.errors import NOT_SO, SUCCESS, StagingError
from staging.operations import reach, sources
from staging.operations.opening import Clouds, open_clouds, program_environment
from staging.operations.steps import together
from staging.rules.versions import dotted, warning
from staging.settings import Settings

READER = """create role staging_reader login bypassrls password '…' in role pg_read_all_data;
alter role staging_reader set default_transaction_read_only = on;"""


@dataclass(frozen=True, slots=True)
class Checkup:
    """One thing that is needed; `mend` is empty where it is there, `warn` where nothing is odd."""

    name: str
    found: str
    mend: str = ""
    warn: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Diagnosis:
    """All that was looked at."""

    target: str
    checkups: tuple[Checkup, ...]

    @property
    def exit_code(self) -> int:
        """1 if something has to be mended."""
        return NOT_SO if any(checkup.mend for checkup in self.checkups) else SUCCESS


def doctor(settings: Settings) -> Diagnosis:
    """Look at programs, tokens and production's database, side by side."""
    try:
        clouds = open_clouds(settings)
    except StagingError as error:
        return _diagnosis(settings, [_unwell("programs", error)])
    programs = settings.target
    looks: dict[str, Callable[[], str | Checkup]] = {
        "flyctl": lambda: _program("flyctl", clouds.fly.version(), programs.flyctl),
        "Fly token": lambda: f"of {clouds.fly.whoami()}",
        "supabase": lambda: _program("supabase", clouds.supabase.version(), programs.supabase),
        "Supabase token": lambda: f"sees {_organisations(clouds)}",
        "production's app": lambda: clouds.fly.app(settings.production.app).url,
        "production's database": lambda: _reader(clouds),
        "secrets": lambda: _secrets(clouds),
    }
    found: dict[str, Checkup] = {}

    def examine(name: str, look: Callable[[], str | Checkup]) -> None:
        try:
            seen = look()
            found[name] = seen if isinstance(seen, Checkup) else Checkup(name, seen)
        except StagingError as error:
            found[name] = _unwell(name, error)

    together(**{name: partial(examine, name, look) for name, look in looks.items()})
    return _diagnosis(settings, [found[name] for name in looks])


def _program(name: str, version: tuple[int, ...], path: str) -> Checkup:
    return Checkup(name, f"{dotted(version)} at {path}", warn=warning(name, version))


def _reader(clouds: Clouds) -> str:
    """Production's database by a role that cannot write, and a pg_dump for its version."""
    where = reach.production_database(clouds)
    query = """select rolsuper or pg_has_role(current_user, 'pg_write_all_data', 'member')
               or has_schema_privilege('public', 'create') from pg_roles
               where rolname = current_user"""
    with postgres.connect(where, read_only=True) as connection:
        writes = postgres.rows(connection, query)[0][0]
        major = connection.info.server_version // 10000
    if writes:
        raise StagingError(
            f"The role {where.user} could write to production.", remedy=f"Make one:\n{READER}"
        )
    env = {k: v for k, v in program_environment(clouds.environ).items() if isinstance(v, str)}
    pg_dump = dumps.find_pg_dump(major, named=clouds.environ.get("PG_DUMP"), env=env)
    return f"PostgreSQL {major}, role {where.user} only reads; {pg_dump}"


def _secrets(clouds: Clouds) -> str:
    wanted = [s for s in clouds.settings.secrets if s.environment and not s.optional]
    missing = [s.environment for s in wanted if not clouds.environ.secret(s.environment or "")]
    if missing:
        raise StagingError(
            f"Not set: {', '.join(map(str, missing))}.",
            remedy="Export them, or write them to .env.",
        )
    for source in clouds.settings.secrets:
        if source.file or source.command:
            sources.read(clouds, source)
    return f"{len(clouds.settings.secrets)} named in staging.toml, all with a source"


def _organisations(clouds: Clouds) -> str:
    return ", ".join(found.name for found in clouds.supabase.organisations())


def _unwell(name: str, error: StagingError) -> Checkup:
    found = " ".join(filter(None, (error.problem, error.detail)))
    return Checkup(name, found, error.remedy or "See the message.")


def _diagnosis(settings: Settings, checkups: list[Checkup]) -> Diagnosis:
    return Diagnosis(target=settings.target.name, checkups=tuple(checkups))
