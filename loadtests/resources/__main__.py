"""`python -m loadtests.resources`: told by a line on stdin where to look, tells by lines on stdout.

The first line holds addresses and secrets, so that no list of processes shows them; a second one
asks for the end, with what a look at the database afterwards gives. Without either it ends too.
"""

import json
import os
import sys
import time
from threading import Event, Lock, Thread
from typing import Any, Protocol

from loadtests.resources.database import Database
from loadtests.resources.platform import Platform
from staging.secret import Secret

EVERY = 1.0
LAST = 7.0
"""Seconds that a look in hand has to end: longer than its own time limit."""

_telling = Lock()


class Source(Protocol):
    """What can be looked at."""

    @property
    def name(self) -> str:
        """What its samples are called."""

    def look(self) -> dict[str, float]:
        """Figures as they are now; LookupError says why there are none."""


def main() -> int:
    """Look until told to end."""
    told, over = json.loads(sys.stdin.readline() or "{}"), Event()
    database = Database(Secret(told["database"])) if told.get("database") else None
    sources: list[Source] = [database] if database else []
    if platform := told.get("platform"):
        sources.append(Platform(platform["address"], platform["question"], Secret(told["token"])))
    looking = [Thread(target=_watch, args=(each, over), daemon=True) for each in sources]
    for each in looking:
        each.start()
    if not sys.stdin.readline():
        os._exit(1)  # nobody is there to hear more
    over.set()
    for each in looking:
        each.join(LAST)
    found = database.conclude(told.get("queries", {})) if database else {}
    _tell("end", **found)
    return 0


def _watch(source: Source, over: Event) -> None:
    """A look each second by the clock: one that takes long leaves some out, and delays none."""
    begun, number, complaint = time.monotonic(), 0, ""
    while not over.is_set():
        try:
            values = source.look()
            _tell("sample", source=source.name, at=time.perf_counter(), values=values)
        except LookupError as error:
            if str(error) != complaint:
                complaint = str(error)
                _tell("note", text=complaint)
        number = max(number + 1, int((time.monotonic() - begun) / EVERY))
        over.wait(max(0.0, begun + number * EVERY - time.monotonic()))


def _tell(kind: str, **what: Any) -> None:
    with _telling:
        print(json.dumps({"kind": kind, **what}), flush=True)


if __name__ == "__main__":
    sys.exit(main())
