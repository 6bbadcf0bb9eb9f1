"""Which domains may be crawled: public names only."""

import ipaddress
import re

from rehearsal.application.envelope import Refusal

NAME = re.compile(r"(?=.{4,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}")
RESERVED = (
    *("localhost", "local", "internal", "test", "invalid", "onion", "home.arpa", "arpa"),
    *("example.com", "example.net", "example.org", "fly.dev", "supabase.co"),
)


def checked(given: object) -> str:
    """A domain's name as it is kept, or 400 with the reason."""
    if not isinstance(given, str) or not given.strip():
        raise Refusal(400, "Domain is required")
    name = re.sub(r"^https?://", "", given.strip().lower()).rstrip("/").removeprefix("www.")
    if _address(name):
        raise Refusal(400, "Domain must not be an IP address")
    if ":" in name:
        raise Refusal(400, "Domain must not include a port")
    if any(name == each or name.endswith(f".{each}") for each in RESERVED):
        raise Refusal(400, "Domain is not allowed")
    if not NAME.fullmatch(name):
        raise Refusal(400, "Domain is not valid")
    return name


def _address(name: str) -> bool:
    try:
        ipaddress.ip_address(name.strip("[]"))
    except ValueError:
        return False
    return True
