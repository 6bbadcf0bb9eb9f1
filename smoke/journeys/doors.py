"""Every guarded endpoint, tried with every kind of bad token, many at once."""

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor

from smoke.answer import Answer
from smoke.client import Client
from smoke.forged import KINDS, forge
from smoke.journeys.walk import Traveller
from smoke.kept import expired
from smoke.mode import Mode
from staging.rules.endpoints import ENDPOINTS, NOBODY

NO_HEADER, PUBLISHABLE = "no header", "the publishable key"
SPENT = "expired, of an earlier run"
AT_ONCE = 6
SHARE = "smoke-smoke-smoke-smoke"
GUARDED = tuple(endpoint.request for endpoint in ENDPOINTS.values() if endpoint.guarded)
ONE = ("GET /v1/jobs",)
"""Where there is little time, or where a door that is open must not be gone through."""

Doors = Mapping[str, list[Answer]]
"""The answers by the kind of token; an endpoint that the application does not have is not asked."""


def walk(with_: Traveller) -> Doors:
    """Try them; where nothing may change, who has a token of a kind reads and no more."""
    environment = with_.environment
    headers = {kind: forge(kind, real=with_.client.token) for kind in KINDS}
    headers |= {kind: f"Bearer {token.reveal()}" for kind, token in environment.refused.items()}
    if environment.kept and (spent := expired(environment.kept)):
        headers[SPENT] = f"Bearer {spent.reveal()}"
    if environment.sign_in:
        headers[PUBLISHABLE] = f"Bearer {environment.sign_in.key.reveal()}"
    whole = environment.mode is Mode.FULL
    wanted = [
        (kind, request)
        for kind in headers
        for request in (GUARDED if whole or kind == NO_HEADER else ONE)
        if environment.parts.has(request)
    ]
    nobody = with_.client.bearing(None)
    with ThreadPoolExecutor(AT_ONCE, thread_name_prefix="doors") as pool:
        answers = pool.map(lambda one: _try(nobody.afresh(), one[1], headers[one[0]]), wanted)
        found: dict[str, list[Answer]] = {kind: [] for kind in headers}
        for (kind, _), answer in zip(wanted, answers, strict=True):
            found[kind].append(answer)
    return found


def _try(nobody: Client, request: str, header: str | None) -> Answer:
    headers = {"Authorization": header} if header else {}
    body: object = None if request.startswith("GET") else {}
    return nobody.call(request, body=body, headers=headers, id=NOBODY, share=SHARE)
