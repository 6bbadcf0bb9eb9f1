"""What becomes of each column's values on the way to staging: the same value, the same mask.

A mask is a keyed hash, so that nobody without the key can try names until one fits.
"""

import hashlib
import hmac
import json
import re
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from staging.errors import ConfigurationError
from staging.inventory.tables import Column, Table
from staging.rules.synthesis.words import WORDS
from staging.secret import Secret

SKIP = "skip"
BITS = {"smallint": 15, "integer": 31, "bigint": 63}
ROUNDS = 6
SHORTEST = 5  # signs, below which a value says nothing of whose it is
MOMENT = re.compile(r"^(\d{4}-\d{2}-\d{2})(?:[ T](\d{2}:\d{2}:\d{2}))?(.*)$")
PIECE = re.compile(r"[^\s\"'{}\[\](),;:<>]+")
Mask = Callable[[str], str | None]


def chosen(tables: Sequence[Table], rules: Mapping[str, str]) -> tuple[Table, ...]:
    """The tables that are copied; refused unless every column of each has a rule that fits."""
    copied = tuple(t for t in tables if rules.get(f"{t.name}.*") != SKIP)
    known = {f"{t.name}.{name}" for t in tables for name in ("*", *(c.name for c in t.columns))}
    missing = [
        f"{table.name}.{column.name}"
        for table in copied
        for column in table.columns
        if not column.generated and f"{table.name}.{column.name}" not in rules
    ]
    problems = [f"{name} has no rule" for name in missing]
    problems += [f"{name} has a rule, and there is no such column" for name in rules.keys() - known]
    problems += _uneven(copied, rules)
    problems += _unfit(copied, rules)
    if problems:
        more = f"\nand {len(problems) - 12} more" if len(problems) > 12 else ""
        raise ConfigurationError(
            "Nothing was copied: [data.masking] in staging.toml does not cover every column.",
            detail="\n".join(sorted(problems)[:12]) + more,
            remedy='Give each column a rule, or its table "schema.table.*" = "skip".',
        )
    return copied


def _uneven(tables: Sequence[Table], rules: Mapping[str, str]) -> list[str]:
    """A key and what refers to it must become the same."""
    found, names = [], {table.name for table in tables}
    for table in tables:
        for each in table.references:
            nullable = all(c.nullable for c in table.columns if c.name in each.columns)
            if rules.get(f"{each.table}.*") == SKIP and not nullable:
                found.append(f"{table.name}: {each.name} refers to {each.table}, which is skipped")
            for one, other in zip(each.columns, each.targets, strict=True):
                ours = rules.get(f"{table.name}.{one}")
                theirs = rules.get(f"{each.table}.{other}", "keep")
                if each.table in names and ours not in (theirs, "null"):
                    found.append(f"{table.name}.{one} is {ours}, {each.table}.{other} is {theirs}")
    return found


def _unfit(tables: Sequence[Table], rules: Mapping[str, str]) -> list[str]:
    return [
        f"{table.name}.{column.name} is {rule}, which does not suit {column.type}"
        for table in tables
        for column in table.columns
        if (rule := rules.get(f"{table.name}.{column.name}", "keep")) not in _suiting(column)
    ]


def _suiting(column: Column) -> set[str]:
    """What can be done to a column of this type."""
    always = {"keep", *(("null",) if column.nullable else ())}
    if column.array or column.labels:
        return always
    if column.type in BITS:
        return always | {"key", "number"}
    if column.type == "uuid":
        return always | {"key"}
    if column.type in ("text", "character varying", "citext"):
        return always | {"key", "text", "email"}
    if column.type in ("numeric", "double precision", "real"):
        return always | {"number"}
    if column.type.startswith(("date", "timestamp")):
        return always | {"date"}
    return always | ({"json"} if column.type in ("json", "jsonb") else set())


