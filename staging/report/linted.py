"""What was found in migrations, and how they stand, as text and as Markdown."""

from staging.operations.histories import Standing
from staging.operations.linting import Linted
from staging.report.lines import table, text
from staging.report.markdown import grid, markdown
from staging.rules.findings import SEVERITIES, Finding

SIGNS = {True: "✓", False: "-"}


@text.register
def _(result: Linted) -> str:
    lines = [f"Lint: {result.verdict}, {_counts(result)}; {result.source}."]
    lines.append(f"Weighed by {result.weighed}; PostgreSQL {result.major}.")
    for each in result.findings:
        place = f"{each.file}:{each.line}"
        lines += ["", f"{place}  {_weight(each)}  {each.rule}: {each.told}"]
        if each.allowed:
            lines.append(f"    allowed: {each.allowed}")
        else:
            lines += [f"    → {line}" for line in each.instead.splitlines()]
    return "\n".join(lines)


@markdown.register
def _(result: Linted) -> str:
    lines = [f"### Migrations, lint: {result.verdict}, {_counts(result)}", ""]
    lines += [f"{result.source}; weighed by {result.weighed}.", ""]
    rows = [
        (_weight(f), f"{f.file}:{f.line}", f"`{f.rule}` {f.told}", f.allowed or _code(f.instead))
        for f in result.findings
        if f.severity != "note"
    ]
    if rows:
        lines += grid(("", "Where", "What", "Instead"), rows)
    return "\n".join(lines).rstrip()


@text.register
def _(result: Standing) -> str:
    head = ("", "version", "here", "staging", "production", "name")
    rows = [
        (
            "✗" if each.wrong else " ",
            each.version,
            *(SIGNS[there] for there in (each.local, each.staging, each.production)),
            "; ".join((each.name, *each.wrong)),
        )
        for each in result.migrations
    ]
    lines = [_standing(result), *(table([head, *rows]) if rows else [])]
    if result.skipped:
        lines.append(f"Passed over, for their names: {', '.join(result.skipped)}.")
    if result.unkept:
        lines.append(f"Whether it was edited is not known of: {', '.join(result.unkept)}.")
    return "\n".join(lines)


@markdown.register
def _(result: Standing) -> str:
    told = [each for each in result.migrations if each.wrong or each.pending]
    lines = [f"### {_standing(result)}", ""]
    rows = [
        (each.version, each.name, " and ".join(each.pending), "; ".join(each.wrong))
        for each in told
    ]
    if rows:
        lines += grid(("Version", "Name", "Pending on", "Wrong"), rows)
    return "\n".join(lines).rstrip()


def _standing(result: Standing) -> str:
    wrong = sum(bool(each.wrong) for each in result.migrations)
    waiting = {
        place: sum(place in each.pending for each in result.migrations)
        for place in ("staging", "production")
    }
    order = f"{wrong} wrong" if wrong else "in order"
    pending = ", ".join(f"{count} pending on {place}" for place, count in waiting.items())
    return f"Migrations: {len(result.migrations)} in all, {order}, {pending}"


def _counts(result: Linted) -> str:
    many = {
        kind: sum(f.severity == kind and not f.allowed for f in result.findings)
        for kind in SEVERITIES
    }
    counts = [f"{count} {kind}{'' if count == 1 else 's'}" for kind, count in many.items()]
    allowed = sum(bool(f.allowed) for f in result.findings)
    return ", ".join(counts) + (f", {allowed} allowed" if allowed else "")


def _weight(each: Finding) -> str:
    """How bad, and how large the table is that it is about."""
    if each.table and each.rows:
        return f"{each.severity} ({each.table}: {each.rows:,} rows)"
    return each.severity


def _code(told: str) -> str:
    return f"`{told}`" if told else ""
