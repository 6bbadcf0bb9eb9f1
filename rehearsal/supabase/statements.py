"""A file of SQL as its single statements."""

import re
from collections.abc import Iterator

_TOKEN = re.compile(
    r"""
    (?P<line>--[^\n]*) | (?P<open>/\*) | (?P<close>\*/)
    | (?P<text>[eE]'(?:[^'\\]|\\.|'')*' | '(?:[^']|'')*' | "(?:[^"]|"")*")
    | (?P<dollar>\$(?:[A-Za-z_][A-Za-z_0-9]*)?\$)
    | (?P<word>[A-Za-z_][A-Za-z_0-9$]*) | (?P<end>;)
    """,
    re.VERBOSE | re.DOTALL,
)
_ALONE = re.compile(
    r"(create\s+(unique\s+)?index|drop\s+index|reindex\b.*|refresh\b.*)\s+concurrently\b"
    r"|(vacuum|alter\s+system|create\s+database|drop\s+database)\b",
    re.IGNORECASE | re.DOTALL,
)


def split(text: str) -> list[str]:
    """The statements in their order, without the semicolons between them."""
    found, begun = [], 0
    for end in [*_ends(text), len(text)]:
        statement = text[begun:end].strip()
        begun = end + 1
        if statement:
            found.append(statement)
    return found


def alone(statement: str) -> bool:
    """Whether PostgreSQL runs a statement outside of transactions only."""
    return bool(_ALONE.match(_bare(statement)))


def first_word(statement: str) -> str:
    """The word that says what a statement does, in capitals."""
    return _bare(statement).partition(" ")[0].split("\n")[0].split("(")[0].strip(";").upper()


def _ends(text: str) -> Iterator[int]:
    """Where semicolons end statements: none in a comment, a text, or a body BEGIN ATOMIC … END."""
    place, inside, blocks, last = 0, 0, 0, ""
    while token := _TOKEN.search(text, place):
        kind, place = token.lastgroup, token.end()
        if kind == "open":
            inside += 1
        elif kind == "close":
            inside = max(inside - 1, 0)
        elif inside:
            continue
        elif kind == "dollar":
            closing = text.find(token.group(), place)
            place = len(text) if closing < 0 else closing + len(token.group())
        elif kind == "word":
            word = token.group().lower()
            blocks += (word == "atomic" and last == "begin") or (blocks > 0 and word == "case")
            blocks -= blocks > 0 and word == "end"
            last = word
        elif kind == "end" and not blocks:
            yield token.start()


def _bare(statement: str) -> str:
    """A statement without the comments before it."""
    return re.sub(r"\A(\s*(--[^\n]*(\n|\Z)|/\*.*?\*/))*\s*", "", statement, flags=re.DOTALL)
