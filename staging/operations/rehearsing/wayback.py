"""The way back from migrations, really carried out: by the files that undo them, or a restore."""

import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from staging.clouds import catalog, postgres, remembered
from staging.clouds.dumps import Programs
from staging.clouds.postgres import Address
from staging.clouds.remembered import Remembered
from staging.errors import StagingError
from staging.inventory import Catalog
from staging.operations import schemas, scratch
from staging.operations.opening import Clouds
from staging.operations.rehearsing import keeping
from staging.operations.rehearsing.run import production
from staging.operations.rehearsing.selection import Chosen
from staging.operations.steps import note
from staging.rules import wayback as rules
from staging.rules.scaling import scaled, scales
from staging.rules.statements import Statement, Unparsed, statements
from staging.rules.wayback import Compared, WayBack

if TYPE_CHECKING:
    from psycopg import Connection

Files = Mapping[str, Sequence[Statement]]
PATIENCE = "set statement_timeout = '30min'"
DOWN = "down"
"""The folder beside the migrations' own: `supabase db push` would apply what is in that."""


def way_back(where: Address, files: Files, down: Files, programs: Programs) -> WayBack:
    """Go forward and back in this database, which is nobody's, and count what came back."""
    with postgres.connect(where, read_only=False) as connection:
        connection.autocommit = True
        connection.execute(PATIENCE)
        before = catalog.read(connection)
        known = remembered.remember(connection)
        done = _back(connection, where, files, down, programs)
        if not done["error"]:
            done["schema"] = _differing(before, catalog.read(connection))
            done["tables"] = tuple(_compared(connection, each) for each in known)
    return WayBack(files=tuple(files), rows=sum(each.table.rows for each in known), **done)


def of_clouds(clouds: Clouds, chosen: Chosen, *, rows: int) -> WayBack:
    """Go forward and back on a scratch database with production's schema and made-up rows."""
    if not chosen.upon_production or not chosen.files:
        return WayBack(how="restore", files=(), rows=0, forward_seconds=0, back_seconds=0)
    note("  the way back …")
    folder = clouds.settings.root / clouds.settings.migrations
    down = undoing(folder, list(chosen.files))
    there, _ = production(clouds)
    target = scaled(there.wanted(), scales(there.wanted(), most=rows)[-1])
    with scratch.database(clouds, schema=True) as where:
        there.fill(where, target)
        return way_back(where, chosen.files, down, schemas.programs(clouds))


def undoing(folder: Path, names: Sequence[str]) -> Files:
    """The files of the same names in the folder `down` beside the migrations', as statements."""
    found: dict[str, Sequence[Statement]] = {}
    for name in names:
        path = folder.parent / DOWN / name
        try:
            if path.is_file():
                found[name] = statements(path.read_text("utf-8"))
        except (OSError, UnicodeDecodeError, Unparsed) as error:
            raise StagingError(f"{path} cannot be read as SQL.", detail=str(error)) from None
    return found


def _back(
    connection: "Connection[Any]", where: Address, files: Files, down: Files, programs: Programs
) -> dict[str, Any]:
    names = rules.reverse(list(files), dict.fromkeys(down, ""))
    told: dict[str, Any] = {"how": "down" if names else "restore", "error": "", "failed": ""}
    with tempfile.TemporaryDirectory(prefix="staging-kept-") as folder:
        kept = Path(folder, "kept")
        started = time.monotonic()
        if not names:
            note("  keeping what is there before …")
            keeping.keep(where, kept, programs)
            told["keep_seconds"] = _since(started)
        started = time.monotonic()
        told["error"] = _applied(connection, files, tuple(files))[1]
        told["forward_seconds"] = _since(started)
        started = time.monotonic()
        if not told["error"]:
            note("  going back …")
            if names:
                told["failed"], told["error"] = _applied(connection, down, names)
            else:
                told["failed"], told["error"] = _restored(where, kept, list(files)[-1:])
        told["back_seconds"] = _since(started)
    return told


def _applied(connection: "Connection[Any]", files: Files, names: Sequence[str]) -> tuple[str, str]:
    """The file that failed and why; a file is one transaction, unless it has what must not be."""
    import psycopg

    for name in names:
        apart = any(each.alone or each.ends for each in files[name])
        try:
            if apart:
                for statement in files[name]:
                    connection.execute(statement.text.encode())
            else:
                with connection.transaction():
                    for statement in files[name]:
                        connection.execute(statement.text.encode())
        except psycopg.Error as error:
            return name, str(error).strip().splitlines()[0]
    return "", ""


def _restored(where: Address, kept: Path, last: Sequence[str]) -> tuple[str, str]:
    try:
        keeping.put_back(where, kept)
    except StagingError as error:
        return "".join(last), f"{error.problem} {error.detail}".strip()
    return "", ""


def _compared(connection: "Connection[Any]", each: Remembered) -> Compared:
    found = remembered.compare(connection, each)
    return Compared(
        table=str(each.table),
        before=each.table.rows,
        after=found.after,
        lost=found.lost,
        added=found.added,
        changed={column: many for column, many in found.changed.items() if many},
        by="key" if each.key else "row",
    )


def _differing(before: Catalog, after: Catalog) -> tuple[str, ...]:
    """Objects that are gone, new, or not as they were."""
    found = []
    for kind, name in sorted(before.keys() | after.keys()):
        key = (kind, name)
        if before.get(key) != after.get(key):
            said = "is new" if key not in before else "differs" if key in after else "is gone"
            found.append(f"{kind} {name} {said}")
    return tuple(found)


def _since(started: float) -> float:
    return round(time.monotonic() - started, 3)
