"""What a migration's rehearsal says of production: safe, a window, unsafe, or not known. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

Risk = Literal["safe", "window", "unsafe", "invalid"]
"""`window`: users wait longer than is allowed. `invalid`: it was not rehearsed well enough."""

Level = Literal["note", "window", "unsafe", "invalid"]
ORDER: tuple[Level, ...] = ("unsafe", "invalid", "window", "note")


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """Why the verdict is what it is; a note changes nothing. `seconds` is how long users wait."""

    level: Level
    file: str
    told: str
    statement: int | None = None
    object: str = ""
    seconds: float | None = None
    remedy: str = ""


def ordered(reasons: Sequence[Reason]) -> tuple[Reason, ...]:
    """The worst first; of one level the longest wait first, then as they came."""
    return tuple(sorted(reasons, key=lambda each: (ORDER.index(each.level), -(each.seconds or 0))))


def risk(reasons: Sequence[Reason]) -> Risk:
    """What the worst reason says; nothing against it is safe."""
    levels = {each.level for each in reasons}
    if "unsafe" in levels:
        return "unsafe"
    if "invalid" in levels:
        return "invalid"
    return "window" if "window" in levels else "safe"


def window(reasons: Sequence[Reason]) -> float:
    """The longest that users wait at a time, as it is foreseen at most."""
    return max((each.seconds or 0.0 for each in reasons if each.level == "window"), default=0.0)
