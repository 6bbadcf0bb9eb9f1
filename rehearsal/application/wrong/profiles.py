"""Profiles that are told otherwise than the database has them."""

from typing import Any
from uuid import UUID

from rehearsal.application.database import Database
from rehearsal.application.faults import Faults
from rehearsal.application.people import Profiles

Told = dict[str, Any]
FORGETS = frozenset({"writes-nowhere", "stale-reads", "wrong-database"})


class Forgetful(Profiles):
    """Keeps changes nowhere, in the process alone, or tells them one change late."""

    def __init__(self, database: Database, faults: Faults) -> None:
        super().__init__(database)
        self._faults = faults
        self._kept: dict[UUID, Told] = {}

    async def read(self, user: UUID) -> Told:
        """The profile, with what is remembered of it."""
        return _with(await super().read(user), self._kept.get(user, {}))

    async def change(self, user: UUID, changed: Told) -> Told:
        """Answer as if the names were changed."""
        if "stale-reads" in self._faults:
            had = (await super().read(user))["user"]
            self._kept[user] = {name: had[name] for name in changed}
            return _with(await super().change(user, changed), changed)
        if "wrong-database" in self._faults:
            self._kept[user] = self._kept.get(user, {}) | changed
        return _with(await self.read(user), changed)


def _with(found: Told, changed: Told) -> Told:
    return {**found, "user": found["user"] | changed}
