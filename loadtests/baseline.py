"""The last good run of each profile, kept to be compared with. It judges nothing.

Runs of different days differ by themselves by more than a release may: this is for
orientation, with what it takes to know what is compared.
"""

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from loadtests.resources.changed import changed

ALIKE = ("profile", "planned_rate", "users", "seconds", "mix", "machines")
"""What two runs must have in common; and the app, or the address where there is none."""

PROVENANCE = (*ALIKE, "url", "subject", "started_at")

FIGURES = {0.5: "p50, ms", 0.95: "p95, ms", 0.99: "p99, ms"}
GIT_SECONDS = 5.0
Found = Mapping[str, Any]


def compared(found: Found, folder: Path) -> dict[str, Any] | None:
    """What the document says of the last good run; None if there was none that can be read."""
    kept = _kept(found, folder)
    if kept is None:
        return None
    told = {"kept_at": kept["started_at"], "commit": kept["commit"], "digest": _digest(kept)}
    if other := _unlike(kept, found):
        return {**told, "rows": [], "queries": [], "refused": other}
    queries = list(changed(kept["queries"], _queries(found)))
    return {**told, "rows": list(_rows(kept, found)), "queries": queries, "refused": None}


def keep(found: Found, folder: Path, root: Path) -> None:
    """Let a run that passed be the last good one; that it cannot be kept is told, no failure."""
    if found["verdict"] != "pass" or found["partial"]:
        return
    path = _path(found, folder)
    queries = [{key: q[key] for key in ("name", "plan", "advice")} for q in _queries(found)]
    kept = {key: found[key] for key in PROVENANCE}
    kept |= {"commit": commit(root), "figures": _figures(found), "queries": queries}
    text = json.dumps(kept, indent=2)
    unfinished = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        unfinished.write_text(f"{text}\n", "utf-8")
        unfinished.replace(path)
    except OSError as error:
        print(f"The run was not kept to be compared with: {error}", file=sys.stderr)


def line(told: Found | None) -> str:
    """In one line; empty if there is nothing to tell."""
    if told is None:
        return ""
    when = f"the last good run ({told['kept_at'][:16]}"
    when += f", {told['commit'][:10]})" if told["commit"] else ")"
    if told["refused"]:
        return f"Not compared with {when}: {told['refused']}"
    rows = ", ".join(
        f"{row['name'].removesuffix(', ms')} {100 * row['change']:+.0f} %" for row in told["rows"]
    )
    return "\n  ".join([f"Beside {when}: {rows}", *told["queries"]])


def commit(root: Path) -> str:
    """The commit of a checkout; empty where nobody knows."""
    if given := os.environ.get("GITHUB_SHA"):
        return given
    with suppress(OSError, subprocess.SubprocessError):
        asked = ("git", "-C", str(root), "rev-parse", "HEAD")
        done = subprocess.run(asked, capture_output=True, text=True, timeout=GIT_SECONDS)
        return done.stdout.strip() if done.returncode == 0 else ""
    return ""


def _path(found: Found, folder: Path) -> Path:
    name = "".join(c if c.isalnum() or c in "-_" else "_" for c in found["profile"])
    return folder / "load" / f"{name}.json"


def _kept(found: Found, folder: Path) -> Found | None:
    try:
        kept: Found = json.loads(_path(found, folder).read_text("utf-8"))
        needed = (*PROVENANCE, "commit", "figures", "queries")
        return kept if all(key in kept for key in needed) else None
    except (OSError, ValueError, TypeError):
        return None


def _unlike(kept: Found, found: Found) -> str:
    for key in ALIKE:
        if kept[key] != found[key]:
            then, now = (_words(each[key]) for each in (kept, found))
            return f"its {key.replace('_', ' ')} was {then}, now it is {now}"
    ours, theirs = _place(found), _place(kept)
    return "" if ours == theirs else f"it was of {theirs}, this one is of {ours}"


def _words(value: object) -> str:
    if isinstance(value, Mapping):
        return ", ".join(f"{name} {100 * part:.0f} %" for name, part in value.items())
    return "not known" if value is None else str(value)


def _place(found: Found) -> str:
    of = found["subject"]
    return f"{of['app']} ({of['target']})" if of else str(found["url"])


def _digest(kept: Found) -> str:
    return str((kept["subject"] or {}).get("digest", ""))


def _rows(kept: Found, found: Found) -> Iterator[dict[str, Any]]:
    now = _figures(found)
    for name, then in kept["figures"].items():
        if name in now and then:
            change = round(now[name] / then - 1, 4)
            yield {"name": name, "then": then, "now": now[name], "change": change}


def _figures(found: Found) -> dict[str, float]:
    by = {each["fraction"]: each["ms"] for each in found["due"]}
    told = {name: by[fraction] for fraction, name in FIGURES.items() if fraction in by}
    return told | {f"query {q['name']}, ms": q["mean_ms"] for q in _queries(found)}


def _queries(found: Found) -> list[dict[str, Any]]:
    return list((found["explanation"]["database"] or {"queries": ()})["queries"])
