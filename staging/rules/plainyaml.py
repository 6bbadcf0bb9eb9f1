"""Reads the plain part of YAML that workflow files are written in; all else is refused. Pure.

Mappings, sequences, `[a, b]` and `{}` on one line, quoted and plain scalars on one line, and
blocks (`|`, `>`). Every scalar stays text, so `on` is no boolean. What YAML has beyond that
(anchors, tags, several documents, flow over several lines) is an error, never a guess.
"""

import re
from dataclasses import dataclass
from typing import Any

KEY = re.compile(r"""("[^"]*"|'[^']*'|[^\s#"'\[\]{},&*!|>%@`][^:#]*?):(?:\s+(.*))?$""")
COMMENT = re.compile(r"\s+#.*$")
ODD = tuple("&*!%@`?")


class NotPlain(ValueError):
    """What is not of the part of YAML that is read here."""


@dataclass(frozen=True, slots=True)
class _Line:
    number: int
    indent: int
    text: str  # without indent, a comment may still follow


def read(text: str) -> Any:  # noqa: ANN401 - a document is what it is
    """The document: mappings, lists and text."""
    lines = [_line(number, raw) for number, raw in enumerate(text.splitlines(), 1)]
    told = [line for line in lines if line.text and not line.text.startswith("#")]
    if not told:
        return None
    reader = _Reader(lines)
    found = reader.node(told[0].indent)
    if reader.peek() is not None:
        raise reader.wrong("this stands further to the left than what it belongs to")
    return found


def _line(number: int, raw: str) -> _Line:
    stripped = raw.lstrip(" ")
    if stripped.startswith("\t"):
        raise NotPlain(f"line {number}: a tab is no indentation")
    return _Line(number, len(raw) - len(stripped), stripped.rstrip())


@dataclass(slots=True)
class _Reader:
    lines: list[_Line]
    at: int = 0

    def peek(self) -> _Line | None:
        """The next line that says something."""
        while self.at < len(self.lines):
            line = self.lines[self.at]
            if line.text and not line.text.startswith("#"):
                return line
            self.at += 1
        return None

    def node(self, indent: int) -> Any:  # noqa: ANN401
        """What stands at this indentation: a sequence or a mapping."""
        line = self.peek()
        if line is not None and re.match(r"-(\s|$)", line.text):
            return self._sequence(indent)
        return self._mapping(indent)

    def _sequence(self, indent: int) -> list[Any]:
        found: list[Any] = []
        while (line := self._at(indent)) is not None and re.match(r"-(\s|$)", line.text):
            rest = line.text[1:].lstrip()
            if not rest or rest.startswith("#"):
                self.at += 1
                found.append(self._below(indent))
            elif KEY.fullmatch(COMMENT.sub("", rest)) or KEY.match(rest):
                inner = indent + len(line.text) - len(rest)
                self.lines[self.at] = _Line(line.number, inner, rest)
                found.append(self._mapping(inner))
            else:
                found.append(self._scalar(rest, indent))
        return found

    def _mapping(self, indent: int) -> dict[str, Any]:
        found: dict[str, Any] = {}
        while (line := self._at(indent)) is not None:
            match = KEY.match(COMMENT.sub("", line.text))
            if match is None:
                raise self.wrong("a key and a colon were expected")
            key, rest = _unquoted(match[1]), (match[2] or "").strip()
            if key in found:
                raise self.wrong(f"{key} stands here twice")
            if rest:
                found[key] = self._scalar(rest, indent)
            else:
                self.at += 1
                found[key] = self._below(indent)
        return found

    def _below(self, indent: int) -> Any:  # noqa: ANN401
        """What belongs to the line before: nothing, if the next one is not further right."""
        line = self.peek()
        if line is None:
            return None
        if line.indent > indent:
            return self.node(line.indent)
        listed = line.indent == indent and re.match(r"-(\s|$)", line.text)
        return self._sequence(indent) if listed else None

    def _at(self, indent: int) -> _Line | None:
        line = self.peek()
        if line is None or line.indent < indent:
            return None
        if line.indent > indent:
            raise self.wrong("this stands further to the right than what it belongs to")
        return line

    def _scalar(self, text: str, indent: int) -> Any:  # noqa: ANN401
        if text[0] in "|>":
            self.at += 1
            return self._block(text, indent)
        if text.startswith(ODD):
            raise self.wrong(f"{text[0]} is not read here")
        self.at += 1
        return _value(text, self.lines[self.at - 1].number)

    def _block(self, mark: str, indent: int) -> str:
        if mark not in {"|", "|-", "|+", ">", ">-"}:
            raise self.wrong(f"the block {mark} is not read here")
        kept: list[str] = []
        inner = 0
        while self.at < len(self.lines):
            line = self.lines[self.at]
            if line.text and line.indent <= indent:
                break
            inner = inner or (line.indent if line.text else 0)
            kept.append(" " * (line.indent - inner) + line.text if line.text else "")
            self.at += 1
        text = ("\n" if mark[0] == "|" else " ").join(kept).rstrip()
        return text if mark.endswith("-") else text + "\n"

    def wrong(self, why: str) -> NotPlain:
        """What is said of a line that is not read."""
        line = self.lines[min(self.at, len(self.lines) - 1)]
        return NotPlain(f"line {line.number}: {why}: {line.text}")


def _value(text: str, number: int) -> Any:  # noqa: ANN401
    text = text if text[0] in "\"'" else COMMENT.sub("", text)
    if text == "{}":
        return {}
    if text[0] == "[" and text[-1] == "]":
        inner = text[1:-1].strip()
        if re.search(r"[\[\]{}]", inner):
            raise NotPlain(f"line {number}: a list within a list is not read here: {text}")
        return [_unquoted(each.strip()) for each in inner.split(",")] if inner else []
    if text[0] in "[{":
        raise NotPlain(f"line {number}: this is not read here: {text}")
    return _unquoted(text)


def _unquoted(text: str) -> str:
    if text[0] not in "\"'":
        return text
    quoted = re.fullmatch(r"""("[^"\\]*"|'[^']*')\s*(#.*)?""", text)
    if quoted is None:
        raise NotPlain(f"this quotation is not read here: {text}")
    return quoted[1][1:-1]
