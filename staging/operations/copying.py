"""A masked part of production's rows, where staging.toml consents; then a search for originals.

Production is only read. Originals are held in this process, and never written anywhere.
"""

import secrets
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from staging.clouds import contents, loading, postgres, process, structure
from staging.clouds.postgres import Address
from staging.errors import NOT_SO, SUCCESS, ConfigurationError, Refused, StagingError
from staging.inventory.tables import Column, Table
from staging.operations import data, reach, staged, subset
from staging.operations.credentials import Credentials
from staging.operations.journal import changing
from staging.operations.opening import open_clouds
from staging.operations.subset import Part
from staging.rules import masking
from staging.rules.synthesis.kinds import NULL, escaped
from staging.secret import Secret
from staging.settings import Settings

if TYPE_CHECKING:
    from psycopg import Connection

FIELD = "masking_key"


@dataclass(frozen=True, slots=True, kw_only=True)
class Leak:
    """Where originals of a masked column were found in staging, and how many."""

    masked: str
    found_in: str
    values: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Copied:
    """What was brought, and what the search said; where it found any, nothing was kept."""

    verdict: Literal["pass", "fail"]
    rows: Mapping[str, int]
    originals: int
    scanned: tuple[str, ...]
    unscanned: tuple[str, ...]
    leaks: tuple[Leak, ...]
    orphans: Mapping[str, int]
    report: ClassVar[str] = "data-copy"

    @property
    def exit_code(self) -> int:
        """1 if an original was found."""
        return SUCCESS if self.verdict == "pass" else NOT_SO


@dataclass(frozen=True, slots=True, kw_only=True)
class Sampling:
    """How much of each table: a share of its rows, and at most so many."""

    fraction: float = 1.0
    rows: int | None = None


def copy(
    settings: Settings,
    sampling: Sampling,
    *,
    masked: bool,
    confirmed: str = "",
    ask: Callable[[str], str],
) -> Copied:
    """Bring a masked part of production's rows to staging, all tables or none."""
    _consented(settings, masked=masked)
    if not 0 < sampling.fraction <= 1:
        problem = f"--fraction {sampling.fraction:g} is no share of the rows."
        raise ConfigurationError(problem, detail="Expected more than 0, up to 1.")
    with changing(settings, "data.copy") as change:
        clouds = open_clouds(settings)
        where, theirs = staged.database(clouds), reach.production_database(clouds)
        staged.prove_apart(where, theirs)
        change.hold(where)
        credentials = Credentials(settings, clouds.environ)
        if not (kept := credentials.kept(FIELD)):
            credentials.keep(**{FIELD: (kept := secrets.token_hex(32))})
        what = "All rows of staging's tables would go."
        staged.confirmed(settings, confirmed, ask=ask, what=what, command="data.copy --masked")
        change.note("rows of staging", "replace", "by a masked part of production's")
        credentials.keep(**{data.SEEDED: None})
        return bring(theirs, where, settings, sampling, key=Secret(kept))


def _consented(settings: Settings, *, masked: bool) -> None:
    if not masked:
        raise Refused("Rows are never copied as they are.", remedy="Say --masked.")
    if not settings.data.copy:
        raise Refused(
            "Production's rows are not copied: staging.toml does not consent.",
            detail="Staging is isolated from production: made-up rows need no consent.",
            remedy="Use `invoke data.seed`, or set [data] copy = true and rules in [data.masking].",
        )


def bring(
    theirs: Address, where: Address, settings: Settings, sampling: Sampling, *, key: Secret
) -> Copied:
    """The same between two addresses that are known to be apart."""
    rules = settings.data.masking
    with postgres.connect(theirs, read_only=True) as production:
        found = structure.read(production)
        own = [table for table in found if table.name not in settings.reference]
        tables = masking.chosen(own, rules)
        parts = subset.read(production, tables, fraction=sampling.fraction, rows=sampling.rows)
    originals = _originals(parts, rules)
    with postgres.connect(where, read_only=False) as connection:
        connection.autocommit = True
        loading.patient(connection)
        leaks, orphans = _load(connection, own, parts, _Masking(rules, key), originals)
    masked = [
        (t, c) for t in tables for c in t.columns if _rule(rules, t, c) not in ("keep", "null")
    ]
    names = {f"{t.name}.{c.name}": masking.scanned(_rule(rules, t, c), c) for t, c in masked}
    return Copied(
        verdict="fail" if leaks or orphans else "pass",
        rows=subset.totals(parts),
        originals=len(originals),
        scanned=tuple(name for name, able in names.items() if able),
        unscanned=tuple(name for name, able in names.items() if not able),
        leaks=leaks,
        orphans=orphans,
    )


