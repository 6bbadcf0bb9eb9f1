"""The plan's rows for what Supabase's services are set to."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from staging.inventory import ADDONS
from staging.rules.resources import Change, Row, told
from staging.rules.services import GROUPS, Compared, patch


def rows(groups: Sequence[Compared] | None, *, exists: bool) -> Iterator[Row]:
    """One for each group; None where the project is not there, or does not tell yet."""
    if groups is None:
        action, why = ("update", "compared once the project is up") if exists else ("create", "")
        for name in GROUPS:
            yield Row(name, action, why or "as production has it")  # type: ignore[arg-type]
    for group in groups or ():
        yield _row(group)


def body(group: Compared) -> Mapping[str, Any] | None:
    """What provisioning sets; an add-on has its price, and is a person's to choose."""
    return None if group.name == ADDONS else patch(group)


def _row(group: Compared) -> Row:
    if group.unreadable:
        return Row(group.name, "nothing", f"not read: {group.unreadable}")
    by_hand = [f"{d.key}: {d.by_hand}" for d in group.differences if d.by_hand]
    if body(group) is None:
        left = [d.key for d in group.differences if not d.by_hand]
        notes = [*by_hand, *([f"{', '.join(left)}: add it in the dashboard"] if left else [])]
        return Row(group.name, "nothing", "; ".join(notes) or "as production has it")
    changes = tuple(
        Change(d.key, _text(d.staging), _text(d.wanted)) for d in group.differences if not d.by_hand
    )
    return Row(group.name, "update", "; ".join([told(changes), *by_hand]), changes)


def _text(value: object) -> str | None:
    return None if value is None else str(value)
