"""What is done about the issue that says that something is wrong. Pure."""

from collections.abc import Mapping, Sequence
from typing import Any, Literal

Act = Literal["opened", "updated", "closed", "nothing"]
WELL = {"success", "skipped"}


def results(needs: Any) -> dict[str, str]:  # noqa: ANN401 - JSON
    """How each job went, from what GitHub's `needs` says; ValueError if that says nothing."""
    if not isinstance(needs, dict) or not needs:
        raise ValueError("it names no job")
    found = {
        name: job.get("result") if isinstance(job, dict) else None for name, job in needs.items()
    }
    if unknown := [name for name, result in found.items() if not isinstance(result, str)]:
        raise ValueError(f"it does not say how {', '.join(unknown)} went")
    return {name: str(result) for name, result in found.items()}


def wrong(jobs: Mapping[str, str]) -> tuple[str, ...]:
    """The jobs that did not end well: failed, cancelled, or something not known."""
    return tuple(name for name, result in jobs.items() if result not in WELL)


def judged(jobs: Mapping[str, str]) -> bool:
    """Whether anything ran at all: where all was skipped, nothing was mended."""
    return any(result != "skipped" for result in jobs.values())


def act(jobs: Mapping[str, str], *, standing: bool) -> Act:
    """Open one issue, keep to the one that is open, or close it."""
    if wrong(jobs):
        return "updated" if standing else "opened"
    return "closed" if standing and judged(jobs) else "nothing"


def marker(about: str) -> str:
    """What marks the text of an issue or a comment as the one about something."""
    return f"<!-- staging: {about} -->"


def marked(bodies: Sequence[str], about: str) -> int | None:
    """The place of the first text that is about something."""
    mark = marker(about)
    return next((at for at, body in enumerate(bodies) if body.startswith(mark)), None)


def body(about: str, jobs: Mapping[str, str], *, run: str) -> str:
    """The text of the issue."""
    lines = [
        marker(about),
        f"Something is wrong with {about}.",
        "",
        "| Job | Result |",
        "|---|---|",
    ]
    bad = wrong(jobs)
    lines += [
        f"| {n} | **{told}** |" if n in bad else f"| {n} | {told} |" for n, told in jobs.items()
    ]
    lines.append("")
    if run:
        lines += [f"[The run]({run}) has the logs and the reports.", ""]
    lines.append("Each run writes this anew, and the first one in which all is well closes it.")
    return "\n".join(lines)
