"""What a trial of migrations came to, as text."""

from collections.abc import Iterable

from staging.operations.rehearsing.records import Rehearsed
from staging.report.lines import table, text
from staging.report.parts import sections
from staging.rules.risk import Reason, Risk

HEADLINES: dict[Risk, str] = {
    "safe": "safe",
    "window": "needs a window",
    "unsafe": "unsafe",
    "invalid": "not rehearsed well enough",
}
MARKS = {"unsafe": "✗", "invalid": "?", "window": "!", "note": "·"}


@text.register
def _(result: Rehearsed) -> str:
    lines = [headline(result), f"Rehearsed: {result.source}, in {result.seconds:.1f} s.", ""]
    if told := list(_reasons(result.reasons)):
        lines += [*table(told), ""]
    for title, rows in sections(result):
        lines += [f"{title}:", *table([("", *row) for row in rows]), ""]
    if failures := _failures(result):
        lines += ["Should it fail half way:", *table(failures), ""]
    lines += [f"Not seen: {each}." for each in result.blind]
    return "\n".join(lines).rstrip()


def headline(result: Rehearsed) -> str:
    """The verdict in one line."""
    told = HEADLINES[result.risk]
    if result.risk == "window":
        told += f" of {result.window_seconds:g} s"
    many = len(result.files)
    return f"Migrations: {told} ({result.verdict}), {many} file{'' if many == 1 else 's'}"


def _reasons(reasons: Iterable[Reason]) -> Iterable[tuple[str, ...]]:
    for each in reasons:
        where = f"{each.file}:{each.statement}" if each.statement else each.file
        yield MARKS[each.level], where, each.told
        if each.remedy:
            yield "", "", f"→ {each.remedy}"


def _failures(result: Rehearsed) -> list[tuple[str, ...]]:
    """What stays, of the failures after which something does; one line for all others."""
    found: list[tuple[str, ...]] = [
        (each.file, f"{each.how}: {'; '.join(each.left)}. {each.go_on}")
        for each in result.failures
        if each.left
    ]
    clean = sum(not each.left for each in result.failures)
    if clean:
        found.append(("", f"{clean} failures injected of which nothing was left"))
    return found
