"""A deploy that was begun and whose end nobody saw: what it was, and what ran before it.

Written before flyctl is asked, taken away when it is known how it came out: a deploy that was
killed, cut off or left half undone is so found by whichever command comes next.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from staging.inventory import Machine
from staging.operations import lock
from staging.operations.credentials import private_folder, write_private
from staging.rules.bundles import Bundle
from staging.settings import Settings


@dataclass(frozen=True, slots=True, kw_only=True)
class Unfinished:
    """`machines` gives the process group of each that ran before, by its id."""

    app: str
    what: str
    since: str
    who: str
    before: Bundle | None
    machines: Mapping[str, str]

    def __str__(self) -> str:
        return f"`{self.what}` of {self.who}, begun {self.since}, did not come to its end"


def begin(
    settings: Settings, *, app: str, what: str, before: Bundle | None, machines: Sequence[Machine]
) -> Unfinished:
    """Put on record what is about to be changed, unless an earlier one still stands there."""
    if (standing := read(settings, app)) is not None:
        return standing
    begun = Unfinished(
        app=app,
        what=what,
        since=lock.now(),
        who=lock.who(),
        before=before,
        machines={machine.id: machine.process_group for machine in machines},
    )
    private_folder(settings.kept)
    write_private(_path(settings, app), json.dumps(asdict(begun), indent=1))
    return begun


def read(settings: Settings, app: str) -> Unfinished | None:
    """The deploy of this app whose end nobody saw, if there is one."""
    try:
        found = json.loads(_path(settings, app).read_text("utf-8"))
        before = found.pop("before")
        return Unfinished(**found, before=Bundle(**before) if before else None)
    except (OSError, ValueError, TypeError, KeyError):
        return None


def ended(settings: Settings, app: str) -> None:
    """It is known how it came out."""
    _path(settings, app).unlink(missing_ok=True)


def _path(settings: Settings, app: str) -> Path:
    return settings.kept / f"deploying-{app}.json"
