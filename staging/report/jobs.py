"""What is told in a job and from it, as text for a person and as Markdown."""

from staging.operations.alarm import Alarmed
from staging.operations.comment import Commented
from staging.operations.gate import Gate
from staging.operations.proposal import Proposal
from staging.report.lines import table, text
from staging.report.markdown import grid, markdown

SIGNS = {"pass": "✅", "fail": "❌"}


@text.register
def _(result: Alarmed) -> str:
    issue = f"Issue {result.number}, {result.url}" if result.number else "No issue"
    wrong = ", ".join(result.wrong)
    told = f"Wrong with {result.about}: {wrong}." if wrong else f"All is well with {result.about}."
    return f"{told}\n{issue}: {result.act}."


@text.register
def _(result: Commented) -> str:
    lines = [f"Pull request {result.number}, {result.about}: {result.act}, {result.url}"]
    lines += [f"Missing: reports/{name}.md." for name in result.missing]
    return "\n".join(lines)


@text.register
def _(result: Gate) -> str:
    where = [("answers at", result.url)] if result.url else []
    lines = table([*result.found, *where, ("verdict", result.verdict)])
    return "\n".join([f"{result.app} ({result.target})", *lines])


@markdown.register
def _(result: Gate) -> str:
    sign = SIGNS.get(result.verdict, "❔")
    where = f" at {result.url}" if result.url else ""
    lines = [
        f"## {sign} {result.app}: {result.verdict}",
        "",
        f"Commit `{result.commit}`{where}.",
        "",
    ]
    rows = [(SIGNS.get(verdict, "❔"), name, verdict) for name, verdict in result.found]
    return "\n".join([*lines, *grid(("", "Evidence", "Verdict"), rows)]).rstrip()


@text.register
def _(result: Proposal) -> str:
    parts = [text(each) for each in (result.plan, result.cost) if each is not None]
    if result.migrations is not None:
        parts.append(f"Migrations: {', '.join(result.migrations) or 'none is pending'}.")
    parts += [f"{name} could not be told: {why}" for name, why in result.unread]
    return "\n\n".join(parts)


@markdown.register
def _(result: Proposal) -> str:
    parts = [f"## What this would do to {result.app}"]
    if result.plan is not None:
        parts.append(markdown(result.plan))
    if result.migrations is not None:
        names = [f"- `{name}`" for name in result.migrations] or ["None is pending."]
        parts.append("\n".join(["### Migrations", "", *names]))
    if result.cost is not None:
        bill = f"<details><summary>Line by line</summary>\n\n{markdown(result.cost)}\n\n</details>"
        parts += [_bill(result), bill]
    parts += [f"**{name} could not be told:** {why}" for name, why in result.unread]
    return "\n\n".join(parts)


def _bill(result: Proposal) -> str:
    cost = result.cost
    known = cost is not None and cost.staging_usd is not None
    month = f"{cost.staging_usd:.2f} USD" if cost and known else "not known"
    over = f" **{cost.over:.2f} over the budget.**" if cost and cost.over else ""
    return f"### Cost\n\n{result.app} a month: {month}.{over}"
