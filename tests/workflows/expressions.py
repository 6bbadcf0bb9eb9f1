"""GitHub's expressions, as far as workflows here need them; what is not known is an error.

Paths (`github.sha`), text, numbers, `==`, `!=`, `!`, `&&`, `||`, brackets, and the functions that
tell how the job goes: `success()`, `failure()`, `always()`, `cancelled()`; `contains(a, b)`,
`toJSON(a)`.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

TOKEN = re.compile(
    r"\s*(?:(?P<text>'(?:[^']|'')*')|(?P<number>\d+(?:\.\d+)?)|(?P<sign>==|!=|&&|\|\||[!(),])"
    r"|(?P<path>[A-Za-z_][\w-]*(?:\.[A-Za-z_*][\w-]*)*))"
)
STATUS = re.compile(r"\b(success|failure|always|cancelled)\(\)")
HOLE = re.compile(r"\$\{\{(.*?)\}\}")


class Unknown(ValueError):
    """An expression, or a name in it, that is not known here."""


def filled(text: str, context: Mapping[str, Any]) -> str:
    """The text with each `${{ … }}` replaced by what it comes to."""
    return HOLE.sub(lambda hole: _shown(value(hole[1], context)), text)


def holds(condition: str | None, context: Mapping[str, Any], *, going: bool) -> bool:
    """Whether `if:` lets a step or a job run. Unless it asks for the status, that must be good."""
    if not condition:
        return going
    inner = HOLE.fullmatch(condition.strip())
    text = inner[1] if inner else condition
    status = {"success": going, "failure": not going, "always": True, "cancelled": False}
    found = bool(value(text, {**context, "()": status}))
    return found if STATUS.search(text) else found and going


def value(text: str, context: Mapping[str, Any]) -> Any:  # noqa: ANN401 - text, number, truth
    """What an expression comes to."""
    reader = _Reader(text, _tokens(text), context)
    found = reader.either()
    if reader.tokens:
        raise Unknown(f"{reader.tokens[0][1]} is not expected in {text.strip()}")
    return found


def _tokens(text: str) -> list[tuple[str, str]]:
    found, at = [], 0
    while text[at:].strip():
        match = TOKEN.match(text, at)
        if match is None:
            raise Unknown(f"{text[at:].strip()} is not understood")
        found.append((str(match.lastgroup), match[str(match.lastgroup)]))
        at = match.end()
    return found


@dataclass
class _Reader:
    text: str
    tokens: list[tuple[str, str]]
    context: Mapping[str, Any] = field(repr=False)

    def either(self) -> Any:  # noqa: ANN401
        left = self.both()
        while self.next_is("||"):
            right = self.both()
            left = left or right
        return left

    def both(self) -> Any:  # noqa: ANN401
        left = self.equal()
        while self.next_is("&&"):
            right = self.equal()
            left = left and right
        return left

    def equal(self) -> Any:  # noqa: ANN401
        left = self.one()
        for sign in ("==", "!="):
            if self.next_is(sign):
                same = _shown(left).lower() == _shown(self.one()).lower()
                return same if sign == "==" else not same
        return left

    def one(self) -> Any:  # noqa: ANN401
        if self.next_is("!"):
            return not self.one()
        if self.next_is("("):
            found = self.either()
            self.must(")")
            return found
        if not self.tokens:
            raise Unknown(f"{self.text.strip()} ends too soon")
        kind, word = self.tokens.pop(0)
        if kind == "text":
            return word[1:-1].replace("''", "'")
        if kind == "number":
            return float(word)
        if kind != "path":
            raise Unknown(f"{word} is not expected in {self.text.strip()}")
        return self.called(word) if self.next_is("(") else self.found(word)

    def called(self, name: str) -> Any:  # noqa: ANN401
        if name == "toJSON":
            what = self.either()
            self.must(")")
            return json.dumps(what, indent=2)
        if name == "contains":
            where = self.either()
            self.must(",")
            what = self.either()
            self.must(")")
            return what in where if isinstance(where, list) else str(what) in str(where)
        self.must(")")
        if name not in self.context.get("()", {}):
            raise Unknown(f"{name}() is not known here")
        return self.context["()"][name]

    def found(self, path: str) -> Any:  # noqa: ANN401
        """What a path leads to; what is not there is empty, but its first word must be known."""
        if path in {"true", "false", "null"}:
            return {"true": True, "false": False, "null": ""}[path]
        first, *rest = path.split(".")
        if first not in self.context:
            raise Unknown(f"{first} is not known here")
        found: Any = self.context[first]
        for at, name in enumerate(rest):
            if name == "*":
                return [_dig(each, rest[at + 1 :]) for each in found or ()]
            found = _dig(found, [name])
        return found

    def next_is(self, sign: str) -> bool:
        """Take the sign if it is the next."""
        if self.tokens and self.tokens[0] == ("sign", sign):
            self.tokens.pop(0)
            return True
        return False

    def must(self, sign: str) -> None:
        if not self.next_is(sign):
            raise Unknown(f"{sign} is missing in {self.text.strip()}")


def _dig(found: Any, names: list[str]) -> Any:  # noqa: ANN401
    for name in names:
        found = found.get(name, "") if isinstance(found, Mapping) else ""
    return found


def _shown(found: Any) -> str:  # noqa: ANN401
    if isinstance(found, bool):
        return str(found).lower()
    if isinstance(found, float):
        return f"{found:g}"
    return "" if found is None else str(found)
