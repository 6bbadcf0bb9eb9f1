"""Workers that do their work badly."""

from rehearsal.application.database import Database, Row
from rehearsal.application.faults import Faults
from rehearsal.application.fetching import Fetcher, Page
from rehearsal.application.workers import Workers

FUMBLES = frozenset({"one-at-a-time", "no-retry", "a-failure-ends-the-job", "never-second-fetch"})


class Clumsy(Workers):
    """A pool with the faults of its image."""

    def __init__(self, database: Database, fetcher: Fetcher, *, size: int, faults: Faults) -> None:
        size = 1 if "one-at-a-time" in faults else size
        super().__init__(database, fetcher, size=size, cold="cold-cache" in faults)
        self._faults = faults
        self.retries = 0 if "no-retry" in faults else self.retries

    async def _again(self, job: Row, path: str) -> Page | None:
        if "never-second-fetch" in self._faults:
            return None
        return await super()._again(job, path)

    async def _ended(
        self, task: Row, first: Page | None, second: Page | None, *, error: str | None
    ) -> None:
        await super()._ended(task, first, second, error=error)
        if error and "a-failure-ends-the-job" in self._faults:
            await self._database.run(
                """update public.tasks set status = 'skipped', completed_at = now()
                   where job_id = %s and status in ('waiting', 'pending')""",
                task["job_id"],
            )
