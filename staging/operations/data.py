"""Staging's rows: made up, taken away; what was made is known, so that a cut-off run goes on."""

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, date, datetime
from typing import Any

from staging.clouds import contents, postgres, structure
from staging.clouds.postgres import Address
from staging.errors import ConfigurationError
from staging.inventory.tables import Table, TableProfile
from staging.operations import profiling, seeding, staged
from staging.operations.credentials import Credentials
from staging.operations.journal import changing
from staging.operations.opening import open_clouds
from staging.operations.seeded import Seeded
from staging.rules.profile import checked_scale
from staging.settings import Settings

SEEDED = "seeded"


@dataclass(frozen=True, slots=True, kw_only=True)
class Ordered:
    """What `invoke data.seed` was told; `until` is a day as YYYY-MM-DD, or empty for today."""

    scale: float = 1.0
    seed: int = 1
    tables: tuple[str, ...] = ()
    until: str = ""
    profile: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cleared:
    """How many rows were taken away, by table, and the tables that keep theirs."""

    target: str
    rows: Mapping[str, int]
    kept: tuple[str, ...]


@dataclass(slots=True)
class _Ledger:
    """Which tables an order has filled, kept beside what else nobody can read back."""

    credentials: Credentials
    order: str
    tables: dict[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        kept = self.credentials.kept(SEEDED) or {}
        self.tables = dict(kept.get("tables", {})) if kept.get("order") == self.order else {}

    def add(self, table: str, rows: int) -> None:
        self.tables[table] = rows
        self._keep()

    def clear(self) -> None:
        self.tables = {}
        self._keep()

    def _keep(self) -> None:
        self.credentials.keep(**{SEEDED: {"order": self.order, "tables": self.tables}})


def seed(
    settings: Settings, ordered: Ordered, *, confirmed: str = "", ask: Callable[[str], str]
) -> Seeded:
    """Fill staging's tables; rows that this did not make are taken away only if that is meant."""
    checked_scale(ordered.scale)
    until = _day(ordered.until)
    with changing(settings, "data.seed") as change:
        clouds = open_clouds(settings)
        profile = profiling.tables(settings, ordered.profile)
        where = staged.database(clouds)
        change.hold(where)
        credentials = Credentials(settings, clouds.environ)
        options = seeding.Options(tables=ordered.tables or None, kept=settings.reference)
        tables = _tables(where, options)
        ledger = _Ledger(credentials, _digest(profile, ordered, until, tables))
        _consent(settings, credentials, where, tables, confirmed, ask)
        change.note("rows of staging", "replace", f"{len(tables)} tables at {ordered.scale:g}")
        return seeding.seed(
            where,
            profile,
            scale=ordered.scale,
            seed=ordered.seed,
            until=until,
            options=replace(
                options,
                recompute=settings.data.recompute,
                done=ledger.tables,
                filled=ledger.add,
                emptied=ledger.clear,
            ),
        )


def clear(settings: Settings, *, confirmed: str = "", ask: Callable[[str], str]) -> Cleared:
    """Empty staging's application tables, but for [schema] reference and what Supabase keeps."""
    with changing(settings, "data.clear") as change:
        clouds = open_clouds(settings)
        where = staged.database(clouds)
        change.hold(where)
        credentials = Credentials(settings, clouds.environ)
        tables = _tables(where, seeding.Options(kept=settings.reference))
        _consent(settings, credentials, where, tables, confirmed, ask, command="data.clear")
        change.note("rows of staging", "delete", f"{len(tables)} tables")
        with postgres.connect(where, read_only=False) as connection:
            rows = {t.name: contents.count(connection, t.name) for t in tables}
            contents.empty(connection, [table.name for table in tables])
        credentials.keep(**{SEEDED: None})
    return Cleared(target=settings.target.name, rows=rows, kept=settings.reference)


def _tables(where: Address, options: seeding.Options) -> tuple[Table, ...]:
    with postgres.connect(where, read_only=True) as connection:
        return seeding.selected(structure.read(connection), options)


def _consent(
    settings: Settings,
    credentials: Credentials,
    where: Address,
    tables: Sequence[Table],
    confirmed: str,
    ask: Callable[[str], str],
    *,
    command: str = "data.seed",
) -> None:
    """Ask where there are rows that seeding did not make."""
    kept: dict[str, Any] = (credentials.kept(SEEDED) or {}).get("tables", {})
    with postgres.connect(where, read_only=True) as connection:
        names = [table.name for table in tables if table.name not in kept]
        foreign = contents.filled(connection, names)
    if foreign:
        few = ", ".join(foreign[:5]) + (f" and {len(foreign) - 5} more" if foreign[5:] else "")
        what = f"Rows that seeding did not make would go: of {few}."
        staged.confirmed(settings, confirmed, ask=ask, what=what, command=command)


def _digest(
    profile: Mapping[str, TableProfile],
    ordered: Ordered,
    until: date,
    tables: Sequence[Table],
) -> str:
    """What decides which rows are made: another order begins anew."""
    rows = {name: [table.rows, *map(str, table.columns.items())] for name, table in profile.items()}
    told = {**asdict(ordered), "profile": rows, "until": until.isoformat()}
    text = json.dumps([told, list(map(str, tables))], sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text) if text else datetime.now(UTC).date()
    except ValueError:
        problem = f"--until {text!r} is no day."
        raise ConfigurationError(problem, detail="Expected YYYY-MM-DD.") from None
