"""A database's schema and rows, kept before a migration is tried, and put back after it.

What is kept is in a folder that nobody else can read, so that whoever comes after a run that was
killed can put it back. It is put back in one transaction: all of it, or nothing.
"""

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from staging.clouds import catalog, copies, dumps, postgres, schema
from staging.clouds.copies import Table
from staging.clouds.dumps import Programs
from staging.clouds.postgres import Address
from staging.clouds.schema import Beside
from staging.errors import NotSo
from staging.operations import schemas
from staging.operations.credentials import private_folder, write_private
from staging.operations.schemas import Exported

if TYPE_CHECKING:
    from psycopg import Connection

WHOLE = "kept.json"
"""Written last: without it a folder holds half of what was to be kept."""

SETTING = "setting"
VERSIONS = "select version from supabase_migrations.schema_migrations order by 1"
HISTORY = "select to_regclass('supabase_migrations.schema_migrations') is not null"


def keep(where: Address, folder: Path, programs: Programs) -> int:
    """Write down all that is the application's there; how many rows that is."""
    shutil.rmtree(folder, ignore_errors=True)
    private_folder(folder)
    with postgres.connect(where, read_only=True) as connection:
        connection.execute("set transaction isolation level repeatable read")
        connection.execute(copies.PATIENCE)
        names = schema.schemas(connection)
        beside = schema.beside(connection, names)
        dump = _dump(where, names, connection, programs)
        last = copies.last(connection, names)
        kept = [
            table._replace(rows=copies.out(connection, table, _file(folder, number)))
            for number, table in enumerate(copies.tables(connection, names))
        ]
        known = {"schemas": names, "beside": beside, "tables": kept, "last": last, **dump}
        text = json.dumps({**known, "shape": _shape(connection)})
    write_private(folder / WHOLE, text)
    return sum(table.rows for table in kept)


def put_back(where: Address, folder: Path) -> int:
    """Make the database what it was when it was kept, and see that it is; how many rows it has."""
    known = json.loads((folder / WHOLE).read_text("utf-8"))
    before = Exported(
        dump=known["before"],
        schemas=tuple(known["schemas"]),
        beside=tuple(Beside(*each) for each in known["beside"]),
    )
    kept = [Table(*each) for each in known["tables"]]
    with postgres.connect(where, read_only=False) as connection:
        connection.execute(copies.PATIENCE)
        schema.empty(connection)
        schemas.put(
            connection, before, fill=_filling(connection, kept, folder), rest=known["after"]
        )
        postgres.script(connection, known["last"])
        _prove(connection, known["shape"])
    return sum(table.rows for table in kept)


def changed(where: Address, folder: Path) -> bool:
    """Whether a whole copy was kept, and the schema or its history is no more what it was."""
    try:
        known = json.loads((folder / WHOLE).read_text("utf-8"))
    except OSError:
        return False
    with postgres.connect(where, read_only=True) as connection:
        return bool(_shape(connection) != known["shape"])


def forget(folder: Path) -> None:
    """It is put back, or was never needed."""
    shutil.rmtree(folder, ignore_errors=True)


def _dump(
    where: Address, names: list[str], connection: "Connection[Any]", programs: Programs
) -> dict[str, str]:
    """In two parts: rows go in between, before there are keys, indexes and triggers."""
    pg_dump, env = programs.pg_dump(connection), programs.env
    parts = {"before": "pre-data", "after": "post-data"}
    return {
        key: dumps.dump(where, names, pg_dump=pg_dump, env=env, section=section)
        for key, section in parts.items()
    }


def _filling(connection: "Connection[Any]", kept: list[Table], folder: Path) -> Callable[[], None]:
    def fill() -> None:
        for number, table in enumerate(kept):
            there = copies.back(connection, table, _file(folder, number))
            if there != table.rows:
                raise NotSo(f"{table} came back with {there} rows instead of {table.rows}.")

    return fill


def _prove(connection: "Connection[Any]", shape: Any) -> None:  # noqa: ANN401 - as JSON has it
    if _shape(connection) != shape:
        raise NotSo(
            "The schema that was put back is not what it was: nothing was changed.",
            remedy="`invoke schema.reset` gives staging production's schema again.",
        )


def _shape(connection: "Connection[Any]") -> list[Any]:
    """The catalog and the history, in the form that JSON gives back.

    Without settings: those of a session that has run a dump are its own.
    """
    seen = ((key, each) for key, each in catalog.read(connection).items() if key[0] != SETTING)
    found = sorted([*key, sorted(each.items())] for key, each in seen)
    there = postgres.rows(connection, HISTORY)[0][0]
    versions = [row[0] for row in postgres.rows(connection, VERSIONS)] if there else []
    return json.loads(json.dumps([found, versions]))  # type: ignore[no-any-return]


def _file(folder: Path, number: int) -> Path:
    return folder / f"{number:05}.rows"
