"""Errands of an application's own, as a profile names them: [[endpoints]]."""

import json
from collections.abc import Mapping
from typing import Any

from loadtests.mix import Errand, Need


def errand(entry: Mapping[str, Any]) -> Errand:
    """One of them. `has` names a field that the JSON of a right answer has."""
    has, body = entry.get("has"), entry.get("body")
    return Errand(
        name=entry["request"],
        weight=entry.get("weight", 1),
        path=entry.get("path") or entry["request"].partition(" ")[2],
        right=(lambda answer: has in answer) if has else None,
        need=Need.TOKEN if entry.get("guarded", False) else Need.NOTHING,
        status=entry.get("status", 200),
        body=b"" if body is None else json.dumps(body).encode(),
    )
