"""The application's database: a pool that survives the server going away and coming back."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from typing import Any

import psycopg
from psycopg.errors import ReadOnlySqlTransaction
from psycopg.rows import dict_row
from psycopg_pool import AsyncConnectionPool, PoolTimeout

from rehearsal.application.configuration import Configuration
from rehearsal.application.envelope import Refusal
from rehearsal.application.wrong.statements import cursor

Row = dict[str, Any]
PATIENCE = 3.0
RECONNECT_AFTER = 1.0
AWAY = (TimeoutError, PoolTimeout, psycopg.OperationalError, ReadOnlySqlTransaction)
"""Supabase makes a database read-only whose disk is full: workers must outlive that, too."""

NOWHERE = "postgresql://nobody@127.0.0.1:1/nothing"


class Database:
    """Queries that end in time; a server that is away is DATABASE_ERROR, never a stack."""

    def __init__(self, configuration: Configuration) -> None:
        lost = "no-database" in configuration.faults
        self._leaky = "leaky" in configuration.faults
        self._lost: list[object] = []
        self._url = NOWHERE if lost else configuration.database_url
        self._pool = AsyncConnectionPool(
            self._url,
            min_size=1,
            max_size=configuration.connections,
            open=False,
            timeout=PATIENCE,
            max_lifetime=600,
            reconnect_timeout=2,
            check=AsyncConnectionPool.check_connection,
            kwargs={
                "autocommit": True,
                "row_factory": dict_row,
                "cursor_factory": cursor(configuration.faults.names),
                "connect_timeout": 3,
                "options": "-c statement_timeout=10s -c lock_timeout=5s",
                "application_name": "blue-banded-bee",
            },
        )

    async def open(self) -> None:
        """Begin to connect; nobody waits for it."""
        await self._pool.open(wait=False)

    async def close(self) -> None:
        """Give every connection back."""
        await self._pool.close(timeout=5)

    def figures(self) -> dict[str, float]:
        """The pool's state, for the metrics."""
        stats = self._pool.get_stats()
        size, idle = stats.get("pool_size", 0), stats.get("pool_available", 0)
        most = stats.get("pool_max", 0) or 1
        return {
            "in_use": size - idle,
            "idle": idle,
            "max_open": most,
            "reserved": 0,
            "usage_ratio": (size - idle) / most,
            "wait_count": stats.get("requests_queued", 0),
        }

    @asynccontextmanager
    async def connection(self) -> AsyncIterator[psycopg.AsyncConnection[Row]]:
        """A connection of the pool."""
        try:
            if self._leaky:
                self._lost.append(await self._pool.getconn(PATIENCE))
            async with self._pool.connection(PATIENCE) as connection:
                yield connection  # type: ignore[misc]  # the pool's rows are what kwargs say
        except AWAY as error:
            raise Refusal(503, "The database is not available", "DATABASE_ERROR") from error
        except (psycopg.DataError, UnicodeEncodeError) as error:
            # A zero byte, half a character, a number too big: no column holds it.
            raise Refusal(400, "A value of the request cannot be kept") from error

    async def listen(self, channel: str, heard: Callable[[], None]) -> None:
        """Call `heard` for each notice on a channel, for ever; a lost connection is made again."""
        while True:
            try:
                connection = await psycopg.AsyncConnection.connect(
                    self._url, autocommit=True, connect_timeout=3
                )
                async with connection:
                    await connection.execute(f"listen {channel}".encode())
                    async for _ in connection.notifies():
                        heard()
            except psycopg.OperationalError:
                await asyncio.sleep(RECONNECT_AFTER)

    async def all(self, query: str, *values: object) -> Sequence[Row]:
        """Every row of a query."""
        async with self.connection() as connection:
            found = await connection.execute(query.encode(), values or None)
            return await found.fetchall()

    async def one(self, query: str, *values: object) -> Row | None:
        """The first row of a query."""
        async with self.connection() as connection:
            found = await connection.execute(query.encode(), values or None)
            return await found.fetchone()

    async def run(self, query: str, *values: object) -> int:
        """A statement; how many rows it changed."""
        async with self.connection() as connection:
            return (await connection.execute(query.encode(), values or None)).rowcount
