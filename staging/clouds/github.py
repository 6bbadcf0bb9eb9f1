"""GitHub's REST interface, as far as a job tells people something: comments, and issues."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from staging.clouds.http import Service
from staging.errors import ServiceFailed
from staging.secret import Secret

API = "https://api.github.com"
VERSION = "2022-11-28"
PAGE = 100
PAGES = 30
"""More comments or issues than these pages hold are not looked through."""
LIMIT = 30.0  # seconds
DENIED = {401, 403, 404}
LONGEST = 65_536
"""Characters of a comment or an issue; GitHub refuses more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A comment, by its id; or an issue, by its number."""

    key: int
    body: str
    url: str
    title: str = ""


class GitHub:
    """One repository. What its token may do is said by the job's `permissions`."""

    def __init__(self, repository: str, *, token: Secret, api: str = API) -> None:
        headers: dict[str, Secret | str] = {
            "Authorization": Secret(f"Bearer {token.reveal()}"),
            "Accept": "application/vnd.github+json",
            "X-GitHub-Api-Version": VERSION,
        }
        self._service = Service(api.rstrip("/"), headers)
        self._token = token
        self._at = f"/repos/{repository}"

    def comments(self, number: int) -> Iterator[Entry]:
        """Those of an issue or a pull request, oldest first."""
        for told in self._pages(f"{self._at}/issues/{number}/comments?"):
            yield _entry(told, key="id")

    def comment(self, number: int, body: str) -> Entry:
        """Add one."""
        told = self._call("POST", f"{self._at}/issues/{number}/comments", body=_fit(body))
        return _entry(told, key="id")

    def reword(self, comment: int, body: str) -> Entry:
        """Give a comment another text."""
        told = self._call("PATCH", f"{self._at}/issues/comments/{comment}", body=_fit(body))
        return _entry(told, key="id")

    def issues(self, label: str) -> Iterator[Entry]:
        """The open ones with a label, oldest first; pull requests are none."""
        order = "state=open&sort=created&direction=asc"
        for told in self._pages(f"{self._at}/issues?labels={label}&{order}&"):
            if "pull_request" not in told:
                yield _entry(told, key="number")

    def open(self, title: str, body: str, *, label: str) -> Entry:
        """Open an issue; a label that there is not yet is made by GitHub."""
        more = {"title": title, "labels": [label]}
        return _entry(self._call("POST", f"{self._at}/issues", body=_fit(body, **more)), "number")

    def update(self, number: int, body: str) -> Entry:
        """Give an issue another text."""
        told = self._call("PATCH", f"{self._at}/issues/{number}", body=_fit(body))
        return _entry(told, "number")

    def close(self, number: int) -> Entry:
        """Close an issue as done."""
        done = {"state": "closed", "state_reason": "completed"}
        return _entry(self._call("PATCH", f"{self._at}/issues/{number}", body=done), "number")

    def _pages(self, path: str) -> Iterator[Mapping[str, Any]]:
        for page in range(1, PAGES + 1):
            told = self._call("GET", f"{path}per_page={PAGE}&page={page}")
            if not isinstance(told, list):
                raise ServiceFailed(f"GitHub answered no list at {path}.")
            yield from told
            if len(told) < PAGE:
                return

    def _call(self, method: str, path: str, *, body: Mapping[str, Any] | None = None) -> Any:  # noqa: ANN401
        answer = self._service.call(method, path, body=body, timeout=LIMIT)
        if answer.status // 100 == 2:
            return answer.body
        told = answer.body.get("message", "") if isinstance(answer.body, dict) else answer.text
        may = "The job's `permissions` need `issues: write`, or `pull-requests: write` to comment."
        raise ServiceFailed(
            f"GitHub answered {answer.status} to {method} {path.partition('?')[0]}.",
            detail=str(told).replace(self._token.reveal(), "***")[:300],
            remedy=may if answer.status in DENIED else "Run the job again.",
        )


def _fit(body: str, **more: Any) -> dict[str, Any]:
    end = "\n\n… the rest is in the job's summary."
    whole = body if len(body) <= LONGEST else body[: LONGEST - len(end)] + end
    return {"body": whole, **more}


def _entry(told: Any, key: str) -> Entry:  # noqa: ANN401 - what it answered
    try:
        return Entry(
            key=int(told[key]),
            body=str(told["body"] or ""),
            url=str(told["html_url"]),
            title=str(told.get("title", "")),
        )
    except (KeyError, TypeError, ValueError, AttributeError):
        raise ServiceFailed("GitHub answered what is neither comment nor issue.") from None
