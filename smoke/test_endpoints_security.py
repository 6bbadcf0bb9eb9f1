"""Line 3: what is closed is closed, to whoever has no token or a bad one, and to other origins."""

from dataclasses import replace
from urllib.parse import urlsplit

import pytest

from smoke.access import Access
from smoke.client import Client
from smoke.environment import Environment
from smoke.evidence import require
from smoke.forged import KINDS
from smoke.journeys.doors import PUBLISHABLE, SPENT, Doors
from staging.rules.endpoints import CLOSED

ELSEWHERE = "https://smoke.example"


@pytest.mark.parametrize("kind", [*KINDS, PUBLISHABLE])
def test_a_bad_token_is_refused(kind: str, doors: Doors) -> None:
    """By each endpoint that is guarded, as one can be forgotten."""
    if kind not in doors:
        pytest.skip("no SUPABASE_PUBLISHABLE_KEY was given")
    for answer in doors[kind]:
        answer.expect(401, code="UNAUTHORISED")


def test_a_token_that_is_not_for_here_is_refused(doors: Doors, environment: Environment) -> None:
    """Those that only an issuer can make: expired, for another audience, another project's."""
    for kind in (name for name in (*environment.refused, SPENT) if name in doors):
        for answer in doors[kind]:
            named = replace(answer, where=f"{answer.where} with a token: {kind}")
            named.expect(401, code="UNAUTHORISED")


@pytest.mark.part("administration")
def test_administration_is_closed(nobody: Client, access: Access) -> None:
    """The harmless one first: nothing is asked to reset a database where that door is open."""
    for request in CLOSED:
        nobody.call(request).expect(401)
    if access.token:
        for request in CLOSED:
            nobody.bearing(access.token).call(request).expect(403, code="FORBIDDEN")


@pytest.mark.part("security headers")
@pytest.mark.parametrize("request_", ["GET /health", "GET /v1/plans"])
def test_no_other_origin_may_use_the_users_credentials(nobody: Client, request_: str) -> None:
    answer = nobody.call(request_, headers={"Origin": ELSEWHERE})
    origin = answer.headers.get("Access-Control-Allow-Origin", "")
    credentials = answer.headers.get("Access-Control-Allow-Credentials", "")
    got = f"Access-Control-Allow-Origin {origin}, -Credentials {credentials or 'none'}"
    require(credentials.lower() != "true", answer.where, expected="no credentials", got=got)
    require(origin in {"", "*"}, answer.where, expected="* or none", got=got)


def test_the_configuration_names_this_project(nobody: Client, environment: Environment) -> None:
    if environment.sign_in is None:
        pytest.skip("no SUPABASE_URL was given")
    answer = nobody.call("GET /config.js").expect(200)
    parts = urlsplit(environment.sign_in.url)
    expected = parts.netloc + parts.path
    require(expected in answer.text, answer.where, expected=expected, got=answer.text)
