"""What came of a schema's export, comparison and examination, for a person."""

from collections import Counter

from staging.operations.advising import Advice
from staging.operations.applying import Applied
from staging.operations.differing import SchemaDiff
from staging.operations.exporting import SchemaExport
from staging.report.lines import table, text
from staging.rules.advice import SEVERITIES
from staging.rules.schemadiff import Told


@text.register
def _(result: SchemaExport) -> str:
    if not result.output:
        return result.sql.rstrip("\n")
    told = f"The schema of {result.of}: {', '.join(result.schemas)}"
    return f"{told}; {result.lines} lines in {result.output}."


@text.register
def _(result: Applied) -> str:
    if not result.changed:
        return f"Nothing to do: staging's schema is that of {result.source}."
    lines = [f"Not done: {each}" for each in result.refused]
    lines += differences(result.differences, (result.source, "staging"))
    done = "replaced by" if result.emptied else "made as"
    left = len(result.differences)
    proof = f"; {left} differences are left." if left else ", read back and without a difference."
    return "\n".join([*lines, f"Staging's schema was {done} that of {result.source}{proof}"])


@text.register
def _(result: SchemaDiff) -> str:
    names = (result.first, result.second)
    lines = differences(result.differences, names)
    lines += [f"Not read: {each}." for each in result.unread]
    lines.append(f"Not compared, being no schema's: {', '.join(result.not_compared)}.")
    told = {
        "pass": f"No difference between {names[0]} and {names[1]}: {result.objects} objects",
        "fail": f"{len(result.differences)} differences between {names[0]} and {names[1]}",
        "invalid": f"Not known whether {names[0]} and {names[1]} differ",
    }
    return "\n".join([*lines, f"{told[result.verdict]} ({result.seconds:.1f} s)."])


@text.register
def _(result: Advice) -> str:
    rows = [
        row
        for each in result.findings
        for row in (
            ("accepted" if each.accepted else each.severity, each.rule, each.place),
            ("", "", f"{each.detail}; {each.accepted or each.remedy}"),
        )
    ]
    lines = table(rows) if rows else []
    lines += [f"Not judged: {each}." for each in result.not_judged]
    lines += [f"Acceptance to be looked at: {each}." for each in result.stale]
    lines += [f"Not read: {each}" for each in result.unread]
    for name, found in result.inspected.items():
        lines.append(f"supabase inspect db {name}: {len(found)} rows, in the report")
    count = Counter(each.severity for each in result.findings if not each.accepted)
    told = ", ".join(f"{count[severity]} of severity {severity}" for severity in SEVERITIES)
    word = {"pass": "No error", "fail": "Errors", "invalid": "Not all could be asked"}
    return "\n".join([*lines, f"{word[result.verdict]} in {result.of}: {told}."])


def differences(found: tuple[Told, ...], names: tuple[str, str]) -> list[str]:
    """A line for each, with what both sides say."""
    rows = [(f"{each.kind} {each.name}", _said(each, names)) for each in found]
    return table(rows) if rows else []


def _said(each: Told, names: tuple[str, str]) -> str:
    if not each.attribute:
        return each.what
    first, second = (value or "none" for value in (each.first, each.second))
    return f"{each.attribute}: {first} in {names[0]}, {second} in {names[1]}"
