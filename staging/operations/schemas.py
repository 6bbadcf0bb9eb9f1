"""Give staging's database production's schema: in one transaction, or not at all."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from staging.clouds import permission, postgres, schema
from staging.clouds.schema import Beside
from staging.errors import ServiceFailed
from staging.operations import reach
from staging.operations.observe import Observation
from staging.operations.opening import Clouds, program_environment
from staging.operations.steps import note
from staging.rules.schema import applicable

if TYPE_CHECKING:
    from psycopg import Connection


@dataclass(frozen=True, slots=True, kw_only=True)
class Exported:
    """A database's schema: the dump, the schemas in it, and what belongs to it elsewhere."""

    dump: str
    schemas: tuple[str, ...]
    beside: tuple[Beside, ...]


def export(clouds: Clouds) -> Exported:
    """Production's schema, read only, by the pg_dump that its server needs."""
    where, env = reach.production_database(clouds), program_environment(clouds.environ)
    plain = {k: v for k, v in env.items() if isinstance(v, str)}
    with postgres.connect(where, read_only=True) as connection:
        names = schema.schemas(connection)
        beside = tuple(schema.beside(connection, names))
        major = connection.info.server_version // 10000
    pg_dump = schema.find_pg_dump(major, named=clouds.environ.get("PG_DUMP"), env=plain)
    dump = schema.dump(where, names, pg_dump=pg_dump, env=env)
    return Exported(dump=dump, schemas=tuple(names), beside=beside)


def apply(seen: Observation, exported: Exported, *, reset: bool) -> None:
    """Apply what was exported to an empty database, or to one that is emptied first.

    Rows come along only of the tables named in [schema] reference, and of the history of
    migrations, without which `supabase db push` would apply them all again.
    """
    with _both(seen) as (production, staging):
        if reset:
            schema.empty(staging)
        first, last = _mending(exported.beside, schema.beside(staging, exported.schemas))
        postgres.script(staging, "\n".join(first))
        postgres.script(staging, schema.leaking(staging, exported.schemas))
        postgres.script(staging, applicable(exported.dump, exported.schemas))
        postgres.script(staging, "\n".join(last))
        postgres.script(staging, "set search_path to default")  # as triggers on the rows expect
        for table in (schema.HISTORY, *(_named(n) for n in seen.clouds.settings.reference)):
            _copy(production, staging, table)


def mend(seen: Observation) -> None:
    """Have what stands beside the schema as production has it; no row is touched."""
    with _both(seen) as (production, staging):
        names = schema.schemas(production)
        both = (schema.beside(production, names), schema.beside(staging, names))
        first, last = _mending(*both)
        postgres.script(staging, "\n".join([*first, *last]))


@contextmanager
def _both(seen: Observation) -> Iterator[tuple["Connection[Any]", "Connection[Any]"]]:
    """Production to be read and staging to be changed, which are proved to be two."""
    if seen.database is None:
        raise ServiceFailed("Staging's database is not known yet.", remedy="Run this again.")
    with (
        postgres.connect(reach.production_database(seen.clouds), read_only=True) as production,
        postgres.connect(seen.database, read_only=False) as staging,
    ):
        prove_apart(production, staging)
        yield production, staging


def _mending(
    production: Sequence[Beside], staging: Sequence[Beside]
) -> tuple[list[str], list[str]]:
    """Statements for extensions, which the schema needs, and for the rest, which needs it."""
    wanted, present = ({each[:2]: each for each in side} for side in (production, staging))
    first, last = list[str](), list[str]()
    for key, each in present.items():
        if key[0] != "EXTENSION" and wanted.get(key) != each:
            last.append(each.dropped)
    for key, each in wanted.items():
        if present.get(key) != each:
            (first if key[0] == "EXTENSION" else last).append(each.made)
    return first, last


def prove_apart(production: "Connection[Any]", staging: "Connection[Any]") -> None:
    """Refuse if both connections lead to one server, as far as the servers say."""
    permission.refuse_server(postgres.server(staging), postgres.server(production))


def _copy(
    production: "Connection[Any]", staging: "Connection[Any]", table: tuple[str, ...]
) -> None:
    query = "select to_regclass(format('%%I.%%I', %s::text, %s::text)) is not null"
    if postgres.rows(production, query, *table)[0][0]:
        postgres.copy_rows(production, staging, (table[0], table[1]))
    elif table != schema.HISTORY:
        note(f"  [schema] reference: production has no table {'.'.join(table)}; passed over.")


def _named(name: str) -> tuple[str, ...]:
    return tuple(name.split(".", 1))
