"""What a project's Auth signs tokens with, and what an application answers to one."""

import base64
import binascii
import json
from typing import Any

from staging.clouds.http import Service
from staging.errors import ServiceFailed
from staging.secret import Secret

MATERIAL = ("kty", "crv", "x", "y", "n", "e")


def public_keys(url: str) -> frozenset[str]:
    """Each public key of a project's Auth, by its id and by itself."""
    path = "/auth/v1/.well-known/jwks.json"
    answer = Service(url, {}).expect("GET", path)
    listed = answer.get("keys") if isinstance(answer, dict) else None
    if not isinstance(listed, list) or not all(isinstance(key, dict) for key in listed):
        raise ServiceFailed(f"GET {url}{path} answered in an unknown form.")
    ids = {str(key["kid"]) for key in listed if key.get("kid")}
    return frozenset(ids | {json.dumps([key.get(part) for part in MATERIAL]) for key in listed})


def issuer(token: Secret) -> str | None:
    """Who a token says that it is from; None where it says nothing that can be read."""
    part = token.reveal().split(".")[1:2]
    try:
        claims: Any = json.loads(base64.urlsafe_b64decode(part[0] + "=" * (-len(part[0]) % 4)))
    except (IndexError, ValueError, binascii.Error):
        return None
    found = claims.get("iss") if isinstance(claims, dict) else None
    return found if isinstance(found, str) else None


def bearer(url: str, token: Secret) -> Service:
    """An application, asked by the bearer of a token."""
    return Service(url, {"Authorization": Secret(f"Bearer {token.reveal()}")})
