"""A fleet as text for a person, and as Markdown."""

from staging.operations.fleet import Carrier, Cleared, Fleet
from staging.report.lines import table, text
from staging.report.markdown import grid, markdown


@text.register
def _(result: Fleet) -> str:
    lines = [f"Target {result.target}, machines of {result.app}"]
    if result.verdict == "pending":
        return "\n".join([*lines, _would(result)])
    lines += table([_row(each) for each in result.machines])
    lines += [f"  {reason}" for reason in result.reasons]
    told = f"{result.requests} of {result.planned} planned requests: {result.verdict}."
    return "\n".join([*lines, told, _spent(result)])


@text.register
def _(result: Cleared) -> str:
    lines = [f"Target {result.target}", *(f"- {each}" for each in result.resources)]
    told = "Gone, read back as such." if result.resources else "Nothing was left."
    return "\n".join([*lines, told])


@markdown.register
def _(result: Fleet) -> str:
    if result.verdict == "pending":
        return f"### Load from {len(result.regions)} machines\n\n{_would(result)}"
    head = f"{result.requests} of {result.planned} planned requests: **{result.verdict}**"
    lines = [f"### Load from {len(result.regions)} machines: {result.verdict}", "", head, ""]
    if result.machines:
        lines += grid(("Machine", "Requests", "Clock", ""), [_row(m) for m in result.machines])
    return "\n".join([*lines, *(f"- {reason}" for reason in result.reasons), "", _spent(result)])


def _would(result: Fleet) -> str:
    told = (
        f"Would start {len(result.regions)} machines {result.size} in {', '.join(result.regions)}"
    )
    return f"{told}, for at most {result.most_usd:.4f} USD."


def _row(each: Carrier) -> tuple[str, ...]:
    clock = f"clock {each.clock_ahead_seconds:+.3f} s, known within {each.clock_within_ms:.1f} ms"
    return each.place, f"{each.requests} of {each.planned}", clock, each.lost or "done"


def _spent(result: Fleet) -> str:
    ended = f", {result.ended_before} of an earlier run were ended first" * bool(
        result.ended_before
    )
    return (
        f"The machines are gone after {result.seconds:.0f} s{ended}; "
        f"{result.usd:.4f} USD by prices of {result.prices_of}."
    )
