"""What a database consists of, by its own catalogs: one question, whatever its size."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from staging.clouds.postgres import STATEMENT
from staging.clouds.schema import PLATFORM
from staging.inventory import Catalog

if TYPE_CHECKING:
    from psycopg import Connection

FOLDER = Path(__file__).with_name("catalogs")
PARTS = ("relations", "guards", "code", "beside", "rare", "rights", "database")
PLATFORM_ROLES = "^(pg_|supabase_|dashboard_user$|pgbouncer$|pgsodium_|pgtle_|cli_login_)"

STATE = f"""
set local search_path = pg_catalog; set local jit = off;
set local datestyle = 'ISO'; set local intervalstyle = 'postgres'; set local timezone = 'UTC';
set local extra_float_digits = 1; set local bytea_output = 'hex';
set local statement_timeout = '{STATEMENT}s'; set local lock_timeout = '10s';
"""
"""So that every name comes out whole and every constant in one form; compiling costs seconds."""


def read(connection: "Connection[Any]") -> Catalog:
    """Every object of the application, in one round trip that changes nothing.

    The server's own statement_timeout and lock_timeout can be seen only by a connection opened
    with `limits=False`; what cannot be seen has the attribute `hidden`.
    """
    found: dict[tuple[str, str], dict[str, str]] = {}
    cursor = connection.execute(_question())
    while True:
        if cursor.description:
            _add(cursor.fetchall()[0][0], found)
        if not cursor.nextset():
            return found


def _add(rows: list[tuple[str, str, Any]], found: dict[tuple[str, str], dict[str, str]]) -> None:
    """An object has a row for each of the parts that say something of it."""
    for kind, name, attributes in rows:
        definition = found.setdefault((kind, name), {})
        if attributes:
            for attribute, value in attributes.items():
                if value is not None:
                    definition[attribute] = value if isinstance(value, str) else _text(value)


def _question() -> bytes:
    """One message: the settings before this session changes any, then all else."""
    settings, held, objects, apart = map(_sql, ("settings", "held", "objects", "apart"))
    parts = "".join(f"union all{_sql(name)}" for name in PARTS)
    return f"{_whole(settings)};{STATE}{held};{_whole(objects + apart + parts)}".encode()


def _whole(query: str) -> str:
    """All rows as one document, which is read in a tenth of the time."""
    names = "kind, name, attributes"
    row = f"pg_catalog.json_build_array({names})"
    return f"select pg_catalog.json_agg({row}) from ({query}) as found({names})"  # noqa: S608 - ours


def _sql(name: str) -> str:
    text = (FOLDER / f"{name}.sql").read_text("utf-8")
    settings = (FOLDER / "settings.txt").read_text("utf-8").split()
    for word, values in ((":platform", PLATFORM), (":settings", settings)):
        text = text.replace(word, f"'{{{','.join(values)}}}'::text[]")
    return "\n" + text.replace(":roles", f"'{PLATFORM_ROLES}'")


def _text(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
