"""Which migrations are rehearsed: what production lacks, one file, or the whole history."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from staging.clouds import postgres
from staging.errors import ConfigurationError
from staging.operations import migrations, reach
from staging.operations.opening import Clouds
from staging.rules import migrations as rules
from staging.rules.risk import Reason
from staging.rules.statements import Statement, Unparsed, statements

KEPT = """
select version || '_' || coalesce(name, 'applied') || '.sql', statements
from supabase_migrations.schema_migrations order by version
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """The files by name, each as its statements. `upon_production`: on its schema, not on nothing.

    `paths` are where the files are; there are none for what only the history keeps.
    """

    files: Mapping[str, Sequence[Statement]]
    told: str
    upon_production: bool
    paths: Mapping[str, Path]
    reasons: tuple[Reason, ...] = ()


def chosen(clouds: Clouds, named: Sequence[str]) -> Chosen:
    """By name, else what production lacks, else all that it has, from an empty database on."""
    folder = clouds.settings.root / clouds.settings.migrations
    there = set(migrations.applied(clouds, production=True))
    local = sorted(folder.glob("*.sql")) if folder.is_dir() else []
    if named:
        return _read([_named(each, local) for each in named], told="named by --file")
    pending = [p for p in local if (v := rules.version(p.name)) and v not in there]
    if pending:
        return _read(pending, told=f"{len(pending)} that production has not got")
    return _history(clouds)


def _named(name: str, local: Sequence[Path]) -> Path:
    path = Path(name)
    if path.is_file():
        return path
    found = [each for each in local if name in (each.name, each.stem, rules.version(each.name))]
    if not found:
        told = ", ".join(each.name for each in local[-5:])
        raise ConfigurationError(
            f"--file {name}: there is no such migration.",
            detail=f"The newest are {told}." if told else "There is none at all.",
        )
    return found[0]


def _read(paths: Sequence[Path], *, told: str) -> Chosen:
    texts = {path.name: migrations.text(path) for path in paths}
    return _parsed(texts, told, {path.name: path for path in paths}, upon_production=True)


def _history(clouds: Clouds) -> Chosen:
    """Nothing is new: what production ran is tried from nothing, as its own history keeps it."""
    with postgres.connect(reach.production_database(clouds), read_only=True) as production:
        if not postgres.rows(production, migrations.THERE)[0][0]:
            return _parsed({}, "production has no history of migrations", {}, upon_production=False)
        kept = postgres.rows(production, KEPT)
    texts = {name: "\n;\n".join(texts or ()) for name, texts in kept}
    told = "nothing is new: production's whole history, on an empty database"
    return _parsed(texts, told, {}, upon_production=False)


def _parsed(
    texts: Mapping[str, str], told: str, paths: Mapping[str, Path], *, upon_production: bool
) -> Chosen:
    files: dict[str, Sequence[Statement]] = {}
    reasons = []
    for name, text in texts.items():
        try:
            files[name] = statements(text)
        except Unparsed as error:
            reasons.append(Reason(level="unsafe", file=name, told=f"It is no SQL: {error}"))
    return Chosen(
        files=files,
        told=told,
        upon_production=upon_production,
        paths=paths,
        reasons=tuple(reasons),
    )
