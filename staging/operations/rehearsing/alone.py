"""A statement that runs outside of transactions: it is made to hold still, and looked at."""

import threading
import time
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, LiteralString

from staging.clouds import postgres, tracing
from staging.clouds.postgres import Address
from staging.clouds.tracing import Holding, Lock, Relation
from staging.rules.statements import Statement, relations

if TYPE_CHECKING:
    from psycopg import Connection

LONGEST = 3600.0  # seconds; the session's own statement_timeout ends it before
LOOK = 0.002
WRITER, MAINTENANCE = "row exclusive", "share update exclusive"
FREE = "nobody could be put in its way, so that its locks were seen by chance"


@dataclass(frozen=True, slots=True, kw_only=True)
class Stood:
    """How it went: `seconds` without the time from `still` to `released`, while it held still."""

    seconds: float
    error: str
    locks: tuple[Lock, ...]
    still: float
    released: float
    blind: str


def stand(
    where: Address,
    session: "Connection[Any]",
    statement: Statement,
    *,
    known: Mapping[int, Relation],
) -> Stood:
    """Run it while another session is in its way, until it waits; then let it go on."""
    table = table_of(session, statement, known)
    with ExitStack() as stack:
        beside = stack.enter_context(postgres.connect(where, read_only=True))
        beside.autocommit = True
        holding = stack.enter_context(Holding(where, table, _mode(statement))) if table else None
        failed: list[str] = []
        thread = threading.Thread(target=run, args=(session, statement.text, failed), daemon=True)
        began = time.monotonic()
        thread.start()
        locks = _still(beside, session.info.backend_pid, thread) if holding else ()
        still = time.monotonic()
        if holding:
            holding.release()
        released = time.monotonic() if locks else still
        thread.join(LONGEST)
        return Stood(
            seconds=time.monotonic() - began - (released - still),
            error="".join(failed),
            locks=locks,
            still=still,
            released=released,
            blind="" if locks else FREE,
        )


def run(session: "Connection[Any]", text: str, failed: list[str]) -> None:
    """One statement as it is written; what PostgreSQL has against it is appended."""
    import psycopg

    try:
        session.execute(text.encode())
    except psycopg.Error as error:
        failed.append(str(error).strip() or repr(error))


def _still(beside: "Connection[Any]", session: int, thread: threading.Thread) -> tuple[Lock, ...]:
    """The locks that it has, and the one that it waits for, as soon as it waits."""
    while thread.is_alive():
        if tracing.waiting(beside, session):
            return tuple(tracing.held(beside, session))
        thread.join(LOOK)
    return ()


def _mode(statement: Statement) -> LiteralString:
    """What is in its way. Whom no writer stops, or only once it has let go, meets its own kind."""
    plain = statement.kind == "Vacuum" and not any(
        option.defname == "full" for option in statement.tree.options or ()
    )
    return MAINTENANCE if plain or statement.kind == "AlterTable" else WRITER


def table_of(
    session: "Connection[Any]", statement: Statement, known: Mapping[int, Relation]
) -> str:
    """The table that it works on, by a name that can stand in a statement; "" of none."""
    names = relations(statement) or _dropped(statement)
    for name in names[:1]:
        found = postgres.rows(session, "select to_regclass(%s)::oid::int8", name)[0][0]
        relation = known.get(found)
        if relation:
            return known[relation.of].name if relation.of in known else relation.name
    return ""


def _dropped(statement: Statement) -> tuple[str, ...]:
    """What DROP names, which is no relation to the parser yet."""
    if statement.kind != "Drop":
        return ()
    return tuple(".".join(f'"{part.sval}"' for part in each) for each in statement.tree.objects)
