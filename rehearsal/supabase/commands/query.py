"""`db query`: one statement, and its rows."""

import csv
import sys
from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from rehearsal.supabase import dial
from rehearsal.supabase.grid import box
from rehearsal.supabase.line import Line, SupabaseError, pretty
from rehearsal.supabase.statements import first_word

READS = ("SELECT", "WITH", "VALUES", "TABLE", "SHOW", "EXPLAIN")


def query(line: Line) -> None:
    """Run a statement: rows are printed bare, anything else by its command tag."""
    statement = _statement(line)
    found, read_only = dial.target(line), line.has("read-only")
    if read_only:
        _only_reads(statement)
    else:
        line.consent(
            "Run a SQL statement",
            suggestion="Re-run with --yes to confirm. "
            "For a read-only statement, pass --read-only instead.",
        )
    with dial.connection(line, found, read_only=read_only) as connection:
        import psycopg

        try:
            # Prepared, because only then does the server refuse a second statement.
            cursor = connection.execute(statement.encode(), prepare=True)
        except psycopg.Error as error:
            said = error.diag.message_primary or str(error).strip()
            raise SupabaseError(
                "DbQueryExecError", f"failed to execute query: error: {said}"
            ) from None
        if cursor.description is None:
            print(cursor.statusmessage)
            return
        _print(line, [column.name for column in cursor.description], cursor.fetchall())


def _statement(line: Line) -> str:
    if "file" in line.flags:
        return Path(line.flags["file"]).read_text("utf-8")
    if not line.words:
        raise SupabaseError("DbQueryNoSqlError", "no SQL query provided")
    return line.words[0]


def _only_reads(statement: str) -> None:
    word = first_word(statement)
    if word not in READS:
        raise SupabaseError(
            "DbQueryReadOnlyStatementError",
            f"--read-only only allows {', '.join(READS)} statements (found: {word})",
            suggestion="Drop --read-only to run this statement; a hosted database then asks you "
            "to confirm the write.",
        )


def _print(line: Line, head: Sequence[str], rows: Sequence[dict[str, Any]]) -> None:
    shown = [{name: _value(row[name]) for name in head} for row in rows]
    cells = [["NULL" if row[name] is None else str(row[name]) for name in head] for row in shown]
    if line.as_json or line.raw:
        print(pretty(shown))
    elif "csv" in (line.flags.get("o"), line.flags.get("output")):
        csv.writer(sys.stdout, lineterminator="\n").writerows([head, *cells])
    else:
        print(box(head, cells))


def _value(value: object) -> object:
    if isinstance(value, datetime):
        return value.isoformat().replace("+00:00", "Z")
    if isinstance(value, date):
        return f"{value.isoformat()}T00:00:00Z"
    if isinstance(value, bytes):
        return f"\\x{value.hex()}"
    if isinstance(value, Decimal) or not isinstance(
        value, str | int | float | bool | list | dict | None
    ):
        return str(value)
    return value
