"""What makes a database slow, unsafe or short-lived, by its catalogs' rows; and how bad that is.

Each rule takes the rows of one fact (staging/clouds/advice) and gives a finding for each object.
"""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Literal

Severity = Literal["error", "warning", "info"]
Row = Mapping[str, Any]
Facts = Mapping[str, Sequence[Row]]
SEVERITIES: tuple[Severity, ...] = ("error", "warning", "info")

ENOUGH_SCANS = 1000  # of a table, before an index of it that was never read is called unused
BLOATED, WASTED = 0.5, 10_000_000  # of the table's bytes, and bytes
NEAR, NEARER = Fraction(7, 10), Fraction(9, 10)  # of a sequence's numbers
ONCE = re.compile(
    r"\(\s*select\s[\s(]*(?:auth\.\w+\(\)|current_setting\([^()]*\))[^()]*\)", re.IGNORECASE
)
"""What a policy asks once for a query: PostgreSQL keeps the answer of such a subquery."""
PER_ROW = re.compile(r"\b(auth\.(?:uid|jwt|role|email)\(\)|current_setting\()", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing to better. `accepted` says who lives with it, why, and until when."""

    source: str
    rule: str
    severity: Severity
    place: str
    detail: str
    remedy: str
    accepted: str = ""


def advise(facts: Facts) -> list[Finding]:
    """All findings of our own, the worst first."""
    found = [
        *missing_indexes(facts["keys"], facts["indexes"]),
        *duplicate_indexes(facts["indexes"]),
        *invalid_indexes(facts["indexes"]),
        *unused_indexes(facts["indexes"], facts["tables"]),
        *bloat(facts["tables"]),
        *unguarded(facts["tables"]),
        *per_row(facts["policies"]),
        *unkeyed(facts["tables"]),
        *ending(facts["sequences"]),
    ]
    return sorted(found, key=lambda f: (SEVERITIES.index(f.severity), f.rule, f.place))


def not_judged(facts: Facts) -> list[str]:
    """What the statistics and rights of this database do not let anybody judge, in words."""
    told = []
    if quiet := [_name(t) for t in facts["tables"] if t["scans"] < ENOUGH_SCANS]:
        told.append(
            f"whether indexes are used, of {len(quiet)} tables read under {ENOUGH_SCANS} times"
        )
    if unknown := [_name(t) for t in facts["tables"] if t["needed"] is None and t["bytes"]]:
        told.append(f"bloat of {', '.join(unknown)}: never analysed")
    if hidden := [_name(s) for s in facts["sequences"] if not s["readable"]]:
        told.append(f"how far these sequences are, which may not be read: {', '.join(hidden)}")
    return told


def missing_indexes(keys: Sequence[Row], indexes: Sequence[Row]) -> Iterator[Finding]:
    """A foreign key without an index that begins with its columns: deletes there read all here."""
    for key in keys:
        columns = ", ".join(key["columns"])
        if not any(_serves(index, key) for index in indexes):
            yield _finding(
                "foreign-key-without-index",
                "warning",
                f"{key['schema']}.{key['table']} {key['name']}",
                f"({columns}) refers to {key['refers']}: a delete or update there, and each join, "
                "reads this whole table",
                f"create index concurrently on {key['schema']}.{key['table']} ({columns})",
            )


def duplicate_indexes(indexes: Sequence[Row]) -> Iterator[Finding]:
    """Several of the same keys: each write pays for all; those of constraints are kept."""
    alike: dict[tuple[object, ...], list[Row]] = defaultdict(list)
    for index in indexes:
        if index["valid"] and not index["partition"]:
            alike[_signature(index)].append(index)
    for several in alike.values():
        kept, *others = sorted(several, key=lambda i: (not _needed(i), not i["unique"], i["name"]))
        for other in others:
            if not _needed(other):
                yield _finding(
                    "duplicate-index",
                    "warning",
                    f"{other['schema']}.{other['table']} {other['name']}",
                    f"the same as {kept['name']}, {other['bytes']:,} bytes",
                    f"drop index concurrently {other['schema']}.{other['name']}",
                )


def invalid_indexes(indexes: Sequence[Row]) -> Iterator[Finding]:
    """Left by CREATE INDEX CONCURRENTLY that failed: written to by all, read by none."""
    for index in indexes:
        if not index["valid"]:
            name = f"{index['schema']}.{index['name']}"
            yield _finding(
                "invalid-index",
                "warning",
                f"{index['schema']}.{index['table']} {index['name']}",
                "an attempt to make it failed: it is kept up to date and never used",
                f"drop index concurrently {name}, or reindex index concurrently {name}",
            )


def unused_indexes(indexes: Sequence[Row], tables: Sequence[Row]) -> Iterator[Finding]:
    """Never read while its table was read often; statistics may be of another server's life."""
    scans = {(table["schema"], table["name"]): table["scans"] for table in tables}
    for index in indexes:
        read = scans.get((index["schema"], index["table"]), 0)
        if index["scans"] or index["unique"] or _needed(index) or not index["valid"]:
            continue
        if read >= ENOUGH_SCANS:
            yield _finding(
                "unused-index",
                "info",
                f"{index['schema']}.{index['table']} {index['name']}",
                f"never read while its table was {read:,} times; {index['bytes']:,} bytes",
                f"see that no replica uses it, then drop index concurrently "
                f"{index['schema']}.{index['name']}",
            )


def bloat(tables: Sequence[Row]) -> Iterator[Finding]:
    """Tables that take far more room than their rows need."""
    for table in tables:
        if table["needed"] is None or table["divided"]:
            continue
        wasted = table["bytes"] - table["needed"]
        if wasted >= WASTED and wasted >= BLOATED * table["bytes"]:
            yield _finding(
                "bloat",
                "warning",
                _name(table),
                f"{table['bytes']:,} bytes for rows that need about {table['needed']:,}; "
                f"{table['dead']:,} dead rows",
                "let autovacuum run more often there; VACUUM FULL in a window, or pg_repack",
            )


def unguarded(tables: Sequence[Row]) -> Iterator[Finding]:
    """Row-level security without a policy: nobody but its owner sees a row."""
    for table in tables:
        if table["guarded"] and not table["policies"] and not table["partition"]:
            yield _finding(
                "row-security-without-policy",
                "info",
                _name(table),
                "row-level security is on and there is no policy: nobody sees a row by the API",
                "add a policy, or say in a comment that this is meant",
            )


def per_row(policies: Sequence[Row]) -> Iterator[Finding]:
    """Policies that ask who is there anew for each row."""
    for policy in policies:
        both = f"{policy['condition']} {policy['check']}"
        if found := PER_ROW.search(ONCE.sub("", both)):
            call = found[1] if found[1].endswith(")") else f"{found[1]}…)"
            yield _finding(
                "policy-per-row",
                "warning",
                f"{policy['schema']}.{policy['table']} {policy['name']}",
                f"{call} is called for each row",
                f"write (select {call})",
            )


def unkeyed(tables: Sequence[Row]) -> Iterator[Finding]:
    """Tables whose rows nothing tells apart: updates cannot be replicated."""
    for table in tables:
        if not table["keyed"] and not table["partition"]:
            yield _finding(
                "no-primary-key",
                "warning",
                _name(table),
                "it has no primary key: realtime and replication cannot tell its rows apart",
                f"alter table {_name(table)} add primary key …",
            )


def ending(sequences: Sequence[Row]) -> Iterator[Finding]:
    """Sequences whose numbers, or the numbers of the column that they fill, are nearly used up."""
    for sequence in sequences:
        last, most = sequence["last"], min(sequence["most"], sequence["fits"])
        if last is None or sequence["cycles"] or sequence["step"] < 0:
            continue
        used = Fraction(last, most)
        if used >= NEAR:
            place = _name(sequence)
            yield _finding(
                "sequence-near-its-end",
                "error" if used >= NEARER else "warning",
                place,
                f"{last:,} of {most:,}: {float(used):.0%} are used",
                f"make {sequence['used_by'] or place} bigint",
            )


def _serves(index: Row, key: Row) -> bool:
    """An index that a lookup by the key's columns can use: they come first, in any order."""
    first = index["columns"][: len(key["columns"])]
    there = (index["schema"], index["table"]) == (key["schema"], key["table"])
    whole = not index["predicate"] or _not_null(index["predicate"], key["columns"])
    usable = index["valid"] and index["method"] in {"btree", "hash"}
    return bool(there and usable and whole and sorted(first) == sorted(key["columns"]))


def _not_null(predicate: str, columns: Sequence[str]) -> bool:
    return any(predicate.strip("()") == f"{column} IS NOT NULL" for column in columns)


def _needed(index: Row) -> bool:
    return bool(index["constrains"] or index["identity"])


def _signature(index: Row) -> tuple[object, ...]:
    place = (index["schema"], index["table"], index["method"], index["ways"], index["predicate"])
    return (*place, tuple(index["columns"]), tuple(index["included"]))


def _name(row: Row) -> str:
    return f"{row['schema']}.{row['name']}"


def _finding(rule: str, severity: Severity, place: str, detail: str, remedy: str) -> Finding:
    return Finding(
        source="catalog",
        rule=rule,
        severity=severity,
        place=place,
        detail=detail,
        remedy=remedy,
    )
