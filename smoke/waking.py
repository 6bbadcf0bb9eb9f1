"""Waiting for an environment that is only just up."""

import time
from dataclasses import dataclass

from smoke.answer import Answer
from smoke.client import Client
from smoke.evidence import Evidence

PAUSE = 0.5
NOT_YET = (502, 503)


@dataclass(frozen=True, slots=True, kw_only=True)
class Waking:
    """How long it took to get an answer, or why there was none."""

    seconds: float
    problem: Evidence | None


def wake(client: Client, *, seconds: float) -> Waking:
    """Ask until anything but a refused connection, 502 or 503 comes, or the time is up."""
    begun = time.monotonic()
    while True:
        try:
            last = _unless_not_yet(client.call("GET /health"))
        except Evidence as evidence:
            last = evidence
        waited = time.monotonic() - begun
        if last is None or waited + PAUSE > seconds:
            return Waking(seconds=waited, problem=last)
        time.sleep(PAUSE)


def connected(client: Client) -> bool:
    """Whether the application says that it has its database."""
    try:
        return client.call("GET /health/db").status < 500
    except Evidence:
        return False


def _unless_not_yet(answer: Answer) -> Evidence | None:
    if answer.status not in NOT_YET:
        return None
    return Evidence(answer.where, expected="status 200", got=answer.summary())
