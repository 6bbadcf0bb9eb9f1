"""A profile of production's tables, from its statistics alone."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import ClassVar

from staging.clouds import postgres, statistics
from staging.errors import ConfigurationError
from staging.inventory.tables import TableProfile
from staging.operations import reach
from staging.operations.opening import open_clouds
from staging.rules import profile as rules
from staging.settings import Settings


@dataclass(frozen=True, slots=True, kw_only=True)
class Profiled:
    """What production's tables hold; `unknown` are those that nobody ever analyzed."""

    target: str
    production: str
    at: str
    rows: int
    bytes: int
    tables: tuple[TableProfile, ...]
    unknown: tuple[str, ...]
    report: ClassVar[str] = "data-profile"


def profile(settings: Settings) -> Profiled:
    """Ask production's statistics, by the role that can only read."""
    where = reach.production_database(open_clouds(settings))
    with postgres.connect(where, read_only=True) as connection:
        tables = statistics.read(connection)
    return Profiled(
        target=settings.target.name,
        production=settings.production.app,
        at=datetime.now(UTC).isoformat(timespec="seconds"),
        rows=sum(table.rows or 0 for table in tables),
        bytes=sum(table.table_bytes + table.index_bytes for table in tables),
        tables=tables,
        unknown=tuple(t.name for t in tables if not t.columns and t.rows != 0),
    )


def tables(settings: Settings, file: str) -> Mapping[str, TableProfile]:
    """From a file that `invoke data.profile --json` wrote, or from production now."""
    if not file:
        return {table.name: table for table in profile(settings).tables}
    try:
        document = json.loads(Path(file).read_text("utf-8"))
    except (OSError, ValueError) as error:
        problem = f"The profile {file} cannot be read."
        raise ConfigurationError(problem, detail=str(error)) from None
    return rules.from_document(document)
