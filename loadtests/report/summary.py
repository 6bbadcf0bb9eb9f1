"""A load document as Markdown: for a job's summary, and beside the page."""

from collections.abc import Iterator, Mapping
from typing import Any

SIGNS = {"pass": "✅", "fail": "❌", "invalid": "⚠️"}
MOST = 10
"""Endpoints that a summary has room for."""


def markdown(found: Mapping[str, Any]) -> str:
    """Verdict and reasons, objectives, the slowest endpoints; ends in a line feed."""
    verdict = found["verdict"]
    lines = [f"### {SIGNS[verdict]} Load: {verdict}", ""]
    lines.append(
        f"Profile {_text(found['profile'])}: {found['requests']} of {found['planned']} planned "
        f"requests, {found['errors']} errors, {found['planned_rate']:g}/s planned, "
        f"{_number(found['achieved_rate'])}/s sent in time."
    )
    lines += ["", *(f"- {_text(reason)}" for reason in (*found["reasons"], *found["warnings"]))]
    for key in ("capacity", "workers", "deploy", "comparison"):
        told = found.get(key, {}).get("lines", ())
        lines += ["", *(f"- {_text(line.strip())}" for line in told)] if told else []
    lines += ["", *_grid(("", "Objective"), _objectives(found))]
    if found["endpoints"]:
        lines += [
            "",
            *_grid(("Endpoint", "Requests", "Errors", "p50", "p95", "p99 ms"), _rows(found)),
        ]
    advice = ((found.get("explanation") or {}).get("database") or {}).get("advice", ())
    lines += ["", *(f"- {_text(line)}" for line in advice)] if advice else []
    return "\n".join(lines).rstrip() + "\n"


def _objectives(found: Mapping[str, Any]) -> Iterator[tuple[str, ...]]:
    for each in found["objectives"]:
        yield SIGNS[each["verdict"]], each["line"]


def _rows(found: Mapping[str, Any]) -> Iterator[tuple[str, ...]]:
    slowest = sorted(found["endpoints"], key=lambda e: -(e["p95_ms"] or 0.0))
    for e in slowest[:MOST]:
        figures = (_number(e[key]) for key in ("p50_ms", "p95_ms", "p99_ms"))
        yield e["name"], str(e["requests"]), str(e["errors"]), *figures


def _grid(heads: tuple[str, ...], rows: Iterator[tuple[str, ...]]) -> list[str]:
    lines = [f"| {' | '.join(heads)} |", f"|{'---|' * len(heads)}"]
    return lines + [f"| {' | '.join(_text(cell) for cell in row)} |" for row in rows]


def _text(words: str) -> str:
    """As Markdown shows it, whatever is in it."""
    plain = words.replace("\\", "\\\\").replace("&", "&amp;").replace("<", "&lt;")
    for sign in "|`*_[]":
        plain = plain.replace(sign, f"\\{sign}")
    return " ".join(plain.split())


def _number(value: float | None) -> str:
    return "-" if value is None else f"{value:.1f}"
