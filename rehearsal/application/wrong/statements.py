"""Statements that say something else than was meant, by the table misstatements.toml."""

import tomllib
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any

from psycopg import AsyncCursor

TABLE = Path(__file__).with_name("misstatements.toml")


@cache
def table() -> dict[str, dict[str, str]]:
    """For each fault the words that its statements have instead of others."""
    return tomllib.loads(TABLE.read_text("utf-8"))


def cursor(faults: Iterable[str]) -> type[AsyncCursor[Any]]:
    """The cursor of an image: psycopg's own where no statement is wrong."""
    changes = [change for name in sorted(faults) for change in table().get(name, {}).items()]
    if not changes:
        return AsyncCursor

    class Misstating(AsyncCursor[Any]):
        async def execute(  # type: ignore[override]  # psycopg's takes templates too
            self,
            query: str | bytes,
            params: Any = None,  # noqa: ANN401 - as psycopg's
            **more: Any,
        ) -> AsyncCursor[Any]:
            """One statement, its words changed."""
            text = query.decode() if isinstance(query, bytes) else query
            said = " ".join(text.split())
            for meant, instead in changes:
                said = said.replace(meant, instead)
            return await super().execute(said.encode(), params, **more)

    return Misstating
