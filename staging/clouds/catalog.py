"""What a database consists of, by its own catalogs: one question, whatever its size."""

import json
from functools import cache
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
set local jit = off;
set local datestyle = 'ISO'; set local intervalstyle = 'postgres'; set local timezone = 'UTC';
set local extra_float_digits = 1; set local bytea_output = 'hex';
set local statement_timeout = '{STATEMENT}s'; set local lock_timeout = '10s';
"""
"""So that every constant comes out in one form; compiling costs seconds."""


def read(connection: "Connection[Any]") -> Catalog:
    """Every object of the application, in one round trip that changes nothing.

    The server's own statement_timeout and lock_timeout can be seen only by a connection opened
    with `limits=False`; what cannot be seen has the attribute `hidden`.
    """
    found: dict[tuple[str, str], dict[str, Any]] = {}
    cursor = connection.execute(_question())
    while True:
        if cursor.description:
            _add(cursor.fetchall()[0][0], found)
        if not cursor.nextset():
            return found


def _add(rows: list[Any], found: dict[tuple[str, str], dict[str, Any]]) -> None:
    """An object has a row for each of the parts that say something of it."""
    for kind, name, within, attributes in rows:
        definition = found.setdefault((kind, name), attributes)
        if definition is not attributes:
            definition.update(attributes)
        if within:
            definition["within"] = within
    for definition in found.values():
        for attribute in [k for k, value in definition.items() if type(value) is not str]:
            value = definition.pop(attribute)
            if isinstance(value, dict):
                definition.update((f"{attribute} {key}", str(each)) for key, each in value.items())
            elif isinstance(value, list):
                definition[attribute] = json.dumps(value, ensure_ascii=False)
            else:
                definition[attribute] = str(value).lower()


@cache
def _question() -> bytes:
    """One message: the settings before this session changes any, then all else.

    Nothing but pg_catalog on the path, so that every name comes out whole.
    """
    settings, held, objects, apart = map(_sql, ("settings", "held", "objects", "apart"))
    parts = "".join(f"union all{_sql(name)}" for name in PARTS)
    path = "set local search_path = pg_catalog"
    whole = _whole(objects + apart + parts)
    return f"{path};{_whole(settings)};{STATE}{held};{whole}".encode()


def _whole(query: str) -> str:
    """All rows as one document, which is read in a tenth of the time."""
    columns = "(kind, name, within, attributes)"
    start = f"select json_strip_nulls(json_agg(json_build_array{columns}))"
    return f"{start} from ({query}) as found {columns}"


def _sql(name: str) -> str:
    text = (FOLDER / f"{name}.sql").read_text()
    text = text.replace(":platform", f"'{{{','.join(PLATFORM)}}}'::text[]")
    return "\n" + text.replace(":roles", f"'{PLATFORM_ROLES}'")
