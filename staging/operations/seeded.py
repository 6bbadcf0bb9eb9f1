"""What came of seeding."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from staging.errors import NOT_SO, SUCCESS


@dataclass(frozen=True, slots=True, kw_only=True)
class Filled:
    """One table: how many rows it got, how many it should have had, and why those differ.

    `outcome` is `filled`, `kept` (as an earlier run left it) or `left empty`.
    """

    table: str
    outcome: str
    rows: int
    wanted: int
    bytes: int
    seconds: float
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Untriggered:
    """A trigger that loading did not start, and what was done in its place."""

    trigger: str
    instead: str
    failed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Seeded:
    """What was made, and what of it is not as it should be: `orphans` by foreign key."""

    scale: float
    seed: int
    until: str
    method: str
    tables: tuple[Filled, ...]
    keys_checked: int
    orphans: Mapping[str, int]
    triggers: tuple[Untriggered, ...]
    guessed: tuple[str, ...]
    rows: int
    seconds: float
    report: ClassVar[str] = "data-seed"

    @property
    def exit_code(self) -> int:
        """1 if a table could not be filled, a key names nothing, or a statement failed."""
        unmade = any(each.outcome == "left empty" and each.wanted for each in self.tables)
        failed = any(each.failed for each in self.triggers)
        return NOT_SO if unmade or failed or self.orphans else SUCCESS