def _rule(rules: Mapping[str, str], table: Table, column: Column) -> str:
    return rules.get(f"{table.name}.{column.name}", "keep")


def _load(
    connection: "Connection[Any]",
    own: Sequence[Table],
    parts: Mapping[str, Part],
    how: "_Masking",
    originals: Mapping[str, str],
) -> tuple[tuple[Leak, ...], dict[str, int]]:
    """Empty, fill and search all tables in one transaction: what fails is never to be seen."""
    import psycopg

    leaks: tuple[Leak, ...] = ()
    orphans: dict[str, int] = {}
    tables, as_replica = [part.table for part in parts.values()], loading.replica(connection)
    with connection.transaction():
        contents.empty(connection, [table.name for table in own])
        if not as_replica:
            loading.without_triggers(connection, tables)
        for part in parts.values():
            loading.copy(connection, part.table.name, part.columns, _masked(part, how))
            contents.finish(connection, part.table.name)
        if not as_replica:
            loading.with_triggers(connection, tables)
        leaks, orphans = _search(connection, tables, originals), _orphans(connection, tables)
        if leaks or orphans:
            raise psycopg.Rollback
    return leaks, orphans


@dataclass(frozen=True, slots=True)
class _Masking:
    rules: Mapping[str, str]
    key: Secret


def _masked(part: Part, how: _Masking) -> Iterator[bytes]:
    columns = {column.name: column for column in part.table.columns}
    masks = [
        masking.mask(_rule(how.rules, part.table, columns[name]), columns[name], how.key)
        for name in part.columns
    ]
    for row in part.rows:
        made = [
            None if value is None else mask(value) for mask, value in zip(masks, row, strict=True)
        ]
        yield ("\t".join(NULL if v is None else escaped(v) for v in made) + "\n").encode()


def _originals(parts: Mapping[str, Part], rules: Mapping[str, str]) -> dict[str, str]:
    """Each value that must not be met, and the column that it is of."""
    found: dict[str, str] = {}
    for part in parts.values():
        columns = {column.name: column for column in part.table.columns}
        for place, name in enumerate(part.columns):
            if masking.scanned(_rule(rules, part.table, columns[name]), columns[name]):
                values = {row[place] for row in part.rows}
                full = f"{part.table.name}.{name}"
                found |= {v: full for v in values if v and len(v) >= masking.SHORTEST}
    return found


def _search(
    connection: "Connection[Any]", tables: Sequence[Table], originals: Mapping[str, str]
) -> tuple[Leak, ...]:
    """Read every column that was written, and look for each original in it."""
    from psycopg import sql

    met: dict[tuple[str, str], set[str]] = {}
    for table in tables:
        for column in table.columns:
            query = sql.SQL("select {0}::text from {1} where {0} is not null").format(
                sql.Identifier(column.name), loading.identifier(table.name)
            )
            for (value,) in connection.execute(query):
                if process.ending():
                    raise StagingError("Interrupted before every column was searched.")
                for piece in masking.pieces(value) & originals.keys():
                    key = (originals[piece], f"{table.name}.{column.name}")
                    met.setdefault(key, set()).add(piece)
    return tuple(
        Leak(masked=masked, found_in=place, values=len(values))
        for (masked, place), values in sorted(met.items())
    )


def _orphans(connection: "Connection[Any]", tables: Sequence[Table]) -> dict[str, int]:
    counted = {
        f"{table.name}.{each.name}": contents.orphans(connection, table.name, each)
        for table in tables
        for each in table.references
    }
    return {name: count for name, count in counted.items() if count}
