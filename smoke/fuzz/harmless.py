"""What makes a made-up request one that may be sent to a staging environment."""

import re
from collections.abc import Mapping
from typing import Any

LABEL = "Smoke fuzz"
NAMES = ("first_name", "last_name", "full_name")
MALFORMED = (b"{", b"[]", b'"smoke"', b"\xff\xfe", b"{} {}")
REFUSED = ("localhost", "127.0.0.1", "10.0.0.1", "site.invalid:8080", "fuzz.invalid")
FEW_PAGES = 3

ONLY_MALFORMED = {
    "POST /v1/auth/register": "a registration stays",
    "POST /v1/organisations": "an organisation cannot be ended",
    "POST /v1/organisations/invites": "an invitation is an e-mail to somebody",
}
"""What gets nothing but bodies that cannot be meant, and why."""

CRAWLING = ("POST /v1/jobs", "POST /v1/schedulers", "POST /v1/domains")
DELIMITERS = re.compile(r"[.。．。/?#@\\:]")  # noqa: RUF001 - all that IDNA takes for a dot


def tamed(request: str, body: Any, *, number: int, domain: str | None) -> Any:  # noqa: ANN401 - any JSON
    """The body with whatever could do harm replaced; `number` says which of its kind it is."""
    if not isinstance(body, Mapping):
        return body
    if request in CRAWLING and "domain" in body:
        return _crawling(dict(body), number=number, domain=domain)
    if request == "PATCH /v1/auth/profile":
        return {key: _labelled(key, value) for key, value in body.items()}
    return body


def must_be_refused(request: str, body: Any, *, domain: str | None) -> bool:  # noqa: ANN401 - any JSON
    """Whether the domain in a body is one that nobody may crawl."""
    if request not in CRAWLING or not isinstance(body, Mapping):
        return False
    return isinstance(body.get("domain"), str) and body["domain"] != domain


def _crawling(body: dict[str, Any], *, number: int, domain: str | None) -> dict[str, Any]:
    """Of three the first names the domain that may be crawled, the others one that must not."""
    if not isinstance(body["domain"], str):
        return body
    if domain and number % 3 == 0:
        body["domain"] = domain
        pages = body.get("max_pages", 0)
        if isinstance(pages, int | float) and not 0 < pages <= FEW_PAGES:
            body["max_pages"] = FEW_PAGES
    elif number % 3 == 1:
        body["domain"] = REFUSED[number // 3 % len(REFUSED)]
    else:
        # Whatever its parts are taken for, none has a dot: it leads to no site of the internet.
        body["domain"] = DELIMITERS.sub("-", body["domain"]) + ".invalid"
    return body


def _labelled(key: str, value: object) -> object:
    return f"{LABEL} {value}" if key in NAMES and isinstance(value, str) else value
