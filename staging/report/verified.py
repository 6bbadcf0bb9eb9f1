"""What verification found, as Markdown and as the page that a team shows its boss."""

from itertools import groupby
from pathlib import Path

from staging.operations.verify import Verification
from staging.report.markdown import grid, markdown
from staging.report.page import page
from staging.report.verification import figures, short, verdict
from staging.rules.verification import Judged, Outcome

TEMPLATE = Path(__file__).with_name("verified.html")
SIGNS: dict[Outcome, str] = {"met": "✓", "not met": "✗", "not proved": "?"}
OPEN = ("not met", "not proved")
HEADLINES = {
    "pass": "Staging is what was planned.",
    "fail": "Staging is not yet what was planned.",
    "invalid": "Not all of it is proved yet.",
}


@markdown.register
def _(result: Verification) -> str:
    lines = [f"### {verdict(result)}", ""]
    rows = [(SIGNS[i.outcome], i.title, i.outcome, "; ".join(figures(i))) for i in result.items]
    lines += grid(("", "Promise of the plan", "", "Evidence"), rows)
    told = [
        (s.name, f"`{s.command}`", s.at, short(s.digest), s.unfit or "yes") for s in result.sources
    ]
    lines += grid(("Evidence", "Made by", "At", "Image", "Counts"), told)
    return "\n".join(lines).rstrip()


@page.register
def _(result: Verification) -> str:
    from jinja2 import Environment, StrictUndefined

    made = Environment(
        autoescape=True, trim_blocks=True, lstrip_blocks=True, undefined=StrictUndefined
    )
    template = made.from_string(TEMPLATE.read_text("utf-8"))
    return template.render(
        run=result,
        headline=HEADLINES[result.verdict],
        told=verdict(result),
        counts={kind: sum(i.outcome == kind for i in result.items) for kind in SIGNS},
        groups=[(name, list(items)) for name, items in groupby(result.items, _group)],
        coded=_coded,
        capital=_capital,
        figures=lambda item: [each.figure for each in item.answers if each.outcome == item.outcome],
        sources={each.name: each for each in result.sources},
        short=short,
        when=_when,
        lacking=[item for kind in OPEN for item in result.items if item.outcome == kind],
    )


def _group(item: Judged) -> str:
    return item.group


def _coded(told: str) -> object:
    """Words between backticks as code, the rest escaped."""
    from markupsafe import Markup, escape

    parts = [escape(part) for part in told.split("`")]
    return Markup("").join(
        Markup("<code>{}</code>").format(part) if at % 2 else part for at, part in enumerate(parts)
    )


def _capital(words: str) -> str:
    """As a sentence begins."""
    return words[:1].upper() + words[1:]


def _when(at: str) -> str:
    """A time as a person reads it: the zone is UTC in every report."""
    return f"{at[:10]} {at[11:16]} UTC" if len(at) >= 16 else "never"
