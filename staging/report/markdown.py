"""Results as Markdown, for a pull request or a job's summary."""

from collections.abc import Sequence
from functools import singledispatch

from staging.operations.isolation import Isolation
from staging.operations.parity import Parity
from staging.operations.provision import Provisioned
from staging.report.lines import text
from staging.report.text import weighed
from staging.rules.plan import changes, refusals


@singledispatch
def markdown(result: object) -> str:
    """The result as Markdown; one that has no form of its own as its text."""
    return f"```\n{text(result)}\n```"


@markdown.register
def _(result: Provisioned) -> str:
    done, refused = changes(result.rows), refusals(result.rows)
    what = "Plan" if result.dry_run else "Provisioned"
    lines = [f"### {what}: {len(done)} of {len(result.rows)} resources change", ""]
    shown = [row for row in result.rows if row in (*done, *refused)]
    if shown:
        rows = [(row.action, row.resource, weighed(row)) for row in shown]
        lines += grid(("Action", "Resource", "Detail"), rows)
    lines += [f"- {row.resource}: {row.detail}" for row in result.rows if "cost" in row.resource]
    return "\n".join([*lines, *(f"- Finding: {finding}." for finding in result.findings)])


@markdown.register
def _(result: Parity) -> str:
    values = sum(resource.values for resource in result.resources)
    lines = [f"### Parity: {result.verdict}, {values} values compared", ""]
    if result.differences:
        heads = ("Resource", "Value", "Production", "Staging", "")
        rows = [
            (each.resource, each.path, each.production or "", each.staging or "", each.detail)
            for each in result.differences
        ]
        lines += grid(heads, rows)
    lines += [f"- Not read: {name}: {why}." for name, why in result.unread.items()]
    if kept := result.certificate:
        lines.append(f"Certificate `{kept.sha256[:12]}`, valid until {kept.valid_until}.")
    return "\n".join(lines).rstrip()


@markdown.register
def _(result: Isolation) -> str:
    rows = [(each.verdict, each.what, each.evidence, each.how) for each in result.proofs]
    lines = [f"### Isolation: {result.verdict}, {len(rows)} proofs sought", ""]
    lines += grid(("", "What", "Evidence", "How"), rows)
    lines += [f"- {p.what}: {p.remedy}" for p in result.proofs if p.remedy]
    return "\n".join(lines).rstrip()


def grid(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    """A table, and the empty line that ends it."""
    told = [[cell.replace("|", "\\|").replace("\n", " ") for cell in row] for row in rows]
    lines = [heads, ["---"] * len(heads), *told]
    return [*(f"| {' | '.join(line)} |" for line in lines), ""]
