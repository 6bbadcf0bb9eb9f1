"""A load document as one page that needs nothing else."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from loadtests.report import pictures
from loadtests.report.charts import DASHES

TEMPLATE = Path(__file__).with_name("page.html")
SPECIAL = {
    "capacity": "Capacity",
    "workers": "Workers",
    "deploy": "Before, during and after",
}
"""What profiles of a kind of their own tell: a key of the document, and its heading."""

HEADLINES = {
    "pass": "Fast enough.",
    "fail": "Not fast enough.",
    "invalid": "This run proves nothing.",
}
GROUPS = {"machine": "Machines", "application": "The application", "database": "The database"}


def html(found: Mapping[str, Any]) -> str:
    """The page; every word of the document is escaped."""
    from jinja2 import Environment, StrictUndefined  # costs 0.1 s, so not at the top

    made = Environment(
        autoescape=True, trim_blocks=True, lstrip_blocks=True, undefined=StrictUndefined
    )
    template = made.from_string(TEMPLATE.read_text("utf-8"))
    return template.render(
        run=found,
        headline=HEADLINES[found["verdict"]],
        charts=list(pictures.charts(found)),
        resources=pictures.resources(found),
        groups=GROUPS,
        dashes=DASHES,
        special=[(title, found[key]) for key, title in SPECIAL.items() if key in found],
        tables=_tables,
        words=_words,
        shown=_shown,
    )


def _tables(special: Mapping[str, Any]) -> list[tuple[str, list[Mapping[str, Any]]]]:
    """Lists of records, each with its name."""
    return [
        (key, rows)
        for key, rows in special.items()
        if isinstance(rows, list) and rows and isinstance(rows[0], Mapping)
    ]


def _words(key: str) -> str:
    """A key of the document as a heading."""
    name = key.removesuffix("_ms").replace("_", " ")
    return f"{name}, ms" if key.endswith("_ms") else name


def _shown(value: object) -> str:
    if value is None:
        return "-"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{value:,.5g}" if isinstance(value, float) else str(value)
