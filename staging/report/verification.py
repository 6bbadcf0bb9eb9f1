"""The plan's items as text for a person; and what was seen of the workflows."""

from collections.abc import Iterator
from itertools import groupby

from staging.operations.verify import Verification
from staging.operations.workflows import Looked
from staging.report.lines import table, text
from staging.rules.verification import Judged, Outcome

MARKS: dict[Outcome, str] = {"met": "=", "not met": "x", "not proved": "?"}
SIGNS: dict[Outcome, str] = {"met": "✓", "not met": "✗", "not proved": "?"}


@text.register
def _(result: Verification) -> str:
    lines = [f"Target {result.target}"]
    for name, items in groupby(result.items, lambda item: item.group):
        lines += ["", name, *table([(MARKS[i.outcome], i.title, i.outcome) for i in items])]
    lines.append("")
    lines += [f"{item.title}: {why}" for item in result.items for why in lacking(item)]
    lines += [_made(result), verdict(result)]
    return "\n".join(lines)


def verdict(result: Verification) -> str:
    """All of it in one line."""
    count = {kind: sum(item.outcome == kind for item in result.items) for kind in MARKS}
    told = f"{count['met']} of {len(result.items)} items of the plan are met"
    rest = [f"{count[kind]} {kind}" for kind in ("not met", "not proved") if count[kind]]
    return ", ".join([told, *rest]) + "."


def lacking(item: Judged) -> Iterator[str]:
    """What stands between an item and being met."""
    for each in item.answers:
        if each.outcome != "met":
            yield f"{each.outcome}: {each.source}: {each.figure}"


def figures(item: Judged) -> list[str]:
    """What each answer rests on; of an item that is not met, of those that are not."""
    told = [each for each in item.answers if each.outcome == item.outcome]
    return [f"{each.source}: {each.figure}" for each in told]


def short(digest: str) -> str:
    """An image's digest as far as a person compares it."""
    return digest.removeprefix("sha256:")[:12]


def _made(result: Verification) -> str:
    run = [f"{s.name} {s.seconds:.0f} s" for s in result.sources if s.seconds is not None]
    told = f"{', '.join(run)}; together {result.seconds:.0f} s" if run else "nothing"
    return f"Made anew: {told}."


@text.register
def _(result: Looked) -> str:
    lines = [f"{', '.join(result.files) or 'no workflow'} in .github/workflows"]
    lines += table(
        [
            (f"push to {p.branch}", ", ".join(p.releases) or "releases nothing")
            for p in result.pushes
        ]
    )
    lines += [f"Finding: {each}." for each in result.findings]
    asked = f" by {', '.join(result.asked)} too" if result.asked else ""
    lacking = " and ".join(result.unasked)
    unasked = f", but NOT by {lacking}: not installed" if lacking else ""
    return "\n".join([*lines, f"Workflows: {result.verdict}, looked at{asked}{unasked}."])
