"""The application outside the measured load: is it there, which job to read, cancelling.

It is reached the way that the load reaches it: the same client, the same limits.
"""

import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from loadtests.access import bearer
from loadtests.answers import inside, parsed, text_of
from loadtests.line import Line
from loadtests.mix import CREATION, wrong
from staging.errors import ConfigurationError
from staging.secret import Secret


class Site:
    """The application at `url`; with a token, as the user that it is of."""

    def __init__(self, url: str, *, token: Secret | None) -> None:
        self.token = token
        self._line = Line(url)

    def silence(self) -> str:
        """Why nothing at all answers, or nothing if something does."""
        status, _, error = self._call("GET", "/health")
        return "" if status else error

    def job(self) -> str | None:
        """The id of a job that can be read, or None if there is none to be seen."""
        status, answer, _ = self._call("GET", "/v1/jobs?limit=1")
        if status == 401:
            raise ConfigurationError(
                "The application does not accept the token.",
                detail="GET /v1/jobs answered 401.",
                remedy="Set STAGING_ACCESS_TOKEN to a fresh one: `invoke token` prints it.",
            )
        jobs = inside(answer, "data", "jobs")
        first = jobs[0] if isinstance(jobs, list) and jobs else None
        return text_of(inside(first, "id"))

    def create(self, domain: str) -> str | None:
        """The id of a new small job, or None if it could not be made."""
        status, answer, _ = self._call("POST", CREATION.path, body=smallest(domain))
        good = not wrong(CREATION, status=status, answer=answer)
        return text_of(inside(answer, "data", "id")) if good else None

    def cancel(self, job: str, *, client: str) -> bool:
        """Is the job ended now? One that had ended before, or is gone, is."""
        path = f"/v1/jobs/{quote(job, safe='')}/cancel"
        status, _, _ = self._call("POST", path, body={}, headers={"X-Forwarded-For": client})
        return status in {200, 404, 409}

    def _call(
        self,
        method: str,
        path: str,
        *,
        body: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> tuple[int, object, str]:
        sent = {**(headers or {}), **bearer(self.token), "Accept-Encoding": "gzip"}
        if body is not None:
            sent["Content-Type"] = "application/json"
        text = b"" if body is None else json.dumps(body).encode()
        status, content, silence = self._line.ask(method, path, headers=sent, body=text)
        return status, parsed(content), silence


def smallest(domain: str) -> dict[str, Any]:
    """The body of a new job that crawls one page."""
    return {
        "domain": domain,
        "use_sitemap": False,
        "find_links": False,
        "concurrency": 1,
        "max_pages": 1,
    }
