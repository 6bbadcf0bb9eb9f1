"""Commands about the history of migrations."""

import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from rehearsal.supabase import dial, migrations
from rehearsal.supabase.grid import grid
from rehearsal.supabase.line import Line, SupabaseError, one_of

if TYPE_CHECKING:
    from rehearsal.supabase.dial import Connection


def listed(line: Line) -> None:
    """Print the versions here and there, side by side."""
    found = dial.target(line)
    with dial.connection(line, found, read_only=True) as connection:
        there = migrations.remote(connection)
    here = [each.version for each in migrations.local(line.folder)]
    rows = [
        {
            "local": version if version in here else "",
            "remote": version if version in there else "",
            "time": _time(version),
        }
        for version in sorted({*here, *there})
    ]
    cells = [[f"`{row[key]}`" for key in ("local", "remote", "time")] for row in rows]
    text = grid(("Local", "Remote", "Time (UTC)"), cells)
    line.answer({"migrations": rows}, message="Migrations listed", text=text)


def repair(line: Line) -> None:
    """Write into the history that versions were applied, or that they were not."""
    status = line.flags.get("status", "")
    if not status:
        raise SupabaseError("MissingOption", 'Error: required flag(s) "status" not set')
    one_of("status", status, ("applied", "reverted"))
    found = dial.target(line)
    here = {each.version: each for each in migrations.local(line.folder)}
    versions = list(line.words) or sorted(here)
    missing = [version for version in versions if version not in here]
    if status == "applied" and missing:
        text = f"glob {migrations.FOLDER}/{missing[0]}_*.sql: file does not exist"
        raise SupabaseError("MigrationFileNotFoundError", text)
    line.consent(
        f"Mark {migrations.counted(len(versions))} as {status}"
        if line.words
        else "Clear the migration history table"
    )
    with dial.connection(line, found) as connection, connection.transaction():
        migrations.prepare(connection)
        _forget(connection, versions if line.words or status == "applied" else None)
        for version in versions if status == "applied" else []:
            migrations.record(connection, here[version], here[version].statements())
    if line.words:
        told = f"Repaired migration history: [{' '.join(versions)}] => {status}"
        print(told, file=sys.stderr)
    line.answer(
        {"versions": versions, "status": status, "repairAll": not line.words},
        message="Migration history repaired",
        text="Finished supabase migration repair.",
    )


def fetch(line: Line) -> None:
    """Write the history's statements back into files."""
    found = dial.target(line)
    answer = " y" if line.has("yes") else " "
    print(
        f"Overwrite local migrations with the history from {line.label}? [Y/n]{answer}",
        file=sys.stderr,
    )
    query = "select * from supabase_migrations.schema_migrations order by version"
    with dial.connection(line, found, read_only=True) as connection:
        rows = connection.execute(query).fetchall() if migrations.remote(connection) else []
    folder = Path(line.folder, migrations.FOLDER)
    folder.mkdir(parents=True, exist_ok=True)
    files = []
    for row in rows:
        path = folder / f"{row['version']}_{row['name'] or ''}.sql"
        path.write_text("".join(f"{each};\n" for each in row["statements"] or []), "utf-8")
        files.append(str(path.resolve()))
    line.answer(
        {"files": files},
        message="Migration history fetched",
        text="Finished supabase migration fetch.",
    )


def _forget(connection: "Connection", versions: list[str] | None) -> None:
    query = "delete from supabase_migrations.schema_migrations"
    if versions is None:
        connection.execute(query)
    else:
        connection.execute(f"{query} where version = any(%s)", (versions,))


def _time(version: str) -> str:
    if not re.fullmatch(r"\d{14}", version):
        return version
    day = f"{version[:4]}-{version[4:6]}-{version[6:8]}"
    return f"{day} {version[8:10]}:{version[10:12]}:{version[12:]}"
