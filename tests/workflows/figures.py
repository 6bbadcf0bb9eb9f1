"""How much of the workflow files was run, and how long an event took beside its longest chain."""

from collections.abc import Mapping, Sequence
from typing import Any

from tests.workflows.running import Ran, named
from tests.workflows.world import Took

FOUND_ONLY = {("nightly", "sessions", "Session"), ("nightly", "newest", "Record again")}
"""Steps that take hours: it is seen that nox has their sessions, and they are not run."""

Step = tuple[str, str, str]


def figures(
    workflows: Mapping[str, Mapping[str, Any]], ran: Sequence[Ran], took: Sequence[Took]
) -> dict[str, Any]:
    """As they are told and kept."""
    there = {
        (name, job, named(step))
        for name, workflow in workflows.items()
        for job, told in workflow["jobs"].items()
        for step in told["steps"]
        if "run" in step
    }
    run: set[Step] = {
        (r.workflow, r.job, r.step) for r in ran if r.kind == "run" and r.outcome != "skipped"
    }
    jobs = {(name, job) for name, workflow in workflows.items() for job in workflow["jobs"]}
    done = {(r.workflow, r.job) for r in ran}
    waits = [round(each.seconds / each.chain, 2) for each in took if each.chain]
    return {
        "steps": {"in_files": len(there), "run": len((run & there) - FOUND_ONLY)},
        "only_found": len(run & FOUND_ONLY),
        "not_run": sorted(" / ".join(each) for each in there - run),
        "jobs": {"in_files": len(jobs), "run": len(jobs & done)},
        "triggers": {"in_files": sorted(triggers(workflows)), "seen": sorted(_seen(took))},
        "wall_to_chain": max(waits, default=None),
        "events": [
            {"event": t.event, "seconds": round(t.seconds, 1), "chain": round(t.chain, 1)}
            for t in took
        ],
    }


def triggers(workflows: Mapping[str, Mapping[str, Any]]) -> set[str]:
    """Every event that starts one: with its branch, its type or its time."""
    found: set[str] = set()
    for workflow in workflows.values():
        for name, asked in workflow["on"].items():
            if name == "schedule":
                found |= {f"schedule {each['cron']}" for each in asked}
            else:
                kinds = (asked or {}).get("types") or (asked or {}).get("branches") or ()
                found |= {f"{name} {kind}" for kind in kinds} or {name}
    return found


def lines(found: Mapping[str, Any]) -> list[str]:
    """For whoever watches."""
    steps, jobs = found["steps"], found["jobs"]
    wanted, seen = found["triggers"]["in_files"], found["triggers"]["seen"]
    met = [each for each in wanted if any(other.startswith(each) for other in seen)]
    return [
        f"workflow steps run {steps['run']} of {steps['in_files']} in the files, "
        f"{found['only_found']} only found; jobs {jobs['run']} of {jobs['in_files']}; "
        f"triggers {len(met)} of {len(wanted)}; "
        f"wall time at most {found['wall_to_chain']} of the longest chain",
        *(f"not run: {each}" for each in found["not_run"]),
    ]


def _seen(took: Sequence[Took]) -> set[str]:
    return {each.event for each in took}
