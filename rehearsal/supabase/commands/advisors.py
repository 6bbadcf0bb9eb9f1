"""`db advisors`: what the linter thinks of a schema."""

import sys
from collections.abc import Sequence
from typing import Any, TypeAlias

from rehearsal.supabase import cloud, dial
from rehearsal.supabase.grid import grid
from rehearsal.supabase.line import Line

LEVELS = ("INFO", "WARN", "ERROR")
FAILED = 1
_DOCS = "https://supabase.com/docs/guides/database/database-linter?lint="
Lint: TypeAlias = tuple[dict[str, Any], str, str]
_LINTS: tuple[Lint, ...] = (
    (
        {
            "name": "function_search_path_mutable",
            "title": "Function Search Path Mutable",
            "level": "WARN",
            "description": "Detects functions where the search_path parameter is not set.",
            "remediation": f"{_DOCS}0011_function_search_path_mutable",
        },
        "Function `{}` has a role mutable search_path",
        """select n.nspname as schema, p.proname as name, 'function' as type,
                  '_' || md5(p.prosrc) as suffix
           from pg_proc p join pg_namespace n on n.oid = p.pronamespace
           where n.nspname = 'public' and not exists (
               select 1 from unnest(p.proconfig) as set(text) where text like 'search_path=%')
           order by p.oid""",
    ),
    (
        {
            "name": "rls_disabled_in_public",
            "title": "RLS Disabled in Public",
            "level": "ERROR",
            "description": "Detects cases where row level security (RLS) has not been enabled on "
            "tables in schemas exposed to PostgREST",
            "remediation": f"{_DOCS}0013_rls_disabled_in_public",
        },
        "Table `{}` is public, but RLS has not been enabled.",
        """select n.nspname as schema, c.relname as name, 'table' as type, '' as suffix
           from pg_class c join pg_namespace n on n.oid = c.relnamespace
           where c.relkind in ('r', 'p') and n.nspname = 'public' and not c.relrowsecurity
             and exists (select 1 from pg_roles r where r.rolname in ('anon', 'authenticated')
                         and has_table_privilege(r.oid, c.oid, 'select'))
           order by c.oid""",
    ),
)


def advisors(line: Line) -> int:
    """Print the findings; exit 1 when one is as bad as --fail-on says."""
    found = dial.target(line)
    chosen = line.flags.get("type", "all")
    if "ref" in found:
        kinds = ("security", "performance") if chosen == "all" else (chosen,)
        results = [each for kind in kinds for each in _told(found["ref"], kind)]
    else:
        results = _findings(line, found, () if chosen == "performance" else _LINTS)
    least = _rank(line.flags.get("level", "info"))
    results = [each for each in results if _rank(each["level"]) >= least]
    if not results:
        print("No issues found", file=sys.stderr)
    cells = [(each["level"], each["name"], each["detail"]) for each in results]
    text = grid(("LEVEL", "NAME", "DETAIL"), cells) if cells else ""
    line.answer({"results": results}, message="db advisors", text=text)
    limit = line.flags.get("fail-on", "none")
    bad = limit != "none" and any(_rank(each["level"]) >= _rank(limit) for each in results)
    return FAILED if bad else 0


def _told(ref: str, kind: str) -> list[dict[str, Any]]:
    path = f"/v1/projects/{ref}/advisors/{kind}"
    return list(cloud.expect("GET", path, what="advisors", code="DbAdvisors")["lints"])


def _findings(line: Line, found: dict[str, Any], lints: Sequence[Lint]) -> list[dict[str, Any]]:
    with dial.connection(line, found) as connection:
        return [
            _lint(head, detail, row)
            for head, detail, query in lints
            for row in connection.execute(query.encode())
        ]


def _lint(head: dict[str, Any], detail: str, row: dict[str, Any]) -> dict[str, Any]:
    schema, name = row["schema"], row["name"]
    return {
        **head,
        "facing": "EXTERNAL",
        "categories": ["SECURITY"],
        "detail": detail.format(f"{schema}.{name}"),
        "metadata": {"name": name, "type": row["type"], "schema": schema},
        "cacheKey": f"{head['name']}_{schema}_{name}{row['suffix']}",
    }


def _rank(level: str) -> int:
    return LEVELS.index(level.upper()) if level.upper() in LEVELS else 0
