"""Line 1: nobody can listen on the way to the application, nor tomorrow."""

import os
from collections.abc import Callable
from datetime import UTC, datetime
from urllib.parse import urlsplit

import pytest

from smoke import tls
from smoke.environment import Environment
from smoke.evidence import Evidence, require
from smoke.tls import Place

DAYS = 14
REDIRECTIONS = (301, 302, 307, 308)

# Plain HTTP to this very machine is what a rehearsal has: there is no way to listen on.
__test__ = not (
    (url := os.environ.get("STAGING_BASE_URL", "")).startswith("http:") and tls.local(url)
)


@pytest.fixture
def place(environment: Environment) -> Place:
    """Where TLS is spoken; without any there is nothing more to check."""
    if not environment.url.startswith("https:"):
        pytest.skip("the address is not served over TLS")
    return tls.place(environment.url, os.environ)


def test_it_is_served_over_tls(environment: Environment) -> None:
    secure = environment.url.startswith("https:")
    require(secure, environment.url, expected="https", got="served without TLS")


def test_plain_http_leads_to_https(place: Place) -> None:
    status, leads = tls.redirected(place)
    to = urlsplit(leads)
    fine = status in REDIRECTIONS and to.scheme == "https" and to.hostname == place.host
    where, got = f"http://{place.host}:{place.plain}/health", f"{status} {leads}".strip()
    expected = f"a redirection to https://{place.host}"
    require(fine, where, expected=expected, got=got)


def test_the_certificate_is_trusted_and_names_the_host(place: Place) -> None:
    tls.certificate(place)


def test_the_certificate_holds_for_two_weeks_more(
    place: Place, note: Callable[[str], None]
) -> None:
    try:
        shown = tls.certificate(place, named=False)
    except Evidence:
        pytest.skip("the certificate is not trusted")
    left = shown.days_left(datetime.now(UTC))
    said = f"valid until {shown.until:%Y-%m-%d}, {left:.1f} days"
    require(left >= DAYS, place.where, expected=f"a certificate for {DAYS} days more", got=said)
    note(f"the certificate is {said}")
