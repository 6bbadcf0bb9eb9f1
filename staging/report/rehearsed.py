"""What a trial of migrations came to, as Markdown and as a page."""

from staging.operations.rehearsing.records import Rehearsed
from staging.report.markdown import grid, markdown
from staging.report.migrations import MARKS, headline
from staging.report.parts import sections

WORST = ("unsafe", "invalid", "window")


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
