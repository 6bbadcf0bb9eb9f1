"""What `db push` may bring besides migrations: custom roles, and rows to begin with."""

import hashlib
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from rehearsal.supabase import dial
from rehearsal.supabase.line import Line, SupabaseError

if TYPE_CHECKING:
    from rehearsal.supabase.dial import Connection

ROLES, SEED = Path("supabase", "roles.sql"), Path("supabase", "seed.sql")
_TABLE = """
create schema if not exists supabase_migrations;
create table if not exists supabase_migrations.seed_files (path text primary key, hash text);
"""


def pending(line: Line, connection: "Connection") -> tuple[list[Path], list[Path]]:
    """The file of roles and the file of rows, where they are asked for and not yet known."""
    roles = [ROLES] if line.has("include-roles") and Path(line.folder, ROLES).exists() else []
    seeds = [SEED] if line.has("include-seed") and Path(line.folder, SEED).exists() else []
    known = connection.execute(
        "select to_regclass('supabase_migrations.seed_files') is not null as known"
    ).fetchone()
    if seeds and known and known["known"]:
        query = "select 1 from supabase_migrations.seed_files where path = %s and hash = %s"
        if connection.execute(query, (str(SEED), _hash(Path(line.folder, SEED)))).fetchone():
            seeds = []
    folder = Path(line.folder)
    return [folder / each for each in roles], [folder / each for each in seeds]


def make_roles(connection: "Connection", files: Sequence[Path]) -> None:
    """Run the file of roles."""
    for file in files:
        print(f"Seeding globals from {file.name}...", file=sys.stderr)
        _run(connection, file)


def fill(connection: "Connection", files: Sequence[Path]) -> None:
    """Run the file of rows, and remember it by its hash."""
    for file in files:
        print(f"Seeding data from {SEED}...", file=sys.stderr)
        _run(connection, file)
        connection.execute("set client_min_messages = warning")
        connection.execute(_TABLE)
        connection.execute(
            "insert into supabase_migrations.seed_files values (%s, %s) "
            "on conflict (path) do update set hash = excluded.hash",
            (str(SEED), _hash(file)),
        )


def _run(connection: "Connection", file: Path) -> None:
    import psycopg

    try:
        with connection.transaction():
            connection.execute(file.read_bytes())
    except psycopg.Error as error:
        raise SupabaseError("DbPushApplyError", dial.message(error)) from None


def _hash(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()
