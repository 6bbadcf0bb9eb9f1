"""An exported schema as text: the same for the same schema, in sections that can be told apart."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass

from staging.rules.schema import PLATFORM_DEFAULTS

HEAD = """-- A schema without rows, as `invoke schema.export` writes it.
-- `invoke schema.apply --file` applies it; so does psql, to a new Supabase project.
"""
MARK = "-- [{}]\n"
SECTION = re.compile(r"^-- \[([a-z ]+)\]$", re.MULTILINE)
NOISE = re.compile(
    r"^(\\(un)?restrict .*|SET (statement|lock|transaction|idle_in_transaction_session)_timeout.*"
    r"|-- Dumped (from|by) .*|-- PostgreSQL .*dump.*)$\n?",
    re.MULTILINE,
)
"""What is of one run or one program, and says nothing of the schema; and limits, which stay."""

BODY = re.compile(r"(\$\w*\$).*?\1", re.DOTALL)
GRANTS = re.compile(
    r"(?:^(?:GRANT|ALTER DEFAULT PRIVILEGES [^;]* GRANT) [^;\n]*;\n)+", re.MULTILINE
)
MADE = re.compile(r"^CREATE SCHEMA (?!IF NOT EXISTS)", re.MULTILINE)
LITERAL = re.compile(r"--[^\n]*|/\*.*?\*/|'(?:[^']|'')*'", re.DOTALL)
ATOMIC = re.compile(r"\bBEGIN ATOMIC\b.*?\bEND\b\s*;", re.DOTALL | re.IGNORECASE)
UNFIT = re.compile(
    r"(?:^|;)\s*((?:BEGIN|COMMIT|END|ROLLBACK|ABORT|START\s+TRANSACTION|PREPARE\s+TRANSACTION)\b"
    r"|VACUUM\b|(?:CREATE|DROP)\s+(?:DATABASE|TABLESPACE)\b|ALTER\s+SYSTEM\b"
    r"|(?:CREATE|DROP|REINDEX)\b[^;]*?\bINDEX\s+CONCURRENTLY\b|\\\w+)",
    re.IGNORECASE,
)
FORMS = {
    kind: re.compile(form, re.IGNORECASE)
    for kind, form in {
        "JSON web token": r"eyJ[\w-]{8,}\.[\w-]{8,}",
        "API key": r"\b(?:sb_secret|sbp|[spr]k|whsec|gh[pous]|xox[a-z])[_-]\w[\w-]{7,}",
        "AWS key": r"\bAKIA\w{16}",
        "authorisation": r"\b(?:bearer|basic) (?=[\w.~+/-]*\d)[\w.~+/-]{8,}",
        "address with a password": r"://[^\s/:'\"@]+:[^\s/'\"@]+@",
        "password": r"password['\"]?\s*(?:=>|:=|[=:])?\s*['\"][^'\"\s]{4,}['\"]",
        "password in an address": r"\bpassword=[^\s'\"&]{4,}",
        "address of a hook": r"(?:hooks\.slack\.com/services|/api/webhooks)/\w+",
        "private key": r"-----BEGIN [A-Z ]*PRIVATE KEY",
    }.items()
}
PLACE = re.compile(r"^-- Name: (?P<name>.*); Type: (?P<type>[^;]*); Schema: (?P<schema>[^;]*);")
OWN = re.compile(r"^-- Place: (?P<place>.*)$")


@dataclass(frozen=True, slots=True, order=True)
class Spelled:
    """A secret that stands in a schema: of which kind, and where; never itself."""

    place: str
    kind: str


def dumped(dump: str) -> str:
    """What pg_dump wrote, without what differs from one run to the next."""
    return outside(dump, _plain).strip() + "\n"


def outside(text: str, change: Callable[[str], str]) -> str:
    """The text with what is no body of a function changed."""
    changed, at = [], 0
    for body in BODY.finditer(text):
        changed += [change(text[at : body.start()]), body[0]]
        at = body.end()
    return "".join([*changed, change(text[at:])])


def _plain(text: str) -> str:
    text = PLATFORM_DEFAULTS.sub("", NOISE.sub("", text))
    text = MADE.sub("CREATE SCHEMA IF NOT EXISTS ", text)
    text = GRANTS.sub(lambda found: "".join(sorted(found[0].splitlines(keepends=True))), text)
    text = re.sub(r"(?m)^--\n--\n", "", text)
    return re.sub(r"\n{3,}", "\n\n\n", text)


def written(sections: Mapping[str, Iterable[tuple[str, str]]]) -> str:
    """The whole file: each section's statements, each with its place where it names none itself."""
    parts = [HEAD]
    for name, statements in sections.items():
        told = [f"-- Place: {place}\n{text}" if place else text for place, text in statements]
        if told:
            parts.append(MARK.format(name) + "\n".join(told).rstrip() + "\n")
    return "\n".join(parts)


def sections(text: str) -> dict[str, str]:
    """A file by its sections; one that has none is all schema."""
    pieces = SECTION.split(text)
    found = {"": pieces[0]}
    for name, body in zip(pieces[1::2], pieces[2::2], strict=True):
        found[name] = found.get(name, "") + body
    return found if len(found) > 1 else {"schema": text}


def unfit(text: str) -> list[str]:
    """Lines whose statement ends the transaction, or cannot be part of one."""
    bare = LITERAL.sub(_blank, BODY.sub(_blank, NOISE.sub("\n", text)))
    return [
        f"line {bare.count(chr(10), 0, found.start(1)) + 1}: {' '.join(found[1].split())}"
        for found in UNFIT.finditer(ATOMIC.sub(_blank, bare))
    ]


def _blank(found: re.Match[str]) -> str:
    """Nothing, on as many lines."""
    return "\n" * found[0].count("\n")


def spelled(text: str) -> list[Spelled]:
    """The secrets that the text holds, as far as their form gives them away."""
    return sorted(set(_spelled(text)))


def _spelled(text: str) -> Iterator[Spelled]:
    place = "the beginning"
    for line in text.splitlines():
        if line.startswith("-- "):
            place = _place(line) or place
        for kind, form in FORMS.items():
            if form.search(line):
                yield Spelled(place, kind)


def _place(line: str) -> str:
    if own := OWN.match(line):
        return own["place"]
    if found := PLACE.match(line):
        schema = "" if found["schema"] == "-" else f"{found['schema']}."
        return f"{found['type'].lower()} {schema}{found['name']}"
    return ""
