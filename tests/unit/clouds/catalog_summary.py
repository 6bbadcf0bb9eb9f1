"""What the end of a run says about the differences that were made on purpose."""

from collections import Counter
from collections.abc import Iterable


def lines(properties: Iterable[tuple[str, object]]) -> list[str]:
    """How many were found, of how many; nothing when none was made."""
    ran = Counter(str(value) for name, value in properties if name == "difference")
    if not ran:
        return []
    return [f"catalogs: {ran['found']} differences found and named, {ran.total()} injected"]
