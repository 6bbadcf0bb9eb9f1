"""Give staging's database production's schema: in one transaction, or not at all."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from staging.clouds import dumps, permission, postgres, schema
from staging.clouds.dumps import Programs
from staging.clouds.postgres import Address
from staging.clouds.schema import Beside
from staging.errors import ServiceFailed
from staging.operations import reach
from staging.operations.observe import Observation
from staging.operations.opening import Clouds, program_environment
from staging.operations.steps import note
from staging.rules.schema import applicable

if TYPE_CHECKING:
    from psycopg import Connection


Table = tuple[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Exported:
    """A database's schema: the dump, the schemas in it, and what belongs to it elsewhere."""

    dump: str
    schemas: tuple[str, ...]
    beside: tuple[Beside, ...]


def export(clouds: Clouds) -> Exported:
    """Production's schema, read only, by the pg_dump that its server needs."""
    return exported(reach.production_database(clouds), programs(clouds))


def programs(clouds: Clouds) -> Programs:
    """PostgreSQL's client programs, as this target's environment names them."""
    return Programs(env=program_environment(clouds.environ), named=clouds.environ.get("PG_DUMP"))


def exported(where: Address, programs: Programs) -> Exported:
    """The same of any database."""
    with postgres.connect(where, read_only=True) as connection:
        names = schema.schemas(connection)
        beside = tuple(schema.beside(connection, names))
        pg_dump = programs.pg_dump(connection)
    dump = dumps.dump(where, names, pg_dump=pg_dump, env=programs.env)
    return Exported(dump=dump, schemas=tuple(names), beside=beside)


def apply(seen: Observation, exported: Exported, *, reset: bool) -> None:
    """Apply what was exported to an empty database, or to one that is emptied first.

    Rows come along only of the tables named in [schema] reference, and of the history of
    migrations, without which `supabase db push` would apply them all again.
    """
    with _both(seen) as (production, staging):
        if reset:
            schema.empty(staging)
        put(staging, exported)
        copy(production, staging, reference(seen.clouds))


def put(
    target: "Connection[Any]",
    exported: Exported,
    *,
    fill: Callable[[], None] = lambda: None,
    rest: str = "",
) -> None:
    """Make what was exported in an empty database, in the connection's transaction.

    `fill` is called before the `rest` of a dump in two parts, so that rows meet no keys.
    """
    first, last = _mending(exported.beside, schema.beside(target, exported.schemas))
    postgres.script(target, "\n".join(first))
    postgres.script(target, schema.leaking(target, exported.schemas))
    postgres.script(target, applicable(exported.dump, exported.schemas))
    fill()
    postgres.script(target, applicable(rest, ()) if rest else "")
    postgres.script(target, "\n".join(last))
    postgres.script(target, "set search_path to default")  # as triggers on the rows expect


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


def reference(clouds: Clouds) -> list[Table]:
    """The tables whose rows are part of the application itself."""
    names = (name.split(".", 1) for name in clouds.settings.reference)
    return [(space, table) for space, table in names]


def copy(production: "Connection[Any]", target: "Connection[Any]", tables: Sequence[Table]) -> None:
    """Copy the rows of these tables, and the history of migrations."""
    query = "select to_regclass(format('%%I.%%I', %s::text, %s::text)) is not null"
    for table in (schema.HISTORY, *tables):
        if postgres.rows(production, query, *table)[0][0]:
            postgres.copy_rows(production, target, table)
        elif table != schema.HISTORY:
            note(f"  [schema] reference: production has no table {'.'.join(table)}; passed over.")
