"""All that belongs to one environment, as it is shown to whoever is about to end it."""

from dataclasses import dataclass

from staging.clouds import postgres
from staging.errors import NotFound, StagingError
from staging.inventory import Machine
from staging.operations import fleetmachines, sighting
from staging.operations.credentials import Credentials
from staging.operations.opening import Clouds
from staging.operations.reach import staging_database
from staging.operations.steps import together
from staging.rules.environments import Seen

SIZE = """
select pg_size_pretty(pg_database_size(current_database())),
       (select coalesce(sum(n_live_tup), 0)::bigint from pg_stat_user_tables)
"""


@dataclass(slots=True)
class Holdings:
    """What would go with the environment."""

    seen: Seen
    machines: tuple[Machine, ...] = ()
    addresses: tuple[str, ...] = ()
    secrets: int = 0
    load: tuple[Machine, ...] = ()
    database: str = "of a size that is not known here"

    def lines(self) -> list[str]:
        """Each resource in a line; none if there is nothing."""
        told = []
        if self.seen.app:
            told.append(f"Fly app {self.seen.app}")
            told += [f"  machine {m.id}, {m.state} in {m.region}" for m in self.machines]
            told += [f"  address {kind}" for kind in self.addresses]
            told.append(f"  {self.secrets} secret{'' if self.secrets == 1 else 's'}")
        told += [f"load machine {m.id}, {m.state} in {m.region}" for m in self.load]
        if project := self.seen.project:
            told.append(f"Supabase project {project.name} ({project.ref}, {project.status})")
            told.append(f"  database {self.database}")
        return told


def read(clouds: Clouds) -> Holdings:
    """Ask both clouds for all of it; what goes meanwhile is gone."""
    found = Holdings(sighting.one(clouds))
    together(
        read_the_machines=lambda: _machines(clouds, found),
        find_load_machines=lambda: _load(clouds, found),
        read_the_addresses=lambda: _addresses(clouds, found),
        read_the_secrets=lambda: _secrets(clouds, found),
        measure_the_database=lambda: _database(clouds, found),
    )
    return found


def _machines(clouds: Clouds, found: Holdings) -> None:
    if found.seen.app:
        try:
            found.machines = clouds.fly.machines(found.seen.app)
        except NotFound:
            found.machines = ()


def _load(clouds: Clouds, found: Holdings) -> None:
    found.load = fleetmachines.left(clouds)


def _addresses(clouds: Clouds, found: Holdings) -> None:
    if found.seen.app:
        try:
            found.addresses = clouds.fly.addresses(found.seen.app)
        except NotFound:
            found.addresses = ()


def _secrets(clouds: Clouds, found: Holdings) -> None:
    if found.seen.app:
        try:
            found.secrets = len(clouds.fly.secrets(found.seen.app))
        except NotFound:
            found.secrets = 0


def _database(clouds: Clouds, found: Holdings) -> None:
    password = Credentials(clouds.settings, clouds.environ).password()
    project = found.seen.project
    if project is None or password is None or not project.status.startswith("ACTIVE"):
        return
    try:
        where = staging_database(clouds, project, password)
        with postgres.connect(where, read_only=True) as connection:
            size, rows = postgres.rows(connection, SIZE)[0]
    except StagingError:
        return
    found.database = f"of {size}, about {rows:,} rows"
