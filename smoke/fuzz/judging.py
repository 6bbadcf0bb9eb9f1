"""Whether an answer is one that the document promises; pure."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from smoke.answer import Answer
from smoke.contract import violations
from smoke.evidence import shown
from smoke.fuzz.examples import Example
from smoke.openapi import refusals, schemas
from staging.rules.endpoints import ENDPOINTS, Endpoint

ELSEWHERE = (404, 405)
"""What a path may answer whose id is none: it may be another path's."""

INSIDE = re.compile(schemas()["error"]["properties"]["message"]["not"]["pattern"])


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What was sent, what should have come, and what came."""

    endpoint: str
    sent: str
    expected: str
    got: str

    def __str__(self) -> str:
        return f"{self.endpoint}: sent {self.sent}: expected {self.expected}, got {self.got}"


def findings(
    example: Example, answer: Answer, *, request_id: str, refused: bool = False
) -> Iterator[Finding]:
    """All that is wrong with an answer; `refused` says that it had to be a refusal.

    An empty `request_id` is one that nobody promised to echo.
    """
    for expected, got in _wrong(example, answer, request_id=request_id, refused=refused):
        yield Finding(
            endpoint=example.request, sent=str(example), expected=expected, got=shown(got)
        )


def promised(example: Example) -> tuple[int, ...]:
    """The statuses that may come; one of 500 and more is a fault wherever it comes from."""
    endpoint = ENDPOINTS[example.request]
    found = {*endpoint.statuses, *refusals(endpoint)}
    if example.ids and not example.regular:
        found.update(ELSEWHERE)
    return tuple(sorted(status for status in found if status < 500))


def _wrong(
    example: Example, answer: Answer, *, request_id: str, refused: bool
) -> Iterator[tuple[str, object]]:
    endpoint, status = ENDPOINTS[example.request], answer.status
    wanted = promised(example)
    if example.lacks and status not in {401, 429}:
        yield f"401 without {example.lacks}", answer.summary()
    elif status not in wanted:
        yield f"one of the statuses {', '.join(map(str, wanted))}", answer.summary()
    elif refused and status < 400:
        yield "a refusal of a domain that is no public site's", answer.summary()
    if request_id and answer.headers.get("X-Request-Id") != request_id:
        yield f"X-Request-Id {request_id}", answer.headers.get("X-Request-Id") or "none"
    if status >= 400 and INSIDE.search(answer.text):
        yield "no word of SQL, hosts, paths or stacks", answer.text
    elif (contract := _contract(endpoint, status)) is not None:
        for broken in dict.fromkeys(violations(contract, answer.body)):
            yield f"{broken.expected} at {broken.place}", broken.got
    if status >= 400 and isinstance(told := answer.find("status"), int) and told != status:
        yield f"status {status} in the body", told


def _contract(endpoint: Endpoint, status: int) -> str | None:
    """The form of an answer with this status, if it has one; what failed is judged by that."""
    if status == 204 or status >= 500 or endpoint.request.startswith("HEAD"):
        return None
    return (endpoint.contract if status < 400 else "error") or None
