"""Which checks of a run are made, and in which order."""

import pytest

from smoke.journeys.itinerary import LATE, endpoints
from smoke.mode import Mode
from smoke.parts import LEFT_OUT, TRAITS
from smoke.recording import PART, Recording

LAST = ("smoke/test_endpoints_unpromised.py", "smoke/test_own.py")
"""They judge what others have asked for."""


def declare(item: pytest.Item, recording: Recording) -> None:
    """Note which part a check proves; leave it out before anything is asked, if it is known."""
    parts, mode = recording.parts, recording.mode
    if mode is not Mode.FULL and item.get_closest_marker("thorough"):
        item.add_marker(pytest.mark.skip(reason=mode.left_out))
    marked = [name for mark in item.iter_markers("part") for name in mark.args]
    params = getattr(getattr(item, "callspec", None), "params", {})
    asked = [str(params[name]) for name in ("endpoint", "request_") if name in params]
    fixtures = getattr(item, "fixturenames", ())
    walked = [endpoints(name) for name in set(fixtures) & set(LATE)]
    proves = [name for name in marked if name in TRAITS]
    proves += asked if "ledger" in fixtures else []
    item.user_properties += [(PART, name) for name in proves]
    gone = any(needed and parts.lacks(needed) == needed for needed in walked)
    if gone or parts.lacks([*marked, *asked]):
        item.add_marker(pytest.mark.skip(reason=LEFT_OUT))


def rank(item: pytest.Item) -> int:
    """Its place: after the journeys that it needs; the least, if it needs none."""
    if item.nodeid.startswith(LAST):
        return len(LATE) + 1
    needed = set(getattr(item, "fixturenames", ()))
    callspec = getattr(item, "callspec", None)
    if callspec and "ledger" in needed:
        needed.add(getattr(callspec.params.get("endpoint"), "journey", ""))
    return max((LATE.index(name) + 1 for name in needed & set(LATE)), default=0)
