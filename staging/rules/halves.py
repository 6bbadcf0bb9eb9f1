"""What half of a migration leaves, and how to go on from there. Pure."""

from collections.abc import Mapping

from staging.inventory import Catalog

NOTHING = (
    "Nothing of it is left, and the history has no row of it: correct the file and push again."
)


def left(before: Catalog, after: Catalog) -> tuple[str, ...]:
    """What is there that was not, what is otherwise, and what is gone."""
    found = []
    for key in sorted(before.keys() | after.keys()):
        old, new = before.get(key), after.get(key)
        kind, name = key
        if old is not None and new is not None and not _changed(old, new):
            continue
        if new is None:
            found.append(f"{kind} {name} is gone")
        elif old is None:
            invalid = " and invalid" if _invalid(new) else ""
            found.append(f"{kind} {name} is there{invalid}")
        else:
            found.append(f"{kind} {name} is changed: {', '.join(_changed(old, new))}")
    return tuple(found)


def go_on(found: tuple[str, ...], *, file: str) -> str:
    """What to do where this is left of the file."""
    if not found:
        return NOTHING
    version = file.partition("_")[0]
    drop = [each.split()[1] for each in found if each.endswith("and invalid")]
    steps = [f"drop index concurrently {name}" for name in drop]
    rest = [each for each in found if not each.endswith("and invalid")]
    if rest:
        steps.append(
            f"what is there already ({len(rest)} things) makes the file fail when it is pushed "
            "again: write it so that it can be run twice (IF NOT EXISTS, IF EXISTS), or apply the "
            f"rest by hand and `supabase migration repair --status applied {version}`"
        )
    else:
        steps.append("then push again: nothing else of it is left")
    return "; ".join(steps)


def _changed(old: Mapping[str, str], new: Mapping[str, str]) -> list[str]:
    """Which attributes differ. The order of a table's columns says nothing that they do not."""
    names = (old.keys() | new.keys()) - {"order"}
    return sorted(name for name in names if old.get(name) != new.get(name))


def _invalid(attributes: Mapping[str, str]) -> bool:
    return attributes.get("valid") == "false"
