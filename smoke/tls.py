"""The certificate that a host shows, and what plain HTTP answers there."""

import ipaddress
import os
import socket
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import urlsplit

import requests
from requests.utils import DEFAULT_CA_BUNDLE_PATH

from smoke.client import CONNECT
from smoke.evidence import Evidence

PLAIN, SECURE = 80, 443
TRUST = ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_FILE")


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where TLS is spoken, and the port of the same host where it is not."""

    host: str
    port: int
    plain: int

    @property
    def where(self) -> str:
        """How evidence names it."""
        return f"TLS of {self.host}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Certificate:
    """How long a certificate that is trusted holds."""

    until: datetime

    def days_left(self, now: datetime) -> float:
        """Negative once it has expired."""
        return (self.until - now).total_seconds() / 86_400


def place(url: str, variables: Mapping[str, str]) -> Place:
    """Where to look, for an address that begins with https."""
    parts = urlsplit(url)
    plain = variables.get("SMOKE_PLAIN_PORT", "")
    return Place(
        host=parts.hostname or "",
        port=parts.port or SECURE,
        plain=int(plain) if plain.isdigit() else PLAIN,
    )


def local(url: str) -> bool:
    """Whether an address leads to this very machine, where nobody listens on the way."""
    host = urlsplit(url).hostname or ""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")


def certificate(place: Place, *, named: bool = True) -> Certificate:
    """The host's certificate; one that is not trusted, or names another host, is evidence."""
    context = ssl.create_default_context(cafile=_trusted())
    context.check_hostname = named
    try:
        with (
            socket.create_connection((place.host, place.port), timeout=CONNECT) as line,
            context.wrap_socket(line, server_hostname=place.host) as spoken,
        ):
            shown = spoken.getpeercert() or {}
    except ssl.SSLCertVerificationError as error:
        expected = "a certificate that is trusted and names the host"
        raise Evidence(place.where, expected=expected, got=error.verify_message) from None
    except OSError as error:
        got = error.strerror or type(error).__name__
        raise Evidence(place.where, expected="a certificate", got=got) from None
    seconds = ssl.cert_time_to_seconds(str(shown["notAfter"]))
    return Certificate(until=datetime.fromtimestamp(seconds, UTC))


def redirected(place: Place) -> tuple[int, str]:
    """What plain HTTP answers: the status, and where it leads."""
    shown = f"[{place.host}]" if ":" in place.host else place.host
    url = f"http://{shown}:{place.plain}/health"
    try:
        answer = requests.get(url, timeout=CONNECT, allow_redirects=False)
    except requests.RequestException as error:
        got = type(error).__name__
        raise Evidence(f"GET {url}", expected="a redirection to https", got=got) from None
    return answer.status_code, answer.headers.get("Location", "")


def _trusted() -> str:
    """The authorities that requests trusts."""
    given = [os.environ[name] for name in TRUST if os.environ.get(name)]
    return given[0] if given else DEFAULT_CA_BUNDLE_PATH
