"""All drills that there are, and those that are asked for."""

from staging.errors import ConfigurationError
from staging.operations.drills import (
    database,
    deaf,
    images,
    locked,
    machines,
    migration,
    tokens,
)
from staging.operations.drills.records import Drill, Listed, planned
from staging.settings import Settings
from staging.settings.checks import nearest

ALL, BROKEN, IMAGE = "all", "broken-images", "image-"


def drills(settings: Settings) -> tuple[Drill, ...]:
    """Every drill; those with images are as many as staging.toml names."""
    own = (locked, tokens, migration, database, machines)
    fixed = tuple(drill for module in own for drill in module.DRILLS)
    return (*fixed, *deaf.drills(settings), *images.drills(settings))


def chosen(settings: Settings, name: str) -> tuple[Drill, ...]:
    """One by its name, those of `broken-images`, or `all`; several may stand side by side."""
    known = {drill.name: drill for drill in drills(settings)}
    found: dict[str, Drill] = {}
    for each in filter(None, name.replace(" ", "").split(",")):
        if each == ALL:
            found |= known
        elif each == BROKEN:
            found |= {k: drill for k, drill in known.items() if k.startswith(IMAGE)}
        elif each in known:
            found[each] = known[each]
        else:
            raise ConfigurationError(
                f"There is no drill {each}{nearest(each, [*known, ALL, BROKEN])}.",
                remedy="`invoke drills` lists them.",
            )
    if not found:
        raise ConfigurationError(
            f"{name or 'Nothing'} names no drill.",
            detail="Drills with broken images are those of [drills.images] in staging.toml.",
            remedy="`invoke drills` lists them.",
        )
    return tuple(found.values())


def listed(settings: Settings) -> Listed:
    """For `invoke drills`."""
    return Listed(drills=tuple(planned(drill) for drill in drills(settings)))
