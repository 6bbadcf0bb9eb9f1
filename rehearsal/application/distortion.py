"""Answers that are wrong in one way each, by the table distortions.toml; a good image has none."""

import asyncio
import json
import re
import tomllib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, partial
from itertools import count
from pathlib import Path
from typing import Any

from starlette.types import ASGIApp, Message, Receive, Scope, Send

GONE: Any = object()
Change = Callable[[Any], Any]
TABLE = Path(__file__).with_name("distortions.toml")


@dataclass(slots=True, kw_only=True)
class Distortion:
    """What is done to the answers of `on`, as `GET /v1/jobs/*`; `each` leaves most as they are.

    Before it is asked: `forget` parameters of the query, `method` instead of the caller's, wait
    `late` seconds. To the answer, if it has one of `statuses`: another `status`, `without` a
    header, with `headers`, `text` instead of the body or replaced in it, and in its JSON `drop` a
    place, `put` a value there, `reverse`, `cut` or `repeat` a list.
    """

    on: str
    each: int = 1
    statuses: Sequence[int] = ()
    late: float = 0.0
    forget: Sequence[str] = ()
    method: str = ""
    status: int = 0
    without: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    text: str | None = None
    replace: Mapping[str, str] = field(default_factory=dict)
    drop: str = ""
    put: Mapping[str, Any] = field(default_factory=dict)
    reverse: str = ""
    cut: str = ""
    repeat: str = ""
    seen: "count[int]" = field(default_factory=lambda: count(1))

    def meets(self, scope: Scope) -> bool:
        """Whether this request is its, and its turn."""
        pattern = re.escape(self.on).replace(r"\*\*", ".*").replace(r"\*", "[^/]+")
        asked = f"{scope['method']} {scope['path']}"
        return bool(re.fullmatch(pattern, asked)) and next(self.seen) % self.each == 0


@cache
def table() -> dict[str, dict[str, Any]]:
    """Every distortion by its name."""
    return tomllib.loads(TABLE.read_text("utf-8"))


class Distorted:
    """The outermost layer of an image that distorts its answers."""

    def __init__(self, application: ASGIApp, names: Sequence[str]) -> None:
        self._application = application
        self._distortions = [Distortion(**table()[name]) for name in names]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        found = [d for d in self._distortions if scope["type"] == "http" and d.meets(scope)]
        if not found:
            await self._application(scope, receive, send)
            return
        one = found[0]
        await asyncio.sleep(one.late)
        kept: list[Message] = []

        async def keep(message: Message) -> None:
            kept.append(message)

        await self._application(_asked(one, scope), receive, keep)
        start = kept[0]
        body = b"".join(message.get("body", b"") for message in kept[1:])
        if not one.statuses or start["status"] in one.statuses:
            start, body = _wrong(one, start, body)
        await send(start)
        await send({"type": "http.response.body", "body": body})


def _asked(one: Distortion, scope: Scope) -> Scope:
    pairs = scope["query_string"].decode().split("&")
    left = "&".join(pair for pair in pairs if pair.partition("=")[0] not in one.forget)
    return {**scope, "query_string": left.encode(), "method": one.method or scope["method"]}


def _wrong(one: Distortion, start: Message, body: bytes) -> tuple[Message, bytes]:
    names = {one.without.lower(), "content-length", *(name.lower() for name in one.headers)}
    headers = [(k, v) for k, v in start["headers"] if k.decode().lower() not in names]
    headers += [(name.lower().encode(), value.encode()) for name, value in one.headers.items()]
    body = _text(one, body)
    headers.append((b"content-length", str(len(body)).encode()))
    return {**start, "status": one.status or start["status"], "headers": headers}, body


def _text(one: Distortion, body: bytes) -> bytes:
    if one.text is not None:
        return one.text.encode()
    if one.replace:
        said = body.decode()
        for before, after in one.replace.items():
            said = re.sub(before, after, said)
        return said.encode()
    try:
        document = json.loads(body)
    except ValueError:
        return body
    for place, change in _changes(one):
        _changed(document, place.split("."), change)
    return json.dumps(document).encode()


def _changes(one: Distortion) -> Iterator[tuple[str, Change]]:
    yield from ((place, partial(_given, value)) for place, value in one.put.items())
    if one.drop:
        yield one.drop, partial(_given, GONE)
    if one.reverse:
        yield one.reverse, lambda had: had[::-1]
    if one.cut:
        yield one.cut, lambda had: had[:-1]
    if one.repeat:
        yield one.repeat, lambda had: [*had, *had[-1:]]


def _given(value: Any, _: Any) -> Any:  # noqa: ANN401 - any JSON
    return value


def _changed(document: Any, place: Sequence[str], change: Change) -> None:  # noqa: ANN401 - any JSON
    """Change what stands at a place, as `data.jobs.*.status`; where it does not, nothing."""
    first, rest = place[0], place[1:]
    if isinstance(document, list):
        keys: list[Any] = [n for n in range(len(document)) if first in {"*", str(n)}]
    else:
        keys = [first] if isinstance(document, dict) and first in document else []
    for key in keys:
        if rest:
            _changed(document[key], rest, change)
        elif (value := change(document[key])) is GONE:
            del document[key]
        else:
            document[key] = value
