"""Migrations: the files of a folder, and the history that a database keeps."""

import re
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from rehearsal.supabase.statements import split

if TYPE_CHECKING:
    from rehearsal.supabase.dial import Connection

FOLDER = Path("supabase", "migrations")
_NAMED = re.compile(r"(\d+)_(.*)\.sql")
_TABLE = """
create schema if not exists supabase_migrations;
create table if not exists supabase_migrations.schema_migrations (version text primary key);
alter table supabase_migrations.schema_migrations add column if not exists statements text[];
alter table supabase_migrations.schema_migrations add column if not exists name text;
"""


class Migration(NamedTuple):
    """One file."""

    version: str
    name: str
    path: Path

    def statements(self) -> list[str]:
        """What it does."""
        return split(self.path.read_text("utf-8"))


def local(folder: str) -> list[Migration]:
    """The files in their order; a file whose name is no migration's is passed over aloud."""
    found = []
    for path in sorted(Path(folder, FOLDER).glob("*.sql")):
        if named := _NAMED.fullmatch(path.name):
            found.append(Migration(named[1], named[2], path))
        else:
            print(
                f"Skipping migration {path.name}... "
                '(file name must match pattern "<timestamp>_name.sql")',
                file=sys.stderr,
            )
    return found


def remote(connection: "Connection") -> list[str]:
    """The versions that a database says it has; none where there is no history."""
    known = connection.execute(
        "select to_regclass('supabase_migrations.schema_migrations') is not null as known"
    ).fetchone()
    if not known or not known["known"]:
        return []
    query = "select version from supabase_migrations.schema_migrations order by version"
    return [row["version"] for row in connection.execute(query)]


def prepare(connection: "Connection") -> None:
    """Make the table of the history where there is none."""
    connection.execute("set client_min_messages = warning")
    connection.execute(_TABLE)


def record(connection: "Connection", migration: Migration, statements: Sequence[str]) -> None:
    """Write a migration's row of history."""
    connection.execute(
        "insert into supabase_migrations.schema_migrations (version, statements, name) "
        "values (%s, %s, %s)",
        (migration.version, list(statements), migration.name),
    )


def counted(number: int) -> str:
    """Migrations as a sentence counts them."""
    return f"{number} migration{'' if number == 1 else 's'}"
