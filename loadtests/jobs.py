"""Jobs for the workers, made and looked at through the application's API."""

from dataclasses import dataclass
from datetime import datetime
from urllib.parse import quote

from loadtests.answers import inside, text_of
from loadtests.site import Site
from staging.rules.queueing import Task
from staging.secret import Secret

ENDED = {"completed", "failed", "cancelled"}
PAGE = 100


class Bench(Site):
    """One user, of one organisation."""

    def __init__(self, url: str, *, token: Secret, organisation: str) -> None:
        super().__init__(url, token=token)
        self.organisation = organisation
        self.refused = 0

    def enqueue(self, domain: str, *, pages: int, at_once: int) -> "Job | None":
        """A new job, or None if it was refused."""
        body = {
            "domain": domain,
            "use_sitemap": True,
            "find_links": True,
            "concurrency": at_once,
            "max_pages": pages,
        }
        status, answer, _ = self._call("POST", "/v1/jobs", body=body)
        id_ = text_of(inside(answer, "data", "id"))
        if status != 201 or not id_:
            self.refused += 1
            return None
        return Job(id_, self)

    def left(self, job: str) -> int | None:
        """How many of its tasks have no outcome yet; None once it has ended."""
        _, answer, _ = self._call("GET", f"/v1/jobs/{quote(job, safe='')}")
        data = inside(answer, "data")
        if inside(data, "status") in ENDED:
            return None
        names = ("total_tasks", "completed_tasks", "failed_tasks", "skipped_tasks")
        total, *done = (n if isinstance(n := inside(data, name), int) else 0 for name in names)
        return total - sum(done)

    def tasks(self, job: str) -> list[Task]:
        """Those that were tried once: a second try waits on purpose."""
        found: list[Task] = []
        while True:
            path = f"/v1/jobs/{quote(job, safe='')}/tasks?limit={PAGE}&offset={len(found)}"
            listed = inside(self._call("GET", path)[1], "data", "tasks")
            page = [t for t in listed if isinstance(t, dict)] if isinstance(listed, list) else []
            found += [
                task
                for each in page
                if (task := task_of(each, self.organisation)) and not each.get("retry_count")
            ]
            if len(page) < PAGE:
                return found


@dataclass(frozen=True, slots=True)
class Job:
    """A job that was enqueued, and by whom."""

    id: str
    bench: Bench


def task_of(row: dict[str, object], organisation: str) -> Task | None:
    """A task as the API tells it; None where it does not say when it was made."""
    enqueued = moment(row.get("created_at"))
    if enqueued is None:
        return None
    return Task(
        organisation=organisation,
        enqueued=enqueued,
        started=moment(row.get("started_at")),
        ended=moment(row.get("completed_at")),
    )


def moment(text: object) -> float | None:
    """Seconds since 1970 of a timestamp; None if it is none."""
    try:
        return datetime.fromisoformat(text).timestamp() if isinstance(text, str) else None
    except ValueError:
        return None
