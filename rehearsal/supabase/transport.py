"""Calls of the interface that SUPABASE_PROFILE names, repeated as the program repeats them."""

import os
import random
import time
from typing import Any

from rehearsal import standin
from rehearsal.supabase.line import SupabaseError

REPEATED = (0.2, 0.4, 0.8, 1.2, 1.6)
"""Seconds before each further call: 3.4 to 6.4 with what is added by chance."""
PROFILE = ("name", "api_url", "dashboard_url", "project_host", "pooler_host", "docs_url")
ANSWERS_WITHIN = 600.0
"""The program itself waits for ever; a stand-in that nobody ends must not."""


def ask(method: str, path: str, *, body: object, headers: dict[str, str]) -> tuple[int, Any]:
    """The last answer; RehearsalError when there was none."""
    world = standin.connect()
    world = world._replace(url=_interface() or world.url)
    for delay in (*REPEATED[: _repeats()], None):
        try:
            found = world.call(method, path, body=body, headers=headers, timeout=ANSWERS_WITHIN)
        except standin.RehearsalError:
            if delay is None or method != "GET":
                raise
        else:
            if delay is None or not _passing(method, found[0]):
                return found
        time.sleep(delay * random.uniform(1, 1.5))  # noqa: S311 - no secret
    raise AssertionError("unreachable")


def unanswered(code: str, what: str, why: str = "TransportError") -> SupabaseError:
    """The error for a call without an answer, or with one that cannot be read."""
    return SupabaseError(f"{code}NetworkError", f"failed to {what}: {why}")


def _passing(method: str, status: int) -> bool:
    return status == 429 or (method == "GET" and status >= 500)


def _repeats() -> int:
    named = os.environ.get("SUPABASE_API_MAX_RETRIES", "")
    return int(named) if named.isdigit() else len(REPEATED)


def _interface() -> str:
    profile = os.environ.get("SUPABASE_PROFILE", "")
    try:
        with open(profile, encoding="utf-8") as file:  # noqa: PTH123 - a fast start
            pairs = [line.partition(":")[::2] for line in file if ":" in line]
    except OSError:
        return ""
    found = {key.strip(): text.strip().strip("\"'") for key, text in pairs}
    if unknown := [key for key in found if key not in PROFILE]:
        text = f"failed to parse profile:\nunknown keys: {', '.join(unknown)}"
        raise SupabaseError("ProfileLoadError", text)
    return found.get("api_url", "").rstrip("/")
