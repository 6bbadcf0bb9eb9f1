"""Who carries a run: processes here, or workers on other machines that LOAD_WORKERS names.

Each of these is a program that passes our messages to a worker's stdin, and what that prints to
us: `flyctl ssh console`, which `invoke fleet` puts here. So no machine needs an address, and the
token goes through that line and is written nowhere.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from loadtests.profile import Profile
from staging.errors import ConfigurationError

PROCESSES = 32
SHARED = ("stages", "benchmark")
"""Kinds whose requests are all known beforehand; the others decide as they go."""

NAME = "LOAD_WORKERS"
OURS = ("STAGING_", "SMOKE_", "SUPABASE_", "PRODUCTION_", NAME)
"""What begins so in the environment is of the run, and no affair of the program that reaches it."""


@dataclass(frozen=True, slots=True)
class Remote:
    """One worker elsewhere: where, for a reader, and the command that reaches it."""

    place: str
    argv: tuple[str, ...]


def processes(workers: int, chosen: Profile) -> int:
    """How many processes there are to be, if the profile can be shared by so many."""
    if not 1 <= workers <= min(PROCESSES, chosen.users):
        raise ConfigurationError(
            f"--workers {workers} will not do.",
            detail=f"Expected 1 to {PROCESSES}, and at least one user for each.",
        )
    if workers > 1 and (chosen.closed or chosen.own or chosen.kind not in SHARED):
        raise ConfigurationError(
            f"The profile {chosen.name} is carried by one process.", remedy="Leave --workers out."
        )
    return workers


def remotes(environment: Mapping[str, str], *, workers: int) -> tuple[Remote, ...]:
    """Those that the environment names, as many as said; none if it names none."""
    text = environment.get(NAME, "")
    if not text:
        return ()
    found = _read(text)
    if len(found) != workers:
        detail = f"--workers {workers}, and {NAME} names {len(found)}."
        raise ConfigurationError("The workers are not as many as said.", detail=detail)
    return found


def without_secrets(environment: Mapping[str, str]) -> dict[str, str]:
    """What the program that reaches a worker is given."""
    return {name: text for name, text in environment.items() if not name.startswith(OURS)}


def _read(text: str) -> tuple[Remote, ...]:
    try:
        return tuple(_remote(each) for each in json.loads(text))
    except (ValueError, KeyError, TypeError) as error:
        raise ConfigurationError(
            f"{NAME} cannot be read.",
            detail=f"{type(error).__name__}: {error}",
            remedy="`invoke fleet` sets it; by hand: a JSON list of {place, argv}.",
        ) from None


def _remote(entry: Mapping[str, Any]) -> Remote:
    argv = tuple(str(word) for word in entry["argv"])
    if not argv or isinstance(entry["argv"], str):
        raise ValueError("argv is no list of words")
    return Remote(str(entry["place"]), argv)
