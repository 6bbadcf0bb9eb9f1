"""Results as text for a person."""

import staging.report.contracts
import staging.report.cost
import staging.report.data
import staging.report.deploys
import staging.report.drills
import staging.report.environments
import staging.report.isolation
import staging.report.migrations
import staging.report.parity
import staging.report.schemas
import staging.report.secrets
import staging.report.verification
import staging.report.watch  # noqa: F401
from staging.operations.doctor import Diagnosis
from staging.operations.provision import Provisioned
from staging.operations.status import Status
from staging.report.lines import table, text
from staging.rules.plan import changes
from staging.rules.resources import Row

MARKS = {"create": "+", "update": "~", "replace": "!", "nothing": " ", "refused": "x"}

WORTH_TELLING = 1.0  # seconds


@text.register
def _(result: Provisioned) -> str:
    rows = [(MARKS[row.action], row.resource, weighed(row)) for row in result.rows]
    lines = [f"Target {result.target}", *table(rows)]
    lines += [f"Finding: {finding}." for finding in result.findings]
    done = changes(result.rows)
    if result.dry_run:
        lines.append(f"{len(done)} to change." if done else "Nothing to do.")
    elif done:
        lines.append(f"{len(done)} changed, read back and as planned, in {result.seconds:.1f} s.")
    else:
        lines.append(
            f"Nothing to do: staging is the mirror of production ({result.seconds:.1f} s)."
        )
    if result.url:
        lines += ["", f"Staging answers at {result.url}"]
        lines.append("Next: nox -s smoke, nox -s load, invoke status")
    return "\n".join(lines)


@text.register
def _(result: Status) -> str:
    rows = [
        ("app", f"{result.app} at {result.url or 'nowhere'}"),
        ("health", result.health),
        *(
            ("machine", f"{m.id} {m.state} in {m.region}, image {_short(m.digest)}")
            for m in result.machines
        ),
        ("project", f"{result.project.ref} {result.project.status}" if result.project else "none"),
        ("database", f"{result.database_host}:{result.database_port} {result.database}"),
    ]
    problems = [f"Not well: {problem}." for problem in result.problems]
    return "\n".join([f"Target {result.target}", *table(rows), *problems])


@text.register
def _(result: Diagnosis) -> str:
    marks = [(c, "x" if c.mend else "?" if c.warn else " ") for c in result.checkups]
    rows = [(mark, c.name, c.found) for c, mark in marks]
    mends = [f"{c.name}: {c.mend}" for c in result.checkups if c.mend]
    warns = [f"Warning: {c.warn}." for c in result.checkups if c.warn]
    return "\n".join([f"Target {result.target}", *table(rows), *mends, *warns])


def weighed(row: Row) -> str:
    """What is to be made or changed says what it costs, and how long it usually takes."""
    told = [row.detail]
    if row.monthly_usd is not None and row.action != "nothing":
        told.append(f"{row.monthly_usd:.2f} USD a month")
    if row.usual_seconds is not None and row.usual_seconds >= WORTH_TELLING:
        told.append(f"usually {row.usual_seconds:.0f} s")
    return "; ".join(told)


def _short(digest: str) -> str:
    return digest.removeprefix("sha256:")[:12]
