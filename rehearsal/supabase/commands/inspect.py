"""`inspect db …`: what a database's statistics say."""

import tomllib
from pathlib import Path

from rehearsal.supabase import dial
from rehearsal.supabase.grid import grid
from rehearsal.supabase.line import Line, SupabaseError

QUERIES = Path(__file__).parent.with_name("inspections.toml")


def inspect(line: Line) -> None:
    """Print the rows of one inspection."""
    name = line.name.split()[-1]
    found = dial.target(line)
    statement = tomllib.loads(QUERIES.read_text("utf-8"))[name]
    with dial.connection(line, found) as connection:
        import psycopg

        try:
            cursor = connection.execute(statement.encode())
        except psycopg.Error as error:
            raise SupabaseError("DbExecError", dial.message(error)) from None
        head = [column.name for column in cursor.description or ()]
        rows = cursor.fetchall()
    cells = [[str(row[key]) for key in head] for row in rows]
    line.answer({"rows": rows}, message=f"inspect db {name}", text=grid(head, cells))
