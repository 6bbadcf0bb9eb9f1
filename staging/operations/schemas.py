"""Give staging's database production's schema: in one transaction, or not at all."""

from typing import TYPE_CHECKING, Any

from staging.clouds import postgres, schema
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
        present = {(kind, name) for kind, name, _ in schema.beside(staging, exported.schemas)}
        missing = [row for row in exported.beside if row[:2] not in present]
        postgres.script(staging, "\n".join(t for kind, _, t in missing if kind == "EXTENSION"))
        postgres.script(staging, schema.leaking(staging, exported.schemas))
        postgres.script(staging, applicable(exported.dump, exported.schemas))
        postgres.script(staging, "\n".join(t for kind, _, t in missing if kind != "EXTENSION"))
        postgres.script(staging, "set search_path to default")  # as triggers on the rows expect
        for table in (schema.HISTORY, *(_named(name) for name in clouds.settings.reference)):
            _copy(production, staging, table)


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
