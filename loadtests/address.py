"""Where load may be sent, and the made-up addresses that it says it comes from."""

import re
from collections.abc import Collection
from ipaddress import ip_address
from math import ceil
from urllib.parse import SplitResult, urlsplit

from staging.errors import ConfigurationError, Refused

CALM = 2.0
"""Requests a second that one address sends; the application refuses those of over 20."""


def permitted(url: str, *, staging: str | None, production: Collection[str]) -> str:
    """The base URL without a slash at its end, or Refused: load goes to staging and loopback only.

    `production` are the hosts that no load may ever reach.
    """
    url = url.rstrip("/")
    parts = _parsed(url)
    host = (parts.hostname or "").lower()
    if host in {name.lower() for name in production}:
        problem = f"{host} is production: it is never put under load."
        raise Refused(problem, remedy="Set STAGING_BASE_URL to staging's address.")
    if url == (staging or "").rstrip("/") or is_loopback(host):
        return url
    raise Refused(
        f"{host} is neither staging nor this computer: it is not put under load.",
        detail="Load goes to staging, its previews, [load] hosts and loopback, nowhere else.",
        remedy="If this is staging, set STAGING_BASE_URL to it and name its host in [load] hosts.",
    )


def client(user: int, *, turn: int, users: int, rate: float) -> str:
    """The X-Forwarded-For of one request: each user has its own, several where it is a busy one.

    198.18.0.0/15 is for measurements (RFC 2544); after its last address the first comes again.
    """
    each = max(1, ceil(rate / users / CALM))
    number = user * each + turn % each
    block, last = divmod(number % (2 * 256 * 250), 250)
    return f"198.{18 + block // 256}.{block % 256}.{1 + last}"


def _parsed(url: str) -> SplitResult:
    try:
        parts = urlsplit(url)
        possible = (
            re.fullmatch(r"[!-~]+", url)
            and parts.scheme in {"http", "https"}
            and parts.hostname
            and parts.port != 0
        )
    except ValueError:
        possible = False
    if not possible or parts.username or parts.query or parts.fragment:
        raise ConfigurationError(
            "The base URL will not do.",
            detail="It is not repeated here, as it may hold a password.",
            remedy="Give http://HOST[:PORT] or https://HOST[:PORT] and nothing else.",
        )
    return parts


def is_loopback(host: str) -> bool:
    """Whether a host is this computer."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
