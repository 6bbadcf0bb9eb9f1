"""What a trial of migrations came to, as Markdown and as a page with its locks over time."""

from dataclasses import dataclass
from pathlib import Path

from staging.operations.rehearsing.records import Rehearsed
from staging.report.markdown import grid, markdown
from staging.report.migrations import HEADLINES, MARKS, headline
from staging.report.page import page
from staging.report.parts import sections
from staging.rules.locks import stops
from staging.rules.traced import Held, Traced

TEMPLATE = Path(__file__).with_name("rehearsed.html")
WORST = ("unsafe", "invalid", "window")
LEVELS = {"unsafe": "unsafe", "invalid": "not known", "window": "window", "note": "note"}


@markdown.register
def _(result: Rehearsed) -> str:
    lines = [f"### {headline(result)}", "", f"Rehearsed: {result.source}.", ""]
    worst = [each for each in result.reasons if each.level in WORST]
    notes = [each for each in result.reasons if each.level not in WORST]
    heads = ("", "File", "Statement", "What", "Instead")
    if worst:
        rows = [
            (MARKS[e.level], e.file, str(e.statement or ""), e.told, e.remedy.replace("\n", " "))
            for e in worst
        ]
        lines += grid(heads, rows)
    if notes:
        lines += [f"<details><summary>{len(notes)} notes</summary>", ""]
        lines += [f"- {each.file}: {each.told}" for each in notes]
        lines += ["", "</details>", ""]
    for title, found in sections(result):
        lines += [f"**{title}**", "", *grid(("", ""), found)]
    lines += [f"- Not seen: {each}." for each in result.blind]
    return "\n".join(lines).rstrip()


@dataclass(frozen=True, slots=True)
class Bar:
    """A lock on the timeline of its file: where it begins and how wide it is, in per cent."""

    lock: Held
    left: float
    width: float
    stops: str


@page.register
def _(result: Rehearsed) -> str:
    from jinja2 import Environment, StrictUndefined

    made = Environment(
        autoescape=True, trim_blocks=True, lstrip_blocks=True, undefined=StrictUndefined
    )
    template = made.from_string(TEMPLATE.read_text("utf-8"))
    last = result.scales[-1] if result.scales else None
    return template.render(
        run=result,
        told=HEADLINES[result.risk],
        levels=LEVELS,
        worst=[each for each in result.reasons if each.level in WORST],
        notes=[each for each in result.reasons if each.level not in WORST],
        files=[(file, bars(file)) for file in last.files] if last else [],
        scale=last,
        left=[each for each in result.failures if each.left],
        clean=sum(not each.left for each in result.failures),
        parts=sections(result),
        amount=amount,
        milliseconds=milliseconds,
    )


def bars(file: Traced) -> list[Bar]:
    """The locks that others wait for, each where it lies in its file's time."""
    whole = max([file.seconds, *(lock.taken + lock.held for lock in file.locks)], default=0) or 1
    shown = [lock for lock in file.locks if not lock.new and stops(lock.mode)]
    return [
        Bar(
            lock=lock,
            left=round(100 * max(0.0, lock.taken) / whole, 2),
            width=round(max(0.5, min(100 * lock.held / whole, 100)), 2),
            stops=stops(lock.mode),
        )
        for lock in shown
    ]


def amount(count: float) -> str:
    """Bytes as a person reads them."""
    for unit in ("bytes", "kB", "MB"):
        if count < 1000:
            return f"{count:.0f} {unit}"
        count /= 1000
    return f"{count:.1f} GB"


def milliseconds(seconds: float) -> str:
    """A time as a person reads it."""
    return f"{seconds:.2f} s" if seconds >= 1 else f"{seconds * 1000:.1f} ms"
