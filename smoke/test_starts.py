"""Line 1: the application starts without errors."""

import base64
import json
import re
import time
from collections.abc import Callable
from dataclasses import replace
from statistics import median

import pytest

from smoke.client import Client, Lines
from smoke.clocks import FRESH, ahead, keeps_time
from smoke.environment import Environment
from smoke.evidence import Evidence, require
from smoke.parts import NOT_TOLD
from smoke.waking import Waking

APART = 2.0
SOON = 1.0
TIMES = 6
HEADERS = {
    "Content-Security-Policy": ".",
    "Strict-Transport-Security": "max-age=",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}
TOKEN = re.compile(r"eyJ[\w-]+\.(eyJ[\w-]+)\.[\w-]+")


def test_the_environment_answers(waking: Waking, lasted: Callable[[float], None]) -> None:
    lasted(waking.seconds)
    if waking.problem:
        raise waking.problem


def test_health_says_healthy(nobody: Client, environment: Environment) -> None:
    answer = nobody.call("GET /health").expect(200)
    for name, expected in {"status": "healthy", "service": environment.service}.items():
        require(answer.find(name) == expected, answer.where, expected=expected, got=answer.text)


def test_health_has_a_fresh_timestamp(nobody: Client, note: Callable[[str], None]) -> None:
    answer = nobody.call("GET /health").expect(200)
    off = ahead(answer)
    if off is not None and abs(off) > FRESH:
        time.sleep(APART)
        if keeps_time(answer, nobody.call("GET /health").expect(200), apart=APART):
            note(f"the server's clock is {off:+.0f} s off this machine's: one of them is wrong")
            return
    expected, got = f"a timestamp not over {FRESH:.0f} s from now", answer.at("timestamp")
    require(off is not None and abs(off) <= FRESH, answer.where, expected=expected, got=got)


def test_new_connections_agree_on_the_version(nobody: Client) -> None:
    seen = set()
    for _ in range(TIMES):
        fresh = replace(nobody, lines=Lines())
        answer = fresh.call("GET /health").expect(200)
        fresh.lines.session.close()
        seen.add(str(answer.at("version")))
    require(len(seen) == 1, "GET /health", expected=f"one version {TIMES} times", got=sorted(seen))


@pytest.mark.part("GET /health")
def test_the_version_is_the_one_that_was_deployed(nobody: Client, environment: Environment) -> None:
    if environment.version is None:
        pytest.skip(NOT_TOLD)
    answer, expected = nobody.call("GET /health").expect(200), environment.version
    got = answer.at("version")
    require(got == expected, answer.where, expected=f"version {expected}", got=got)


@pytest.mark.part("GET /config.js")
def test_it_knows_where_it_runs(nobody: Client, environment: Environment) -> None:
    """An image that believes to be in production would behave so."""
    if environment.name is None:
        pytest.skip(NOT_TOLD)
    answer, expected = nobody.call("GET /config.js").expect(200), environment.name
    named = re.search(rf"environment[\"']?\s*:\s*[\"']{re.escape(expected)}[\"']", answer.text)
    require(named, answer.where, expected=f"environment {expected}", got=answer.text)


def test_health_answers_soon(nobody: Client) -> None:
    """The platform asks it every few seconds; the middle one, so that one late packet is none."""
    took = [nobody.call("GET /health").expect(200).seconds for _ in range(TIMES)]
    got = f"{median(took):.1f} s in the middle of {TIMES}"
    require(median(took) < SOON, "GET /health", expected=f"an answer in {SOON:.0f} s", got=got)


def test_health_answers_head(nobody: Client) -> None:
    answer = nobody.call("HEAD /health").expect(200)
    require(not answer.text, answer.where, expected="no body", got=answer.text)


@pytest.mark.part("request ids")
def test_a_request_id_is_echoed(nobody: Client) -> None:
    answer = nobody.call("GET /health", headers={"X-Request-Id": "smoke-4711"})
    got = answer.headers.get("X-Request-Id")
    require(got == "smoke-4711", answer.where, expected="X-Request-Id smoke-4711", got=got)


@pytest.mark.part("request ids")
def test_a_request_id_is_given(nobody: Client) -> None:
    answer = nobody.call("GET /health")
    got = answer.headers.get("X-Request-Id")
    require(got, answer.where, expected="an X-Request-Id", got=got)


@pytest.mark.part("security headers")
@pytest.mark.parametrize("header", HEADERS)
@pytest.mark.parametrize("path", ["/", "/health"])
def test_security_headers_are_set(nobody: Client, path: str, header: str) -> None:
    answer = nobody.call(f"GET {path}")
    got, expected = answer.headers.get(header, ""), HEADERS[header]
    fits = re.search(expected, got, re.IGNORECASE)
    require(fits, answer.where, expected=f"{header} {expected}", got=got or "none")


@pytest.mark.parametrize("path", ["/", "/dashboard", "/settings", "/welcome"])
def test_pages_are_served(nobody: Client, path: str) -> None:
    answer = nobody.call(f"GET {path}").expect(200)
    kind = answer.headers.get("Content-Type", "")
    require(kind.startswith("text/html"), answer.where, expected="text/html", got=kind or "none")


def test_the_configuration_is_served(nobody: Client, environment: Environment) -> None:
    answer = nobody.call("GET /config.js").expect(200)
    user = environment.sign_in
    if user and user.key.reveal() not in answer.text:
        raise Evidence(answer.where, expected="the publishable key", got=answer.text)
    require("http" in answer.text, answer.where, expected="Auth's address", got=answer.text)


def test_the_configuration_names_no_service_key(nobody: Client) -> None:
    answer = nobody.call("GET /config.js").expect(200)
    roles = [_role(claims) for claims in TOKEN.findall(answer.text)]
    bare = "service_role" in answer.text or "sb_secret_" in answer.text
    if bare or "service_role" in roles:
        # The key itself is not repeated: a report goes further than the page does.
        raise Evidence(answer.where, expected="no service key", got="one")


def _role(claims: str) -> str:
    try:
        found = json.loads(base64.urlsafe_b64decode(claims + "=" * (-len(claims) % 4)))
        return str(found.get("role"))
    except (ValueError, AttributeError):
        return ""
