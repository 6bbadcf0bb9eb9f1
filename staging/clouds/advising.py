"""What a database's catalogs and statistics say of how it is built: rows for who advises."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from staging.clouds import schema

if TYPE_CHECKING:
    from psycopg import Connection

FOLDER = Path(__file__).with_name("advice")
FACTS = ("tables", "indexes", "keys", "policies", "sequences")
HISTORY = "supabase_migrations"


def read(connection: "Connection[Any]") -> Mapping[str, Sequence[Mapping[str, Any]]]:
    """Each of FACTS with its rows, of the application's schemas; nothing is changed."""
    from psycopg.rows import dict_row

    names = [name for name in schema.schemas(connection) if name != HISTORY]
    connection.execute("set local search_path = pg_catalog")
    found: dict[str, Sequence[Mapping[str, Any]]] = {}
    with connection.cursor(row_factory=dict_row) as cursor:
        for fact in FACTS:
            query = (FOLDER / f"{fact}.sql").read_text("utf-8")
            found[fact] = cursor.execute(query.encode(), {"schemas": names}).fetchall()
    return found
