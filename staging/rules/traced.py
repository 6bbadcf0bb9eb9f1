"""What was seen of migrations while they ran. Records only."""

from dataclasses import dataclass
from typing import Literal

Seen = Literal["own", "watched", "requested"]
"""`own`: read by the session that holds it, exact. `watched`: by another one, from outside.
`requested`: it was made to wait for it, so that the mode is exact and the time is not."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """A lock: `taken` is in seconds since its file began, `held` is how long until its release.

    `statement` took it, and `last` was the last before its release. `of` is the table of an index.
    `new`: the file itself made the object, so that nobody waits for it.
    """

    object: str
    of: str
    mode: str
    statement: int
    last: int
    taken: float
    held: float
    new: bool = False
    seen: Seen = "own"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rewritten:
    """A relation that was written anew, with its size after it."""

    object: str
    kind: str
    bytes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Ran:
    """One statement as it ran. `rows` are those inserted, updated and deleted, by its triggers too.

    `wal` is what the server's log grew by meanwhile, whoever wrote to it.
    """

    number: int
    line: int
    text: str
    kind: str
    alone: bool
    started: float
    seconds: float
    rows: int = 0
    scanned: int = 0
    wal: int = 0
    rewritten: tuple[Rewritten, ...] = ()
    invalid: tuple[str, ...] = ()
    error: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Traced:
    """One file as it ran, from its beginning to the release of its last lock."""

    file: str
    transactional: bool
    seconds: float
    commit: float
    statements: tuple[Ran, ...]
    locks: tuple[Held, ...]
    temporary: int = 0
    breaks: tuple[str, ...] = ()
    blind: tuple[str, ...] = ()
    error: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scale:
    """All files once, on tables with this part of production's rows."""

    scale: float
    rows: dict[str, int]
    files: tuple[Traced, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Broken:
    """A failure that was injected before a statement: what of the file stayed, and how to go on."""

    file: str
    statement: int
    how: str
    left: tuple[str, ...]
    go_on: str
