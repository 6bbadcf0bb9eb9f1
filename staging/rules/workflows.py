"""What GitHub makes of workflow files: which event starts which, what is released, what is wrong.

A workflow is a document as `workflowfile` reads it. Pure.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any

Workflow = Mapping[str, Any]
ALWAYS = ("opened", "synchronize", "reopened")
"""What starts a workflow of pull requests that names no types."""

PINNED = re.compile(r"[\w.-]+/[\w./-]+@[0-9a-f]{40}")
RELEASES = re.compile(r"\binvoke (deploy|promote|rollback|provision|destroy|prune)\b")
READS = re.compile(r"--dry-run\b")


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """What happened: a `push` to a branch, a `pull_request` into one with its action, and so on."""

    name: str
    branch: str = ""
    action: str = ""
    cron: str = ""


def starts(workflow: Workflow, event: Event) -> bool:
    """Whether GitHub starts the workflow, by its own `on:`."""
    told = workflow.get("on")
    on = told if isinstance(told, Mapping) else dict.fromkeys(_listed(told))
    if event.name not in on:
        return False
    asked = on[event.name] or {}
    if event.name == "schedule":
        return not event.cron or event.cron in {each["cron"] for each in asked}
    if not _branch(asked, event.branch):
        return False
    if event.name.startswith("pull_request"):
        return event.action in (_listed(asked.get("types")) or ALWAYS)
    return True


def commands(workflow: Workflow) -> tuple[str, ...]:
    """Every `run:` of its jobs, in the order of the file."""
    return tuple(step["run"] for _, step in _steps(workflow) if step.get("run"))


def releases(workflow: Workflow) -> tuple[str, ...]:
    """What its steps change in the clouds, as `invoke deploy`; what only shows is not counted."""
    told = [
        f"invoke {match[1]}"
        for command in commands(workflow)
        for line in command.splitlines()
        for match in RELEASES.finditer(line)
        if not READS.search(line)
    ]
    return tuple(dict.fromkeys(told))


def pushed(workflows: Sequence[Workflow], branch: str) -> tuple[str, ...]:
    """What a push to a branch changes in the clouds, by all workflows together."""
    event = Event(name="push", branch=branch)
    told = (releases(each) for each in workflows if starts(each, event))
    return tuple(dict.fromkeys(name for names in told for name in names))


def complaints(workflow: Workflow) -> Iterator[str]:
    """What must not be so in any workflow, whatever it does."""
    if workflow.get("permissions") != {}:
        yield "it does not begin with `permissions: {}`"
    if "concurrency" not in workflow:
        yield "it has no concurrency group"
    if starts(workflow, Event(name="pull_request_target", action="opened")):
        yield "pull_request_target gives our secrets to what a stranger wrote"
    for name, job in (workflow.get("jobs") or {}).items():
        if "timeout-minutes" not in job:
            yield f"job {name} has no time limit"
        if "permissions" not in job:
            yield f"job {name} does not say what it may do"
    for name, step in _steps(workflow):
        used = step.get("uses", "")
        if used and not used.startswith("./") and not PINNED.fullmatch(used):
            yield f"job {name} uses {used}, which is not pinned by a commit"
        kept = (step.get("with") or {}).get("persist-credentials", "")
        if used.startswith("actions/checkout@") and kept != "false":
            yield f"job {name} leaves its token in the checkout"
        if "${{" in step.get("run", ""):
            yield f"job {name} puts an expression into a command: give it by env"


def _steps(workflow: Workflow) -> Iterator[tuple[str, Mapping[str, Any]]]:
    for name, job in (workflow.get("jobs") or {}).items():
        for step in job.get("steps") or ():
            yield name, step


def _branch(asked: Mapping[str, Any], branch: str) -> bool:
    """GitHub's filters: `*` stops at a slash, `**` does not; the last pattern that fits decides."""
    if ignored := _listed(asked.get("branches-ignore")):
        return not any(_fits(branch, each) for each in ignored)
    wanted = _listed(asked.get("branches"))
    if not wanted:
        return "tags" not in asked  # a push of tags only is none of a branch
    fits = False
    for pattern in wanted:
        if pattern.startswith("!"):
            fits = fits and not _fits(branch, pattern[1:])
        else:
            fits = fits or _fits(branch, pattern)
    return fits


def _fits(branch: str, pattern: str) -> bool:
    if "**" in pattern:
        return fnmatchcase(branch, pattern.replace("**", "*"))
    return branch.count("/") == pattern.count("/") and fnmatchcase(branch, pattern)


def _listed(told: Any) -> tuple[str, ...]:  # noqa: ANN401 - a word, a list of them, or nothing
    if told is None:
        return ()
    return (told,) if isinstance(told, str) else tuple(told)
