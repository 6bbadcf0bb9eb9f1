"""Values that must never be printed."""

from collections.abc import Iterable
from urllib.parse import quote


class Secret:
    """Text that shows as *** wherever it is printed; `reveal` is the only way out."""

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        self._text = text

    def reveal(self) -> str:
        """The text itself, for the one place that hands it to another program."""
        return self._text

    def __repr__(self) -> str:
        return "***"

    def __bool__(self) -> bool:
        return bool(self._text)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and self._text == other._text

    def __hash__(self) -> int:
        return hash(self._text)


def redact(text: str, secrets: Iterable[Secret]) -> str:
    """Mask every secret in `text`, plain or URL-encoded, the longest first so none is half shown.

    A secret of several lines is masked line by line too, as programs quote single lines.
    """
    for form in sorted(_forms(secrets), key=len, reverse=True):
        text = text.replace(form, "***")
    return text


def _forms(secrets: Iterable[Secret]) -> set[str]:
    values = {s.reveal() for s in secrets}
    values |= {line.strip() for value in values for line in value.splitlines()}
    forms = values | {quote(value, safe="") for value in values}
    return {form for form in forms if len(form) >= SHORTEST}


SHORTEST = 4
"""Shorter texts (an environment's name, a port) are no secrets, and masking them garbles all."""
