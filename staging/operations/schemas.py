"""Give staging's database production's schema: in one transaction, or not at all."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from staging.clouds import postgres, schema
from staging.clouds.schema import Beside
from staging.errors import Refused
from staging.operations import reach
from staging.operations.observe import Observation
from staging.operations.steps import note
from staging.rules.schema import applicable

if TYPE_CHECKING:
    from psycopg import Connection


def apply(seen: Observation, *, reset: bool) -> None:
    """Apply what was exported to an empty database, or to one that is emptied first.

    Rows come along only of the tables named in [schema] reference, and of the history of
    migrations, without which `supabase db push` would apply them all again.
    """
    exported, clouds, target = seen.production_schema, seen.clouds, seen.database
    if exported is None or target is None:
        return
    with (
        postgres.connect(reach.production_database(clouds), read_only=True) as production,
        postgres.connect(target, read_only=False) as staging,
    ):
        prove_apart(production, staging)
        if reset:
            schema.empty(staging)
        first, last = _mending(exported.beside, schema.beside(staging, exported.schemas))
        postgres.script(staging, "\n".join(first))
        postgres.script(staging, schema.leaking(staging, exported.schemas))
        postgres.script(staging, applicable(exported.dump, exported.schemas))
        postgres.script(staging, "\n".join(last))
        postgres.script(staging, "set search_path to default")  # as triggers on the rows expect
        for table in (schema.HISTORY, *(_named(name) for name in clouds.settings.reference)):
            _copy(production, staging, table)


def mend(seen: Observation) -> None:
    """Have what stands beside the schema as production has it; no row is touched."""
    exported, target = seen.production_schema, seen.database
    if exported is None or target is None:
        return
    with (
        postgres.connect(reach.production_database(seen.clouds), read_only=True) as production,
        postgres.connect(target, read_only=False) as staging,
    ):
        prove_apart(production, staging)
        first, last = _mending(exported.beside, schema.beside(staging, exported.schemas))
        postgres.script(staging, "\n".join([*first, *last]))


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
    identifiers = {postgres.identifier(each) for each in (production, staging)}
    if len(identifiers) == 1 and None not in identifiers:
        raise Refused(
            "Staging's database is production's: the two servers are one.",
            detail=f"PostgreSQL system identifier {identifiers.pop()}",
            remedy="Correct PRODUCTION_DATABASE_URL or STAGING_DATABASE_URL.",
        )


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
