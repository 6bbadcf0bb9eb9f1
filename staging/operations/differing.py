"""How two schemas differ: production's, staging's, a file's, that of the migrations."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from staging.errors import INVALID, NOT_SO, SUCCESS, ConfigurationError, NotSo, ServiceFailed
from staging.inventory import Catalog
from staging.operations import laying, migrations, scratch
from staging.operations.exporting import SIDES, address
from staging.operations.opening import Clouds, open_clouds
from staging.operations.steps import Steps
from staging.rules.schemadiff import Told, Verdict, compared, not_seen, told, uncompared, verdict
from staging.settings import Settings
from staging.settings.checks import nearest

MIGRATIONS = "migrations"


@dataclass(frozen=True, slots=True, kw_only=True)
class SchemaDiff:
    """Where the second is not as the first. `unread` says why, by what could not be read."""

    verdict: Verdict
    first: str
    second: str
    objects: int
    differences: tuple[Told, ...]
    unread: tuple[str, ...]
    not_compared: tuple[str, ...]
    seconds: float
    report: ClassVar[str] = "schema-diff"

    @property
    def exit_code(self) -> int:
        """1 on a difference, 6 where there is none but something could not be read."""
        return {"pass": SUCCESS, "fail": NOT_SO, "invalid": INVALID}[self.verdict]


def diff(settings: Settings, *, first: str, second: str) -> SchemaDiff:
    """Read both sides, side by side, and compare."""
    names = (_side(first), _side(second))
    started, clouds = time.monotonic(), open_clouds(settings)
    catalogs: dict[int, Catalog] = {}
    unread: list[str] = []
    steps = Steps()
    for number, name in enumerate(names):
        steps.add(f"read {name} ({number + 1})", _reading(clouds, name, number, catalogs, unread))
    steps.run()
    scratched = not set(names) <= set(SIDES)
    found: tuple[Told, ...] = ()
    if not unread:
        one, other = catalogs[0], catalogs[1]
        found = told(compared(one, other, scratch=scratched), names)
        unread += not_seen(one, other, names, scratch=scratched)
    return SchemaDiff(
        verdict=verdict(len(found), len(unread)),
        first=first,
        second=second,
        objects=max(map(len, catalogs.values()), default=0),
        differences=found,
        unread=tuple(unread),
        not_compared=tuple(sorted(uncompared(scratch=scratched))),
        seconds=round(time.monotonic() - started, 2),
    )


def _side(name: str) -> str:
    if name in (*SIDES, MIGRATIONS) or name.endswith(".sql"):
        return name
    raise ConfigurationError(
        f"{name} is no schema that could be compared{nearest(name, (*SIDES, MIGRATIONS))}.",
        detail="Expected production, staging, migrations, or a file that ends in .sql.",
    )


def _reading(
    clouds: Clouds, name: str, number: int, catalogs: dict[int, Catalog], unread: list[str]
) -> Callable[[], None]:
    def read() -> None:
        try:
            catalogs[number] = _catalog(clouds, name)
        except (ServiceFailed, NotSo) as error:
            unread.append(f"{name}: {error.problem} {error.detail}".strip())

    return read


def _catalog(clouds: Clouds, name: str) -> Catalog:
    if name in SIDES:
        return laying.read(address(clouds, name))
    bench = scratch.found(clouds)
    if name != MIGRATIONS:
        return laying.tried(bench, Path(name))[1]
    folder = clouds.settings.root / clouds.settings.migrations
    if not folder.is_dir():
        problem = f"There are no migrations: {clouds.settings.migrations} is no folder."
        raise ConfigurationError(problem, remedy="[migrations] directory says where they are.")
    with scratch.born(bench) as where:
        migrations.push_to(clouds, where, folder)
        return laying.read(where)
