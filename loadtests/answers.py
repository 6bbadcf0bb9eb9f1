"""Looking into an answer that may be anything."""

import json


def parsed(content: bytes | None) -> object:
    """The JSON of an answer, or None if it is none."""
    try:
        found: object = json.loads(content or b"")
    except (ValueError, RecursionError):
        return None
    return found


def inside(value: object, *keys: str) -> object:
    """What is at the end of `keys`, or None if the way there is not."""
    for key in keys:
        value = value.get(key) if isinstance(value, dict) else None
    return value


def text_of(value: object) -> str | None:
    """The value, if it is text with something in it."""
    return value if isinstance(value, str) and value else None
