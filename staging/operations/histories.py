"""The migrations here, on staging and in production, as they stand to one another."""

from dataclasses import dataclass
from typing import ClassVar

from staging.clouds import postgres
from staging.clouds.postgres import Address
from staging.errors import NOT_SO, SUCCESS
from staging.operations import migrations, reach
from staging.operations.opening import open_clouds
from staging.operations.steps import together
from staging.rules import histories as rules
from staging.rules.histories import Applied, Migration
from staging.rules.migrations import version
from staging.settings import Settings

KEPT = """
select version, coalesce(to_jsonb(m) ->> 'name', ''), to_jsonb(m) -> 'statements'
from supabase_migrations.schema_migrations m order by version
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """Every version and where it is. `skipped` are files that no program takes for migrations."""

    verdict: str
    folder: str
    migrations: tuple[Migration, ...]
    skipped: tuple[str, ...]
    unkept: tuple[str, ...]
    report: ClassVar[str] = "migrations-status"

    @property
    def exit_code(self) -> int:
        """1 if something is wrong between them; what is pending is not."""
        return SUCCESS if self.verdict == "pass" else NOT_SO


def standing(settings: Settings) -> Standing:
    """Read both histories, and compare them with the files."""
    clouds = open_clouds(settings)
    folder = settings.root / settings.migrations
    names = sorted(path.name for path in folder.glob("*.sql")) if folder.is_dir() else []
    files = {name: migrations.text(folder / name) for name in names}
    found: dict[rules.Place, tuple[Applied, ...]] = {}

    def read(place: rules.Place) -> None:
        production = place == "production"
        where = (
            reach.production_database(clouds) if production else migrations.staging_database(clouds)
        )
        found[place] = _kept(where)

    together(staging=lambda: read("staging"), production=lambda: read("production"))
    rows = rules.side_by_side(files, found)
    return Standing(
        verdict="fail" if any(each.wrong for each in rows) else "pass",
        folder=settings.migrations,
        migrations=rows,
        skipped=tuple(name for name in names if version(name) is None),
        unkept=tuple(
            f"{each.version} ({place})"
            for place, applied in found.items()
            for each in applied
            if each.text is None
        ),
    )


def _kept(where: Address) -> tuple[Applied, ...]:
    with postgres.connect(where, read_only=True) as connection:
        if not postgres.rows(connection, migrations.THERE)[0][0]:
            return ()
        return tuple(
            Applied(version=row[0], name=row[1], text="\n;\n".join(row[2]) if row[2] else None)
            for row in postgres.rows(connection, KEPT)
        )
