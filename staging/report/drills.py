"""Drills as text for a person, and as Markdown."""

from staging.operations.drills.records import Drilled, Drilling, Listed
from staging.report.lines import table, text
from staging.rules.conservation import Conservation

MARKS = {"pass": " ", "fail": "x", "invalid": "?", "pending": " "}


@text.register
def _(result: Listed) -> str:
    return "\n".join(table([(each.name, f"{each.does}: {each.expects}") for each in result.drills]))


@text.register
def _(result: Drilling) -> str:
    lines = [f"Target {result.target}, app {result.app}"]
    lines += [f"Found: {each}." for each in result.found_unfinished]
    if result.dry_run:
        rows = [(each.name, f"would do: {each.does}") for each in result.drills]
        return "\n".join([*lines, *table(rows)])
    for each in result.drills:
        lines += ["", *_drilled(each)]
    passed = sum(each.verdict == "pass" for each in result.drills)
    told = f"{passed} of {len(result.drills)} drills went as they should"
    return "\n".join([*lines, "", f"{told}, in {result.seconds:.0f} s: {result.verdict}."])


def _drilled(each: Drilled) -> list[str]:
    lines = [f"{each.name}: {each.verdict} ({each.seconds:.0f} s)", f"  did: {each.does}"]
    lines += [
        f"  {line}" for line in table([(MARKS[c.verdict], c.what, c.told) for c in each.checks])
    ]
    if seen := each.measured:
        times = f"detected after {_s(seen.detected)}, recovered after {_s(seen.recovered)}"
        lines.append(f"  {times}; {seen.lost} of {seen.requests} requests lost")
    if each.jobs:
        lines += [f"  {line}" for line in _jobs(each.jobs)]
    lines += [f"  {name}: {value:g}" for name, value in each.figures.items()]
    return [*lines, *(f"  put back: {told}" for told in each.put_back)]


def _jobs(found: Conservation) -> list[str]:
    ended = f"{found.finished} finished, {found.failed} failed, {found.cancelled} cancelled"
    line = f"jobs: {found.enqueued} enqueued, {ended}, {found.tasks} tasks"
    lost, doubled = len(found.lost), len(found.doubled)
    told = [f"  {each}" for each in (*found.lost, *found.doubled)]
    return [f"{line}; {lost} lost, {doubled} doubled", *told]


def _s(seconds: float | None) -> str:
    return "- s" if seconds is None else f"{seconds:.1f} s"
