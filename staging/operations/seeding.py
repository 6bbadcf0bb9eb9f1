"""Fill the tables of any database with made-up rows: empty them, try, load, check.

`seed` is for staging and for scratch databases alike; whoever calls it has proved that the
address is not production's.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from time import monotonic
from typing import TYPE_CHECKING, Any

from staging.clouds import contents, loading, postgres, structure
from staging.clouds.postgres import Address
from staging.errors import ConfigurationError
from staging.inventory.tables import Reference, Table, TableProfile
from staging.operations import agreement, filling
from staging.operations.seeded import Filled, Seeded, Untriggered
from staging.operations.steps import note
from staging.rules.profile import checked_scale, guessed, wanted
from staging.rules.synthesis import planning
from staging.rules.synthesis.planning import Order, Rows

if TYPE_CHECKING:
    from psycopg import Connection

MOST_KEYS = 100_000
"""Keys that are read of a table that is not made up but referred to."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """What may be told beside the profile.

    `tables`: only these. `kept` tables are referred to but never touched. `recompute` says, by
    `schema.table.trigger`, the statement that does what the trigger would have done. `done` are
    tables that an earlier run of the same order filled; `filled` is told of each new one.
    """

    tables: Sequence[str] | None = None
    kept: Sequence[str] = ()
    recompute: Mapping[str, str] = field(default_factory=dict)
    done: Mapping[str, int] = field(default_factory=dict)
    filled: Callable[[str, int], None] = lambda _table, _rows: None
    emptied: Callable[[], None] = lambda: None


def seed(
    where: Address,
    profile: Mapping[str, TableProfile],
    *,
    scale: float = 1.0,
    seed: int = 1,
    until: date | None = None,
    options: Options | None = None,
) -> Seeded:
    """Fill the database's application tables; the same seed, profile and day make the same rows."""
    given, began = options or Options(), monotonic()
    order = Order(
        profile=profile,
        scale=checked_scale(scale),
        seed=seed,
        now=until or datetime.now(UTC).date(),
    )
    with postgres.connect(where, read_only=False) as connection:
        connection.autocommit = True
        loading.patient(connection)
        tables = selected(structure.read(connection), given)
        as_replica = loading.replica(connection)
        done = _still_there(connection, given.done)
        fresh = [table for table in tables if table.name not in done]
        if not done or contents.filled(connection, [table.name for table in fresh]):
            done, fresh = {}, list(tables)
            given.emptied()
            contents.empty(connection, [table.name for table in tables])
        present = _present(connection, tables)
        groups, refused = agreement.agreed(
            connection, tables, order, present=present, as_replica=as_replica
        )
        found = filling.load(
            where,
            {t.name: t for t in tables},
            groups,
            as_replica=as_replica,
            done=done,
            filled=given.filled,
        )
        made = _outcomes(groups, found, refused, done, order)
        triggers = _recompute(connection, tables, given.recompute)
        orphans = _orphans(connection, tables)
    return Seeded(
        scale=scale,
        seed=seed,
        until=order.now.isoformat(),
        method="session_replication_role"
        if as_replica
        else "triggers and keys taken off meanwhile",
        tables=made,
        keys_checked=sum(len(table.references) for table in tables),
        orphans=orphans,
        triggers=triggers,
        guessed=guessed(profile, (table.name for table in tables)),
        rows=sum(each.rows for each in made),
        seconds=round(monotonic() - began, 2),
    )


def selected(tables: Sequence[Table], options: Options) -> tuple[Table, ...]:
    """The tables that are to be filled: all that are named, and none that must be kept."""
    known = {table.name: table for table in tables}
    named = [_known(name, known) for name in options.tables or known]
    for name in set(named) & set(options.kept) if options.tables else ():
        raise ConfigurationError(
            f"{name} is a reference table: its rows are production's, and stay.",
            remedy="Take it off --tables, or off [schema] reference in staging.toml.",
        )
    chosen = tuple(known[name] for name in dict.fromkeys(named) if name not in options.kept)
    _closed(chosen, tables)
    return chosen


