"""A database with one of each kind, as production's reader sees it, before and after a change."""

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

    def read(self, name: str = "postgres", *, user: str = "staging_reader") -> Catalog:
        port, password = self.server.port, Secret(PASSWORD)
        there = Address(host="127.0.0.1", port=port, user=user, password=password, name=name)
        with postgres.connect(there, read_only=True, limits=False) as connection:
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
