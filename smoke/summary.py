"""A run's result as Markdown, for a pull request or a job's summary."""

from collections.abc import Iterator

from smoke.report import Run

SIGNS = {"pass": "✅", "fail": "❌", "not proved": "❔", "left out": "⬜"}


def markdown(run: Run) -> str:
    """The verdict, a row for each line of the checklist, and what a reader has to know."""
    return "\n".join(_lines(run)) + "\n"


def _lines(run: Run) -> Iterator[str]:
    when = run.started.strftime("%Y-%m-%d %H:%M UTC")
    yield f"## Smoke: {run.verdict}"
    yield ""
    yield f"{run.url}, {run.mode}, {when}, {run.seconds:.1f} s"
    yield ""
    yield "| | Line | Passed | Failed | Not run |"
    yield "|---|---|---:|---:|---:|"
    for judged in run.lines:
        counts = " | ".join(str(judged.count(of)) for of in ("passed", "failed", "not run"))
        yield f"| {SIGNS[judged.verdict]} {judged.verdict} | {judged.line.title} | {counts} |"
    checks = [check for line in run.lines for check in line.checks]
    bad = [check for check in checks if check.outcome in {"failed", "allowed"}]
    if bad:
        yield ""
        yield from (f"- **{c.outcome}** {c.line}: {c.name}: {_code(c.reason)}" for c in bad)
    reasons = dict.fromkeys(c.reason for c in checks if c.outcome == "not run")
    told = [f"not run: {reason}" for reason in reasons]
    told += [f"flaky: {_code(said)}" for said in run.flaky]
    told += [f"allowed for nothing: {said}" for said in run.unused]
    told += [_code(said) for said in run.left]
    if told:
        yield ""
        yield from (f"- {said}" for said in told)


def _code(said: str) -> str:
    """Evidence as code, so that nothing in it is taken for markup."""
    return "`" + said.replace("`", "'") + "`"
