"""One request to try, and how it is told in short; where they come from is not known here."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal
from urllib.parse import quote, unquote

Lacking = Literal["", "a token", "a good token"]
LONGEST = 160
NOWHERE = ("", ".", "..")
"""Path segments with which the request would be one of another endpoint."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """A request of an endpoint; `ids` are as they stand in the path, `regular` if as promised."""

    request: str
    ids: Mapping[str, str] = field(default_factory=dict)
    query: Mapping[str, str] = field(default_factory=dict)
    raw: bytes | None = None
    regular: bool = True
    lacks: Lacking = ""
    """What of the sign-in it is sent without."""

    @property
    def possible(self) -> bool:
        """Whether it can be sent to its endpoint at all."""
        return not any(unquote(value) in NOWHERE for value in self.ids.values())

    def __str__(self) -> str:
        method, path = self.request.split(" ")
        asked = "&".join(f"{name}={value}" for name, value in self.query.items())
        words = [method, path.format(**self.ids) + (f"?{asked}" if asked else "")]
        words += [self.raw.decode("ascii", "backslashreplace")] if self.raw is not None else []
        words += [f"without {self.lacks}"] if self.lacks else []
        text = " ".join(" ".join(words).split())
        return text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"


def example(
    request: str,
    *,
    ids: Mapping[str, object],
    query: Mapping[str, object],
    body: object,
    regular: bool,
) -> Example:
    """An example of what a generator gave; a body of bytes is sent as it is, None is no body."""
    raw = body if body is None or isinstance(body, bytes) else json.dumps(body).encode()
    return Example(
        request=request,
        ids={name: segment(str(value)) for name, value in ids.items()},
        query={sendable(name): sendable(value) for name, value in query.items()},
        raw=raw,
        regular=regular,
    )


def segment(text: str) -> str:
    """A text as one segment of a path, whether it was encoded before or not."""
    return quote(unquote(text), safe="", errors="replace")


def sendable(value: object) -> str:
    """A value as a query has it; half a character, which no query can have, becomes a `?`."""
    text = value if isinstance(value, str) else json.dumps(value)
    return text.encode("utf-8", "replace").decode()
