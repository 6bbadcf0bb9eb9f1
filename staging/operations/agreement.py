"""Try planned rows on the server, and change the plan until it takes them."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from staging.clouds import loading
from staging.clouds.loading import Objection
from staging.inventory.tables import Table
from staging.rules.synthesis import planning
from staging.rules.synthesis.makers import RUN
from staging.rules.synthesis.planning import Groups, Order, Rows
from staging.rules.synthesis.world import Present

if TYPE_CHECKING:
    from psycopg import Connection

SAMPLE = 1_000  # rows of each end of a table that the server is asked about


def agreed(
    connection: "Connection[Any]",
    tables: Sequence[Table],
    order: Order,
    *,
    present: Present,
    as_replica: bool,
) -> tuple[Groups, dict[str, str]]:
    """A plan that the server has nothing against, and the tables that none was found for.

    What a check refuses is tried with the columns' defaults, then with nulls.
    """
    forced: dict[str, dict[str, str]] = {}
    refused: dict[str, str] = {}
    fine: dict[str, Rows] = {}
    planner = planning.Planner(tables, order, present)
    while True:
        left = [table for table in tables if table.name not in refused]
        groups = planner.plan(left, forced, refused)
        again = False
        for rows in [rows for group in groups for rows in group]:
            if fine.get(rows.table) is not None and _alike(fine[rows.table], rows):
                continue
            table = next(each for each in left if each.name == rows.table)
            why = _objection(connection, table, rows, as_replica=as_replica)
            if why is None:
                fine[rows.table] = rows
                continue
            again = True
            if not _give_way(table, why, forced):
                refused[table.name] = why.about()
        if not again:
            return groups, refused


def _alike(one: Rows, other: Rows) -> bool:
    return (one.rows, one.columns, one.notes) == (other.rows, other.columns, other.notes)


def _objection(
    connection: "Connection[Any]", table: Table, rows: Rows, *, as_replica: bool
) -> Objection | None:
    if not rows.rows:
        return None
    sample = [rows.part(0, min(SAMPLE, rows.rows))]
    if rows.rows > RUN:
        last = (rows.rows - 1) // RUN * RUN
        sample.append(rows.part(last, min(SAMPLE, rows.rows - last)))
    with connection.transaction(force_rollback=True):
        if not as_replica:
            loading.without_triggers(connection, [table])
        return loading.objection(connection, table.name, rows.columns, sample)


def _give_way(table: Table, why: Objection, forced: dict[str, dict[str, str]]) -> bool:
    """Whether there is something else to try: defaults first, then nulls."""
    named = _named(table, why)
    linked = {name for each in table.references for name in each.columns}
    linked |= {name for each in table.keys for name in each.columns}
    mine = forced.setdefault(table.name, {})
    for how in ("default", "null"):
        found = False
        for column in table.columns:
            able = column.default if how == "default" else column.nullable
            known = mine.get(column.name)
            if column.name in named - linked and able and known not in (how, "null"):
                mine[column.name] = how
                found = True
        if found:
            return True
    return False


def _named(table: Table, why: Objection) -> set[str]:
    """The columns that a refusal is about; one that names none is of what is computed."""
    rules = (*table.checks, *table.exclusions)
    named = {name for rule in rules if rule.name == why.constraint for name in rule.columns}
    if why.column:
        named.add(why.column)
    if not named and not why.constraint:
        named = {name for rule in table.computed for name in rule.columns}
        named = named or {column.name for column in table.columns}
    return named