def _closed(chosen: Sequence[Table], tables: Sequence[Table]) -> None:
    """Rows cannot be taken from under those of another table."""
    names = {table.name for table in chosen}
    for table in tables:
        if table.name in names:
            continue
        for reference in table.references:
            if reference.table in names:
                raise ConfigurationError(
                    f"{table.name} refers to {reference.table}, and would be left with nothing.",
                    detail=f"Foreign key {reference.name}",
                    remedy=f"Name {table.name} too, or do not seed {reference.table}.",
                )


def _known(name: str, known: Mapping[str, Table]) -> str:
    whole = name if "." in name else f"public.{name}"
    if whole in known:
        return whole
    from difflib import get_close_matches

    near = get_close_matches(whole, known, 1)
    raise ConfigurationError(
        f"There is no table {whole}.", remedy=f"Did you mean {near[0]}?" if near else ""
    )


def _still_there(connection: "Connection[Any]", done: Mapping[str, int]) -> dict[str, int]:
    """What an earlier run filled and nobody changed since, as far as its count tells."""
    found = {}
    for table, rows in done.items():
        try:
            if contents.count(connection, table) == rows:
                found[table] = rows
        except Exception:  # noqa: BLE001, S112 - a table that is gone was not filled
            continue
    return found


def _present(
    connection: "Connection[Any]", tables: Sequence[Table]
) -> dict[tuple[str, tuple[str, ...]], list[tuple[str, ...]]]:
    """Keys of the tables that are referred to and not made up."""
    wanted_keys: dict[tuple[str, tuple[str, ...]], Reference] = {
        (each.table, each.targets): each for each in planning.outside(tables)
    }
    return {
        key: contents.keys(connection, reference, most=MOST_KEYS)
        for key, reference in wanted_keys.items()
    }


def _outcomes(
    groups: Sequence[Sequence[Rows]],
    found: Mapping[str, filling.Loaded],
    refused: Mapping[str, str],
    done: Mapping[str, int],
    order: Order,
) -> tuple[Filled, ...]:
    planned = {rows.table: rows for group in groups for rows in group}
    made = []
    for name in sorted({*planned, *refused}):
        rows, loaded = planned.get(name), found.get(name)
        least = wanted(order.profile, name, order.scale)
        reasons = tuple(rows.notes) if rows else ()
        if name in done:
            outcome, count = "kept", done[name]
        elif loaded and not loaded.failure and (loaded.rows or not least):
            outcome, count = "filled", loaded.rows
        else:
            outcome, count = "left empty", 0
            why = refused.get(name) or (loaded.failure if loaded else "")
            reasons = (*reasons, *((why,) if why else ()))
        made.append(
            Filled(
                table=name,
                outcome=outcome,
                rows=count,
                wanted=least,
                bytes=loaded.bytes if loaded else 0,
                seconds=round(loaded.seconds, 2) if loaded else 0.0,
                reasons=reasons,
            )
        )
    return tuple(made)


def _recompute(
    connection: "Connection[Any]", tables: Sequence[Table], statements: Mapping[str, str]
) -> tuple[Untriggered, ...]:
    """Do by statement what triggers would have done, and say what nobody did."""
    found = []
    for name in (f"{table.name}.{trigger}" for table in tables for trigger in table.triggers):
        if statement := statements.get(name):
            note(f"  recompute what {name} keeps …")
            failure = contents.refusal(connection, statement)
            instead = failure or "recomputed by [data.recompute]"
        else:
            failure, instead = "", "nothing: [data.recompute] in staging.toml has no statement"
        found.append(Untriggered(trigger=name, instead=instead, failed=bool(failure)))
    return tuple(found)


def _orphans(connection: "Connection[Any]", tables: Sequence[Table]) -> dict[str, int]:
    """Each foreign key that names rows which are not there, and how often."""
    broken = {}
    for table in tables:
        for reference in table.references:
            if count := contents.orphans(connection, table.name, reference):
                broken[f"{table.name}.{reference.name}"] = count
    return broken
