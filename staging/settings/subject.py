"""What a session's verdict is of, as the target told it when the session was attached."""

import json
from collections.abc import Mapping

NAME = "STAGING_SUBJECT"
FIELDS = ("target", "app", "digest")


def subject(variables: Mapping[str, str]) -> dict[str, str] | None:
    """Target, app and digest; None where a session was pointed at an address by hand."""
    try:
        found = json.loads(variables.get(NAME, ""))
        return {name: str(found[name]) for name in FIELDS}
    except (ValueError, KeyError, TypeError):
        return None