def mask(rule: str, column: Column, key: Secret) -> Mask:
    """What turns one value into another; it is never asked of a null."""

    def digest(value: str) -> bytes:
        return hmac.new(key.reveal().encode(), value.encode(), hashlib.sha256).digest()

    masks: dict[str, Mask] = {
        "keep": lambda value: value,
        "null": lambda _: None,
        "key": lambda value: _key(value, column, digest),
        "text": lambda value: _text(value, column, digest),
        "email": lambda value: f"{digest(value.lower()).hex()[:16]}@masked.example",
        "number": lambda value: _number(value, column, digest),
        "date": lambda value: _date(value, digest),
        "json": lambda value: json.dumps(_json(json.loads(value), digest)),
    }
    return masks[rule]


def _key(value: str, column: Column, digest: Callable[[str], bytes]) -> str:
    if column.type == "uuid":
        made = digest(value).hex()
        return f"{made[:12]}4{made[13:16]}a{made[17:32]}"
    if column.type in BITS:
        return str(_permuted(int(value), BITS[column.type], digest))
    return digest(value).hex()[: column.size or 32]


def _permuted(number: int, bits: int, digest: Callable[[str], bytes]) -> int:
    """Another number of as many bits; no two become the same (a Feistel network, walked)."""
    half = (bits + 1) // 2
    low = (1 << half) - 1
    while True:
        left, right = number >> half, number & low
        for turn in range(ROUNDS):
            mixed = int.from_bytes(digest(f"{turn}/{bits}/{right}")[:8], "big") & low
            left, right = right, left ^ mixed
        number = left << half | right
        if number < 1 << bits:
            return number


def _text(value: str, column: Column, digest: Callable[[str], bytes]) -> str:
    """Words, about as long; its end keeps different values different."""
    made = digest(value)
    words = [WORDS[each % len(WORDS)] for each in made[: max(0, min(24, len(value) // 7))]]
    told = "-".join([*words, made.hex()[-10:]])
    return told if column.size is None else told[-column.size :]


def _number(value: str, column: Column, digest: Callable[[str], bytes]) -> str:
    """As many digits before and after the point."""
    sign, whole = ("-", value[1:]) if value.startswith("-") else ("", value)
    if not re.fullmatch(r"\d+(\.\d+)?", whole):
        return "0"
    drawn = iter(int.from_bytes(digest(value), "big").to_bytes(32, "big"))
    made = "".join(each if each == "." else str(next(drawn, 5) % 10) for each in whole[:30])
    if column.type in BITS and int(float(made)) >= 1 << BITS[column.type]:
        made = f"1{made[1:]}"
    return sign + made


def _date(value: str, digest: Callable[[str], bytes]) -> str:
    """Up to a month away; a time to another second."""
    found = MOMENT.match(value)
    if not found:
        return "2000-01-01"
    drawn = int.from_bytes(digest(value)[:8], "big")
    moment = datetime.fromisoformat(f"{found[1]} {found[2] or '00:00:00'}")
    moved = moment + timedelta(days=drawn % 30 + 1, seconds=drawn // 30 % 86_400)
    zone = re.sub(r"^\.\d+", "", found[3])
    return f"{moved:%Y-%m-%d %H:%M:%S}{zone}" if found[2] else f"{moved:%Y-%m-%d}"


def _json(value: Any, digest: Callable[[str], bytes]) -> Any:  # noqa: ANN401 - any JSON
    """The same form with every text and number another; names of fields stay."""
    if isinstance(value, dict):
        return {name: _json(each, digest) for name, each in value.items()}
    if isinstance(value, list):
        return [_json(each, digest) for each in value]
    if isinstance(value, str):
        return digest(value).hex()[:12]
    if isinstance(value, int | float) and not isinstance(value, bool):
        return int.from_bytes(digest(str(value))[:2], "big")
    return value


def scanned(rule: str, column: Column) -> bool:
    """Whether an original is known when it is met: small numbers and days are alike by chance."""
    plain = column.type in BITS or column.type in ("date", "numeric", "double precision", "real")
    return rule not in ("keep", "null") and not plain


def pieces(value: str) -> set[str]:
    """The value, and what it is made of, in which another may be hidden."""
    return {value, *(each.rstrip(".") for each in PIECE.findall(value) if len(each) >= SHORTEST)}
