"""Deploys, rollbacks and releases as text for a person."""

import re
from collections.abc import Sequence

from staging.operations.acceptance import Acceptance
from staging.operations.deploy import Deployment
from staging.operations.judged import Judged
from staging.operations.promote import Promoted
from staging.operations.releases import Listed, Releases
from staging.operations.restoring import Restored
from staging.operations.rollback import RolledBack
from staging.report.lines import table, text

SHOWN = 8  # lines of a log


@text.register
def _(result: Deployment) -> str:
    count = "1 machine" if result.machines == 1 else f"{result.machines} machines"
    return (
        f"On {count} of {result.app}: {result.image} ({_short(result.digest)}), healthy at "
        f"{result.url}, after {result.seconds:.1f} s."
    )


@text.register
def _(result: Judged) -> str:
    lines = [f"Target {result.target}"]
    if result.found_unfinished:
        lines.append(f"Found: {result.found_unfinished}.")
    lines += [f"Migration: {name}" for name in result.migrations]
    if result.dry_run:
        lines.append(f"Would deploy {result.image} to {result.app}, strategy {result.strategy}.")
        return "\n".join([*lines, f"Runs now: {result.before}."])
    if result.deployed:
        lines.append(text.dispatch(Deployment)(result.deployed))
    lines += _smoke(result.smoke)
    if result.verdict == "pass":
        lines.append(f"Release {result.release} is accepted, after {result.seconds:.1f} s.")
        return "\n".join(lines)
    lines += [f"Not accepted: {result.reason}", *_logged(result.logs[-SHOWN:])]
    if result.undone is None:
        return "\n".join([*lines, "No one image ran before: it stays as it is."])
    return "\n".join([*lines, "Rolled back by itself:", *_restored(result.undone)])


@text.register
def _(result: RolledBack) -> str:
    if result.dry_run:
        lines = [f"Would go back from {result.before} to release {result.release}: {result.image}."]
        return "\n".join([*lines, *(f"Not restored: {each}." for each in result.warnings)])
    lines = [f"Rolled back from {result.before} to release {result.release}."]
    if result.restored:
        lines += _restored(result.restored)
    return "\n".join([*lines, *_smoke(result.smoke)])


@text.register
def _(result: Releases) -> str:
    lines = [f"Target {result.target}, app {result.app}"]
    if result.releases:
        lines += table([_row(each) for each in result.releases])
    else:
        lines.append("No release yet.")
    return "\n".join([*lines, *([f"{result.unfinished}."] if result.unfinished else [])])


def _row(each: Listed) -> tuple[str, ...]:
    told = ": ".join(filter(None, (each.verdict or "not judged here", each.reason)))
    who = " ".join(filter(None, (each.who, each.why and f"“{each.why}”")))
    mark, commit = "*" if each.running else " ", each.commit[:9]
    number = f"{mark}{each.release}"
    image = re.sub(r"(@sha256:[0-9a-f]{12})[0-9a-f]+", r"\1", each.image)
    return number, each.status, each.at, image, each.migration, commit, who, told


def _restored(result: Restored) -> list[str]:
    lines = [f"{text.dispatch(Deployment)(result)} Recovered in {result.seconds:.1f} s."]
    if result.removed:
        lines.append(f"Removed what the deploy left behind: {', '.join(result.removed)}.")
    return [*lines, *(f"Not restored: {each}." for each in result.not_restored)]


def _smoke(result: Acceptance | None) -> list[str]:
    if result is None:
        return []
    told = [f"  {each}" for each in result.told] if result.verdict != "pass" else []
    return [f"smoke: {result.verdict} after {result.seconds:.1f} s ({result.report})", *told]


def _logged(lines: Sequence[str]) -> list[str]:
    return ["The last that its machines said:", *(f"    {line}" for line in lines)] if lines else []


def _short(digest: str) -> str:
    return digest.removeprefix("sha256:")[:12]


@text.register
def _(result: Promoted) -> str:
    lines = [f"Target {result.target}", *(f"Changes: {each}" for each in result.changes)]
    lines += table([(each.state, each.name, each.told) for each in result.evidence])
    lines += [f"Done without: {name}" for name in result.without]
    if result.dry_run:
        return "\n".join([*lines, f"Would give {result.app} {result.image}."])
    if result.deployed:
        lines.append(text.dispatch(Deployment)(result.deployed))
    lines += _smoke(result.smoke)
    if result.undone:
        failed = [f"Production was not well: {result.reason}", "Rolled back by itself:"]
        return "\n".join([*lines, *failed, *_restored(result.undone)])
    if result.verdict == "fail":
        return "\n".join([*lines, f"Production is not well: {result.reason}"])
    return "\n".join([*lines, f"{result.app} runs what staging proved ({result.seconds:.1f} s)."])
