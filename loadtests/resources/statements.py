"""What each statement took, by pg_stat_statements where the database has it."""

import json
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from staging.rules.plans import outline

Ask = Callable[[str], list[tuple[Any, ...]]]

MOST, EXPLAINED = 10, 3
GENERIC = 160000
"""The first server that explains a statement without its values."""

SHOWN = 400
"""Characters of a statement that a report shows."""

WHERE = """
/* load sampler */ select quote_ident(n.nspname)
from pg_extension e join pg_namespace n on n.oid = e.extnamespace
where e.extname = 'pg_stat_statements'
"""
# Other statements may name a password, and are kept as they were written.
READ = """
/* load sampler */ select queryid::text, min(query), sum(calls), sum(total_exec_time), sum(rows)
from {schema}.pg_stat_statements
where dbid = (select oid from pg_database where datname = current_database())
  and query ~* '^\\s*(/\\*.*?\\*/\\s*)*(select|insert|update|delete|with|merge)\\M'
  and query not like '%load sampler%'
group by queryid
"""


@dataclass(frozen=True, slots=True)
class Counted:
    """One statement's text without its values, how often it ran, how long in all, its rows."""

    text: str
    calls: int
    total_ms: float
    rows: int


def read(ask: Ask) -> dict[str, Counted]:
    """What every statement took since the counters were set back; LookupError says why not."""
    found = ask(WHERE)
    if not found:
        raise LookupError("There is no extension pg_stat_statements: statements are not counted.")
    rows = ask(READ.format(schema=found[0][0]))
    return {
        str(key): Counted(str(text), int(calls), float(total), int(n))
        for key, text, calls, total, n in rows
    }


def since(before: Mapping[str, Counted], now: Mapping[str, Counted]) -> list[dict[str, Any]]:
    """Those that took longest in between, with their part of the time of all."""
    grown = []
    for key, after in now.items():
        earlier = before.get(key, Counted("", 0, 0.0, 0))
        if earlier.calls > after.calls:  # the counters were set back meanwhile
            earlier = Counted("", 0, 0.0, 0)
        if after.calls > earlier.calls:
            calls, total = after.calls - earlier.calls, after.total_ms - earlier.total_ms
            grown.append(Counted(after.text, calls, total, after.rows - earlier.rows))
    whole = sum(each.total_ms for each in grown) or 1.0
    grown.sort(key=lambda each: -each.total_ms)
    return [
        {
            "text": each.text,
            "calls": each.calls,
            "rows": each.rows,
            "mean_ms": round(each.total_ms / each.calls, 3),
            "total_ms": round(each.total_ms, 3),
            "share": round(each.total_ms / whole, 4),
        }
        for each in grown[:MOST]
    ]


def explained(taken: list[dict[str, Any]], ask: Ask) -> list[dict[str, Any]]:
    """The same, the slowest with their plans where the server gives them; texts cut to be shown."""
    version = int(ask("/* load sampler */ select current_setting('server_version_num')")[0][0])
    for each in taken[:EXPLAINED] if version >= GENERIC else ():
        with suppress(LookupError):  # a statement of another schema, or one that may not be read
            text = f"/* load sampler */ explain (generic_plan, format json) {each['text']}"
            found = ask(text)[0][0]
            plans = json.loads(found) if isinstance(found, str) else found
            each["plan"] = outline(plans[0]["Plan"])
    return [{**each, "text": " ".join(each["text"].split())[:SHOWN]} for each in taken]
