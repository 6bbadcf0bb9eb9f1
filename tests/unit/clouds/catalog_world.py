"""A database with one of each kind, as production's reader sees it, before and after a change."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg

from staging.clouds import catalog, postgres
from staging.clouds.postgres import Address
from staging.inventory import Catalog
from staging.rules.catalog import Difference, differences
from staging.secret import Secret
from tests.rehearsal.application_postgres import PASSWORD, Postgres

MADE = Path(__file__).with_name("catalog_made.sql")


class World:
    """A server with production's database, and its catalog as the reader saw it."""

    def __init__(self, folder: Path) -> None:
        self.server = Postgres(folder)
        self.server.admin(MADE.read_bytes())
        self.production = self.read()
        to = f"postgresql://supabase_admin@127.0.0.1:{self.server.port}/postgres"
        self.changing = psycopg.connect(to, connect_timeout=5)

    def address(self, user: str = "staging_reader") -> Address:
        port, password = self.server.port, Secret(PASSWORD)
        return Address(host="127.0.0.1", port=port, user=user, password=password)

    def read(self, user: str = "staging_reader", *, limits: bool = False) -> Catalog:
        with postgres.connect(self.address(user), read_only=True, limits=limits) as connection:
            return catalog.read(connection)

    def after(self, change: str) -> tuple[Difference, ...]:
        """What the reader is told after a change, which is then taken back."""
        try:
            self.changing.execute(change.encode())
            self.changing.execute("set local session authorization staging_reader")
            return differences(self.production, catalog.read(self.changing))
        finally:
            self.changing.rollback()

    def end(self) -> None:
        self.changing.close()
        self.server.stop()


@contextmanager
def world() -> Iterator[World]:
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)  # the server runs as another user
        made = World(Path(folder))
        try:
            yield made
        finally:
            made.end()
