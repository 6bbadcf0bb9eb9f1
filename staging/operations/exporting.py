"""A database's schema as a file: all that makes it, no row, the same text each time."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from staging.clouds import around, postgres
from staging.clouds.around import Statement
from staging.clouds.dumps import Programs
from staging.clouds.postgres import Address
from staging.clouds.schema import Beside
from staging.errors import ConfigurationError
from staging.operations import reach, schemas, scratch
from staging.operations.credentials import write_private
from staging.operations.opening import Clouds, open_clouds
from staging.operations.schemas import Exported
from staging.operations.steps import note
from staging.rules import exports
from staging.rules.exports import Spelled
from staging.settings import Settings
from staging.settings.checks import nearest

SIDES = ("production", "staging")


@dataclass(frozen=True, slots=True, kw_only=True)
class SchemaExport:
    """What was exported; `sql` is empty where it was written to `output`."""

    of: str
    output: str
    schemas: tuple[str, ...]
    lines: int
    secrets: tuple[Spelled, ...]
    left_out: tuple[str, ...]
    sql: str
    verbatim: ClassVar[bool] = True


def export(settings: Settings, *, of: str, output: str) -> SchemaExport:
    """Write it to the file `output`, which only this user can read; without one it is told."""
    if of not in SIDES:
        raise ConfigurationError(f"--of {of}: expected production or staging{nearest(of, SIDES)}.")
    clouds = open_clouds(settings)
    found, sql, more = read(address(clouds, of), schemas.programs(clouds))
    secrets, left_out = tuple(exports.spelled(sql)), tuple(s.place for s in more if s.secret)
    if output:
        write_private(Path(output), sql)
    for each in secrets:
        note(f"  {each.place} holds what looks like a secret: {each.kind}.")
    for place in left_out:
        note(f"  A setting of {place} is left out: its value is a secret.")
    return SchemaExport(
        of=of,
        output=output,
        schemas=found.schemas,
        lines=sql.count("\n"),
        secrets=secrets,
        left_out=left_out,
        sql="" if output else sql,
    )


def address(clouds: Clouds, side: str) -> Address:
    """Where production or staging is; production by its reader."""
    return scratch.found(clouds).staging if side == "staging" else reach.production_database(clouds)


def read(where: Address, programs: Programs) -> tuple[Exported, str, list[Statement]]:
    """What a database exports, as it is applied and as it is written."""
    found = schemas.exported(where, programs)
    with postgres.connect(where, read_only=True) as connection:
        more = around.read(connection)
    return found, text(found, more), more


def text(found: Exported, more: Sequence[Statement]) -> str:
    """The file: what the schema needs, the schema, and what needs it."""

    def beside(*kinds: str) -> list[tuple[str, str]]:
        return [_placed(each) for each in found.beside if each.kind in kinds]

    def further(section: str) -> list[tuple[str, str]]:
        return [(each.place, each.text) for each in more if each.section == section]

    return exports.written(
        {
            "roles": further("roles"),
            "extensions": beside("EXTENSION"),
            "schema": [("", exports.dumped(found.dump))],
            "default privileges": further("default privileges"),
            "publications": beside("PUBLICATION TABLE"),
            "triggers": beside("PLATFORM TRIGGER"),
            "policies": beside("PLATFORM POLICY"),
            "buckets": beside("BUCKET"),
            "settings": further("settings"),
            "cron jobs": further("cron jobs"),
        }
    )


def _placed(each: Beside) -> tuple[str, str]:
    """Once there already it is made anew."""
    again = each.dropped if each.kind in {"PLATFORM TRIGGER", "PLATFORM POLICY"} else ""
    kind = each.kind.lower().removeprefix("platform ")
    return f"{kind} {each.name}", "\n".join(filter(None, (again, each.made)))
