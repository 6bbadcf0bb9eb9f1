"""Bearer tokens that must be refused, made without any key of the project."""

import base64
import json
import secrets
import time
from dataclasses import dataclass
from typing import Any

from staging.secret import Secret

KINDS = (
    "no header",
    "another scheme",
    "not a token",
    "no signature",
    "a foreign signature",
    "another algorithm",
    "an expiry changed",
)


@dataclass(frozen=True, slots=True)
class Claim:
    """The parts of a token that its bearer can read and write."""

    header: dict[str, Any]
    claims: dict[str, Any]


def forge(kind: str, *, real: Secret | None) -> str | None:
    """An Authorization header of this kind, as near to the real token as can be."""
    claim = _claim(real)
    # By the issuer's clock too: an expired token would be refused for another reason.
    issued = claim.claims.get("iat")
    now = max(int(time.time()), issued if isinstance(issued, int) else 0)
    soon = {**claim.claims, "exp": now + 3600}
    forms = {
        "no header": None,
        "another scheme": "Basic c21va2U6c21va2U=",
        "not a token": "Bearer smoke",
        "no signature": f"Bearer {_signed({'alg': 'none', 'typ': 'JWT'}, soon, b'')}",
        "a foreign signature": f"Bearer {_signed(claim.header, soon, secrets.token_bytes(64))}",
        "another algorithm": f"Bearer {_signed({**claim.header, 'alg': 'HS256'}, soon)}",
        "an expiry changed": f"Bearer {_signed(claim.header, {**soon, 'exp': 1_600_000_000})}",
    }
    return forms[kind]


def claims(token: Secret) -> dict[str, Any]:
    """What a token says of its bearer; nothing, if it is none that can be read."""
    try:
        return _read(token.reveal().split(".")[1])
    except (ValueError, IndexError):
        return {}


def _claim(real: Secret | None) -> Claim:
    """The real token's words, or such as a project could have written."""
    try:
        header, claims, _ = (real.reveal() if real else "").split(".")
        return Claim(_read(header), _read(claims))
    except ValueError:
        identity = {"sub": "00000000-0000-4000-8000-000000000000", "email": "smoke@example.com"}
        return Claim({"alg": "ES256", "typ": "JWT", "kid": "smoke"}, identity)


def _signed(header: object, claims: object, signature: bytes | None = None) -> str:
    mark = secrets.token_bytes(32) if signature is None else signature
    return ".".join(map(_write, (json.dumps(header).encode(), json.dumps(claims).encode(), mark)))


def _read(part: str) -> dict[str, Any]:
    found = json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    if not isinstance(found, dict):
        raise ValueError("not an object")  # noqa: TRY004 - as any other unreadable token
    return found


def _write(part: bytes) -> str:
    return base64.urlsafe_b64encode(part).rstrip(b"=").decode()
