"""Findings of the linters, as bad as production makes them, and what a comment allows. Pure."""

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from staging.rules.hazards import BARE, HAZARDS, bare_tables
from staging.rules.remedies import OTHER, REMEDIES
from staging.rules.statements import Statement, relations

Severity = Literal["error", "warning", "note"]
SEVERITIES: tuple[Severity, ...] = ("error", "warning", "note")
FEW, MANY = 1_000, 100_000
"""Rows below which a lock is let go before anybody notices, and from which on it is noticed."""

SMALL, LARGE = 1_000_000, 100_000_000
"""The same in bytes, of the table and its indexes: few rows may be long, or in many indexes."""

ALLOW = re.compile(
    r"--\s*lint:\s*allow\s+([\w-]+)[ \t]*(?:because[ \t]+(\S.*?)\s*$)?", re.IGNORECASE
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Weight:
    """A table in production: its rows, and the bytes of it and of its indexes."""

    rows: int
    bytes: int
    indexes: int


NOTHING = Weight(rows=0, bytes=0, indexes=0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Raw:
    """A finding as a linter has it: `line` counts from 1."""

    file: str
    line: int
    rule: str
    told: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """A finding as it counts here. `rows` is None where the table's size is not known.

    `allowed` is the reason that a comment in the file gives; it counts for nothing then.
    """

    file: str
    line: int
    rule: str
    severity: Severity
    told: str
    table: str
    rows: int | None
    indexes: int | None
    instead: str
    allowed: str = ""


def own(
    file: str, statements: tuple[Statement, ...], *, guards: Collection[str]
) -> tuple[Raw, ...]:
    """What our rules have against a file; `guards` are tables that any file guards."""
    found = [
        Raw(file=file, line=statement.line, rule=hazard.name, told=told)
        for statement in statements
        for hazard in HAZARDS
        if (told := hazard.look(statement))
    ]
    lines = {statement.number: statement.line for statement in statements}
    bare = bare_tables(statements, guards).items()
    return (*found, *(Raw(file=file, line=lines[n], rule=BARE, told=told) for n, told in bare))


def weighed(
    raw: Iterable[Raw],
    statements: tuple[Statement, ...],
    sizes: Mapping[str, Weight] | None,
    *,
    file: str,
    text: str,
) -> tuple[Finding, ...]:
    """The findings of one file, by line. Without `sizes` every table is taken for a large one."""
    made = _made(statements)
    found = [_finding(each, statements, made, sizes) for each in raw]
    return _allowed(found, statements, file=file, text=text)


def severity(weight: str, size: Weight | None) -> Severity:
    """As bad as the table is large, for what is: unknown is large."""
    if weight == "size":
        if size is None or size.rows >= MANY or size.bytes + size.indexes >= LARGE:
            return "error"
        return "warning" if size.rows >= FEW or size.bytes + size.indexes >= SMALL else "note"
    fixed: Mapping[str, Severity] = {"ban": "error", "warn": "warning", "style": "note"}
    return fixed[weight]


def _finding(
    raw: Raw,
    statements: tuple[Statement, ...],
    made: set[str],
    sizes: Mapping[str, Weight] | None,
) -> Finding:
    statement = _at(statements, raw.line)
    table = next(iter(relations(statement)), "") if statement else ""
    size = NOTHING if table in made else _size(table, sizes)
    remedy = REMEDIES.get(raw.rule, OTHER)
    return Finding(
        file=raw.file,
        line=raw.line,
        rule=raw.rule,
        severity=severity(remedy.weight, size),
        told=raw.told,
        table=table,
        rows=size.rows if size else None,
        indexes=size.indexes if size and size is not NOTHING else None,
        instead=remedy.instead,
    )


def _size(table: str, sizes: Mapping[str, Weight] | None) -> Weight | None:
    """A table that production has not got is empty; None where production cannot be asked."""
    if sizes is None:
        return None
    return sizes.get(table) or sizes.get(f"public.{table}") or NOTHING


def _made(statements: Iterable[Statement]) -> set[str]:
    """Tables that the file itself makes: they have no rows yet."""
    return {each for s in statements if s.kind == "Create" for each in relations(s)[:1]}


def _at(statements: Sequence[Statement], line: int) -> Statement | None:
    """The statement that a line belongs to."""
    begun = [s for s in statements if s.line <= line]
    return begun[-1] if begun else (statements[0] if statements else None)


def _allowed(
    found: Sequence[Finding], statements: tuple[Statement, ...], *, file: str, text: str
) -> tuple[Finding, ...]:
    """What comments allow: each the statement that it stands in, or that comes next."""
    result, wrong = list(found), list[Finding]()
    for line, rule, reason in _comments(text):
        statement = _after(statements, line)
        meant = [f.rule == rule and _at(statements, f.line) == statement for f in result]
        if not reason:
            told = f"{rule} is allowed for no reason"
            wrong.append(_about(file, line, "allow-without-reason", told))
            continue
        if not any(meant):
            wrong.append(_about(file, line, "allows-nothing", f"There is no {rule} to allow here"))
        result = [
            replace(f, allowed=reason) if this else f for f, this in zip(result, meant, strict=True)
        ]
    result += wrong
    return tuple(sorted(result, key=lambda f: (f.line, SEVERITIES.index(f.severity), f.rule)))


def _comments(text: str) -> list[tuple[int, str, str]]:
    return [
        (number, told[1].lower(), told[2] or "")
        for number, line in enumerate(text.splitlines(), start=1)
        if (told := ALLOW.search(line))
    ]


def _after(statements: Sequence[Statement], line: int) -> Statement | None:
    """The statement in whose text a line is, else the next one."""
    for statement in statements:
        if line <= statement.line + statement.text.count("\n"):
            return statement
    return None


def _about(file: str, line: int, rule: str, told: str) -> Finding:
    remedy = REMEDIES[rule]
    return Finding(
        file=file,
        line=line,
        rule=rule,
        severity=severity(remedy.weight, None),
        told=told,
        table="",
        rows=None,
        indexes=None,
        instead=remedy.instead,
    )
