"""Look through migrations before anybody runs them, with production's sizes in mind."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar, Literal

from staging.clouds import postgres, sizes, squawk
from staging.errors import NOT_SO, SUCCESS, ConfigurationError, StagingError
from staging.operations import migrations, reach
from staging.operations.opening import Clouds, open_clouds, program_environment
from staging.operations.steps import note
from staging.rules import migrations as rules
from staging.rules.findings import Finding, Raw, Weight, own, weighed
from staging.rules.hazards import guarded
from staging.rules.statements import Statement, Unparsed, statements
from staging.settings import Settings

SINCE = 17
"""The major version that is taken where production cannot be asked: Supabase's own."""

Verdict = Literal["pass", "fail"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Linted:
    """What was found in which files; an error that no comment allows fails it.

    `weighed` says by what the findings were weighed, and `major` which PostgreSQL was assumed.
    """

    verdict: Verdict
    files: tuple[str, ...]
    source: str
    weighed: str
    major: int
    findings: tuple[Finding, ...]
    report: ClassVar[str] = "lint"

    @property
    def exit_code(self) -> int:
        """1 on an error; a warning is for a person to weigh."""
        return SUCCESS if self.verdict == "pass" else NOT_SO


@dataclass(frozen=True, slots=True, kw_only=True)
class _Production:
    applied: frozenset[str] = frozenset()
    sizes: Mapping[str, Weight] | None = None
    major: int = SINCE
    told: str = ""


def lint(settings: Settings, *, everything: bool) -> Linted:
    """Those that production has not got, or every one."""
    clouds = open_clouds(settings)
    production = _production(clouds)
    folder = settings.root / settings.migrations
    paths = [p for p in sorted(folder.glob("*.sql")) if rules.version(p.name)]
    new = [p for p in paths if everything or rules.version(p.name) not in production.applied]
    env = program_environment(clouds.environ)
    found = [
        Raw(file=Path(each.file).name, line=each.line, rule=each.rule, told=each.told)
        for each in squawk.lint(new, major=production.major, env=env)
    ]
    parsed = {path.name: _parsed(path) for path in paths}
    guards = {table for each in parsed.values() for table in guarded(each.statements)}
    findings = tuple(
        finding
        for path in new
        for finding in _of_file(parsed[path.name], found, production, guards)
    )
    failed = any(f.severity == "error" and not f.allowed for f in findings)
    return Linted(
        verdict="fail" if failed else "pass",
        files=tuple(path.name for path in new),
        source=f"{len(new)} of {len(paths)} files" + ("" if everything else ": those that are new"),
        weighed=production.told,
        major=production.major,
        findings=findings,
    )


@dataclass(frozen=True, slots=True)
class _File:
    name: str
    text: str
    statements: tuple[Statement, ...]
    wrong: tuple[Raw, ...] = ()


def _parsed(path: Path) -> _File:
    text = migrations.text(path)
    try:
        return _File(path.name, text, statements(text))
    except Unparsed as error:
        wrong = Raw(file=path.name, line=error.line, rule="no-sql", told=str(error))
        return _File(path.name, text, (), (wrong,))


def _of_file(
    file: _File, raw: list[Raw], production: _Production, guards: Collection[str]
) -> tuple[Finding, ...]:
    """Of what is no SQL, only that: what squawk makes of it says nothing."""
    found = [each for each in raw if each.file == file.name]
    found += own(file.name, file.statements, guards=guards)
    return weighed(
        file.wrong or found, file.statements, production.sizes, file=file.name, text=file.text
    )


def _production(clouds: Clouds) -> _Production:
    """What it has, and how large its tables are, by its statistics; it is only read."""
    try:
        where = reach.production_database(clouds)
        with postgres.connect(where, read_only=True) as connection:
            found = sizes.tables(connection, but=[])
            major = connection.info.server_version // 10000
        applied = frozenset(migrations.applied(clouds, production=True))
    except ConfigurationError:
        raise
    except StagingError as error:
        note(f"  Production cannot be asked, so every table counts as large: {error.problem}")
        return _Production(told=f"not by production, which cannot be asked: {error.problem}")
    told = f"production's statistics of {len(found)} tables"
    weights = {
        table: Weight(rows=each.rows, bytes=each.bytes, indexes=each.indexes)
        for table, each in found.items()
    }
    return _Production(applied=applied, sizes=weights, major=major, told=told)
