"""GitHub's interface for one repository, on this computer: comments and issues, and who may write.

A token may do what its job's `permissions` say, and nothing after its job.
"""

import json
import re
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import count
from typing import Any, ClassVar
from urllib.parse import parse_qs, urlsplit

NAME = "team/app"
ISSUES = re.compile(rf"/repos/{NAME}/issues(?:/(\d+))?")
COMMENTS = re.compile(rf"/repos/{NAME}/issues/(\d+)/comments")
COMMENT = re.compile(rf"/repos/{NAME}/issues/comments/(\d+)")


@dataclass
class Repository:
    """What was written to it; `calls` are method and path of each request that was allowed."""

    url: str = ""
    issues: dict[int, dict[str, Any]] = field(default_factory=dict)
    comments: dict[int, dict[str, Any]] = field(default_factory=dict)
    calls: list[str] = field(default_factory=list)
    tokens: dict[str, Mapping[str, str]] = field(default_factory=dict)
    numbers: Iterator[int] = field(default_factory=lambda: count(1001))

    def token(self, permissions: Mapping[str, str]) -> str:
        """A job's own."""
        token = f"ghs_{next(self.numbers):036d}"
        self.tokens[token] = permissions
        return token

    def said(self, number: int) -> list[str]:
        """The comments of an issue or a pull request."""
        return [each["body"] for each in self.comments.values() if each["on"] == number]

    def answer(self, method: str, url: str, body: Mapping[str, Any], token: str) -> tuple[int, Any]:
        """As GitHub answers; 404 to what is not known here."""
        address = urlsplit(url)
        may = self.tokens.get(token)
        if may is None:
            return 401, {"message": "Bad credentials"}
        writes = {may.get("issues"), may.get("pull-requests")}
        if method != "GET" and "write" not in writes:
            return 403, {"message": "Resource not accessible by integration"}
        self.calls.append(f"{method} {address.path}")
        if found := COMMENTS.fullmatch(address.path):
            return self._comments(method, int(found[1]), body, parse_qs(address.query))
        if found := COMMENT.fullmatch(address.path):
            self.comments[int(found[1])] |= body
            return 200, self.comments[int(found[1])]
        found = ISSUES.fullmatch(address.path)
        if not found or (method != "GET" and may.get("issues") != "write"):
            return 404, {"message": "Not Found"}
        return self._issues(method, int(found[1] or 0), body, parse_qs(address.query))

    def _comments(
        self, method: str, on: int, body: Mapping[str, Any], query: Mapping[str, list[str]]
    ) -> tuple[int, Any]:
        if method == "GET":
            return 200, _page([c for c in self.comments.values() if c["on"] == on], query)
        key = next(self.numbers)
        self.comments[key] = {"id": key, "on": on, "html_url": f"{self.url}/c/{key}", **body}
        return 201, self.comments[key]

    def _issues(
        self, method: str, number: int, body: Mapping[str, Any], query: Mapping[str, list[str]]
    ) -> tuple[int, Any]:
        if method == "GET":
            labels = query.get("labels", [""])[0]
            found = [i for i in self.issues.values() if i["state"] == "open"]
            return 200, _page([i for i in found if labels in i["labels"]], query)
        if not number:
            number = next(self.numbers)
            self.issues[number] = {"number": number, "html_url": f"{self.url}/i/{number}"}
            self.issues[number] |= {"state": "open", "labels": [], **body}
            return 201, self.issues[number]
        self.issues[number] |= body
        return 200, self.issues[number]


def _page(found: list[dict[str, Any]], query: Mapping[str, list[str]]) -> list[dict[str, Any]]:
    size, page = (
        int(query.get(name, [was])[0]) for name, was in (("per_page", "30"), ("page", "1"))
    )
    return found[size * (page - 1) : size * page]


@contextmanager
def serving() -> Iterator[Repository]:
    """One that listens on this computer."""
    repository = Repository()

    class Handler(BaseHTTPRequestHandler):
        timeout: ClassVar[int] = 30

        def respond(self) -> None:
            length = int(self.headers.get("Content-Length") or 0)
            body = json.loads(self.rfile.read(length) or b"{}")
            token = (self.headers.get("Authorization") or "").removeprefix("Bearer ")
            status, told = repository.answer(self.command, self.path, body, token)
            text = json.dumps(told).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(text)))
            self.end_headers()
            self.wfile.write(text)

        do_GET = do_POST = do_PATCH = respond  # noqa: N815 - as http.server wants them

        def log_message(self, *_: object) -> None:
            """Nothing: a test says what it needs."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    repository.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield repository
    finally:
        server.shutdown()
        server.server_close()
        thread.join(5)
