"""Staging as the ground on which migrations are tried: locked, kept before, put back after.

What is to be put back is written down first, in the list that drills have too: whichever
trial or drill comes after a run that was killed works it off.
"""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field
from pathlib import Path

from staging.clouds import process
from staging.clouds.postgres import Address
from staging.errors import NotSo, Refused
from staging.inventory import Machine
from staging.operations import access, bundles, migrations, previews, reach, schemas
from staging.operations.drills import putback
from staging.operations.drills.putback import Journal
from staging.operations.journal import changing
from staging.operations.opening import Clouds
from staging.operations.rehearsing import keeping
from staging.operations.rehearsing.selection import Chosen
from staging.operations.steps import note
from staging.operations.wanted import the_project
from staging.rules import migrations as rules
from staging.rules.bundles import Bundle

COMMAND = "migrations.rehearse"


@dataclass(slots=True)
class Ground:
    """Staging while it is changed: `before` is what runs there, `rows` how many it has."""

    clouds: Clouds
    chosen: Chosen
    where: Address
    machines: tuple[Machine, ...]
    before: Bundle
    journal: Journal
    rows: int = 0
    done: list[str] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)

    def migrate(self) -> None:
        """Apply the chosen files as a deploy does: by `supabase db push`."""
        with tempfile.TemporaryDirectory() as work:
            folder = Path(work, "migrations")
            folder.mkdir()
            for version in migrations.applied(self.clouds):
                (folder / f"{version}_applied.sql").write_text("select 1;\n")
            for name, path in self.chosen.paths.items():
                (folder / name).write_bytes(path.read_bytes())
            migrations.push(self.clouds, folder, tuple(self.chosen.paths))


@contextmanager
def ground(clouds: Clouds, chosen: Chosen, *, why: str) -> Iterator[Ground]:
    """Staging, with production's schema, under the lock; afterwards as it was before."""
    _refuse_production(clouds)
    with changing(clouds.settings, COMMAND) as change:
        change.hold_of(clouds)
        previews.settle_config(clouds)
        putback.outstanding(clouds)
        _prove_old(clouds, chosen)
        made = _made(clouds, chosen)
        change.note("schema, machines", "rehearse", why)
        try:
            _keep(made)
            yield made
        finally:
            _put_back(made)


def _refuse_production(clouds: Clouds) -> None:
    """Settings refuse it as well; this is worth asking twice."""
    ours, theirs = clouds.settings.staging, clouds.settings.production
    if theirs.app == ours.app or theirs.project == ours.project:
        raise Refused("A migration is never rehearsed on production.")


def _prove_old(clouds: Clouds, chosen: Chosen) -> None:
    """The old schema is production's: where staging is ahead of it, there is none to begin with."""
    there = set(migrations.applied(clouds, production=True))
    ours = set(migrations.applied(clouds))
    if ours != there:
        ahead, behind = sorted(ours - there), sorted(there - ours)
        told = [f"staging is ahead by {', '.join(ahead)}"] if ahead else []
        told += [f"staging lacks {', '.join(behind)}"] if behind else []
        remedy = "`invoke schema.reset` gives staging production's schema, then run this again."
        problem = "Staging has not production's schema, so that the old one cannot be tried."
        raise NotSo(problem, detail="; ".join(told), remedy=remedy)
    bad = [name for name in chosen.paths if rules.version(name) in (None, *there)]
    if bad:
        problem = "These cannot be applied by `supabase db push` to staging."
        raise NotSo(problem, detail=", ".join(bad))


def _made(clouds: Clouds, chosen: Chosen) -> Ground:
    app = clouds.settings.staging.app
    machines = clouds.fly.machines(app)
    before = bundles.before(clouds, machines, app=app) if machines else None
    if before is None:
        raise NotSo("The machines run no one image: there is none to come back to.")
    password = access.database_password(clouds)
    return Ground(
        clouds=clouds,
        chosen=chosen,
        where=reach.staging_database(clouds, the_project(clouds), password),
        machines=machines,
        before=before,
        journal=Journal(clouds.settings, COMMAND),
    )


def _keep(made: Ground) -> None:
    folder = putback.kept_schema(made.clouds.settings)
    note("  keeping staging's schema and rows …")
    made.rows = keeping.keep(made.where, folder, schemas.programs(made.clouds))
    note(f"  {made.rows} rows are kept; they are put back afterwards.")
    # The list is worked off from its end: the schema first, then whatever ran on it.
    made.journal.will("image", **putback.of_image(made.before, made.machines))
    made.journal.will("schema")


def _put_back(made: Ground) -> None:
    with process.tidying() if process.ending() else nullcontext():
        note("  putting staging back …")
        done, failed = made.journal.back(made.clouds)
    for each in failed:
        note(f"  NOT put back: {each}")
    made.done += done
    made.failed += failed
