"""Made-up rows for a trial: as many of each table as are wanted, otherwise as in production."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from staging.clouds import postgres
from staging.clouds.postgres import Address
from staging.inventory.tables import TableProfile
from staging.operations import seeding
from staging.operations.seeding import Options


@dataclass(frozen=True, slots=True, kw_only=True)
class Rows:
    """What there is to be like; tables that are `kept` have their rows already."""

    profile: Mapping[str, TableProfile]
    kept: Sequence[str] = ()

    def wanted(self) -> dict[str, int]:
        """Production's rows of each table, as far as its statistics know."""
        return {name: table.rows or 0 for name, table in self.profile.items()}

    def fill(
        self, where: Address, target: Mapping[str, int]
    ) -> tuple[dict[str, int], dict[str, str]]:
        """How many rows each table has then, and why one has none."""
        profile = {name: replace(self.profile[name], rows=count) for name, count in target.items()}
        seeded = seeding.seed(where, profile, options=Options(kept=self.kept))
        with postgres.connect(where, read_only=False) as connection:
            connection.autocommit = True
            connection.execute("set statement_timeout = '10min'")
            connection.execute("vacuum analyze")  # as production's tables are
        there = {table.table: table.rows for table in seeded.tables}
        kept = {name: target.get(name, 0) for name in self.kept}
        why = {t.table: "; ".join(t.reasons) for t in seeded.tables if t.rows < t.wanted}
        return {**kept, **there}, {name: told for name, told in why.items() if told}


def plain(rows: Mapping[str, int]) -> Rows:
    """Tables of which only the size is known."""
    return Rows(
        profile={
            name: TableProfile(
                name=name,
                rows=count,
                source="told",
                table_bytes=0,
                index_bytes=0,
                analyzed=None,
                columns={},
            )
            for name, count in rows.items()
        }
    )
