"""Checks that are known to fail, each declared with a reason, an owner and a day it ends."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from fnmatch import fnmatchcase

from staging.errors import ConfigurationError


@dataclass(frozen=True, slots=True, kw_only=True)
class Allowed:
    """`check` is a pattern of `line: name of the check`, as a run prints it."""

    check: str
    reason: str
    owner: str
    expires: date

    def covers(self, check: str, *, today: date) -> bool:
        """Whether this failure was declared, and still is."""
        return fnmatchcase(check, self.check) and today <= self.expires

    def __str__(self) -> str:
        return f"allowed until {self.expires} by {self.owner}: {self.reason}"


def read(text: str) -> tuple[Allowed, ...]:
    """What SMOKE_ALLOWED lists: a JSON list of objects as `[[smoke.allowed]]` has them."""
    try:
        entries = json.loads(text or "[]")
        return tuple(Allowed(**{**e, "expires": date.fromisoformat(e["expires"])}) for e in entries)
    except (ValueError, TypeError, KeyError) as error:
        problem = "SMOKE_ALLOWED is no list of check, reason, owner and expires."
        raise ConfigurationError(problem, detail=str(error)) from None


def find(allowed: Sequence[Allowed], check: str) -> Allowed | None:
    """The declaration that covers a failure today."""
    today = date.today()
    return next((each for each in allowed if each.covers(check, today=today)), None)
