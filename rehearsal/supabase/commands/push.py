"""`db push` and `migration up`: migrations that a database has not got are applied, each whole."""

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from rehearsal.supabase import dial, migrations, seeding
from rehearsal.supabase.line import Line, SupabaseError
from rehearsal.supabase.migrations import Migration, counted
from rehearsal.supabase.statements import alone

if TYPE_CHECKING:
    from rehearsal.supabase.dial import Connection

DRY = "DRY RUN: migrations will *not* be pushed to the database."


def push(line: Line) -> None:
    """Apply what is pending, or with --dry-run say what would be."""
    found, dry = dial.target(line), line.has("dry-run")
    linked = "ref" in found
    if dry and not linked:
        print(DRY, file=sys.stderr)
    with dial.connection(line, found) as connection:
        if dry and linked:
            print(DRY, file=sys.stderr)
        pending = _pending(line, connection)
        roles, seeds = seeding.pending(line, connection)
        work = bool(pending or roles or seeds)
        if work and dry:
            _would(pending, roles, seeds)
        elif work:
            line.consent(_sentence(len(pending), bool(roles), len(seeds)))
            seeding.make_roles(connection, roles)
            _apply(connection, pending, code="DbPushApplyError")
            if not pending:
                print("Schema migrations are up to date.", file=sys.stderr)
            seeding.fill(connection, seeds)
    told = "Finished supabase db push." if work else "Remote database is up to date."
    line.answer(
        {
            "upToDate": not work,
            "dryRun": dry,
            "migrations": [each.path.name for each in pending],
            "seeds": [str(each) for each in seeds],
            "roles": [str(each) for each in roles],
        },
        message=told,
        text=told,
    )


def up(line: Line) -> None:
    """Apply what is pending."""
    found = dial.target(line)
    with dial.connection(line, found) as connection:
        pending = _pending(line, connection)
        if pending:
            line.consent(_sentence(len(pending), False, 0))  # noqa: FBT003 - as told above
            _apply(connection, pending, code="MigrationApplyError")
    applied = [str(each.path.resolve()) for each in pending]
    told = "Migrations applied" if pending else "Remote database is up to date."
    line.answer({"applied": applied}, message="Migrations applied", text=told)


def _pending(line: Line, connection: "Connection") -> list[Migration]:
    here, there = migrations.local(line.folder), migrations.remote(connection)
    selector = "--remote=<db-url>" if line.target["kind"] == "db-url" else "--remote"
    unknown = [version for version in there if version not in {each.version for each in here}]
    if unknown:
        raise SupabaseError(
            "DbPushMissingLocalError",
            "Remote migration versions not found in local migrations directory.",
            suggestion="\nMake sure your local git repo is up-to-date. If the error persists, "
            "try repairing the migration history table:\nsupabase migration repair --status "
            f"reverted {' '.join(unknown)} {selector}\n\nAnd update local migrations to match "
            f"remote database:\nsupabase db pull {selector}\n",
        )
    pending = [each for each in here if each.version not in there]
    early = [each for each in pending if there and each.version < there[-1]]
    if early and not line.has("include-all"):
        names = "\n".join(str(migrations.FOLDER / each.path.name) for each in early)
        raise SupabaseError(
            "DbPushMissingRemoteError",
            "Found local migration files to be inserted before the last migration on remote "
            "database.",
            suggestion="\nRerun the command with --include-all flag to apply these "
            f"migrations:\n{names}\n",
        )
    return pending


def _sentence(pending: int, roles: bool, seeds: int) -> str:  # noqa: FBT001 - three parts alike
    parts = ["create custom roles"] if roles else []
    parts += [f"apply {counted(pending)}"] if pending else []
    parts += [f"seed {seeds} file{'' if seeds == 1 else 's'}"] if seeds else []
    text = " and ".join(parts) if len(parts) < 3 else f"{parts[0]}, {parts[1]} and {parts[2]}"
    return text[0].upper() + text[1:]


def _would(pending: Sequence[Migration], roles: Sequence[Path], seeds: Sequence[Path]) -> None:
    lines = [f"Would create custom roles {each}..." for each in roles]
    if pending:
        lines += ["Would push these migrations:", *(f" • {each.path.name}" for each in pending)]
    if seeds:
        lines += ["Would seed these files:", *(f" • {each}" for each in seeds)]
    print("\n".join(lines), file=sys.stderr)


def _apply(connection: "Connection", pending: Sequence[Migration], *, code: str) -> None:
    if pending:
        migrations.prepare(connection)
    for migration in pending:
        print(f"Applying migration {migration.path.name}...", file=sys.stderr)
        statements = migration.statements()
        connection.execute("begin")
        for number, statement in enumerate(statements):
            _run(connection, statement, number=number, code=code)
        migrations.record(connection, migration, statements)
        connection.execute("commit")


def _run(connection: "Connection", statement: str, *, number: int, code: str) -> None:
    """One statement, with the file's transaction interrupted for those that stand alone."""
    import psycopg

    outside = alone(statement)
    try:
        if outside:
            connection.execute("commit")
        connection.execute(statement.encode())
        if outside:
            connection.execute("begin")
    except psycopg.Error as error:
        shown = _until_caret(statement, error.diag.statement_position)
        where = f"At statement: {number}\n{shown}"
        raise SupabaseError(code, dial.message(error, where)) from None


def _until_caret(statement: str, position: str | None) -> str:
    if not position:
        return statement
    place = int(position) - 1
    end = statement.find("\n", place)
    shown = statement if end < 0 else statement[:end]
    return f"{shown}\n{' ' * (place - (statement.rfind(chr(10), 0, place) + 1))}^"
