"""The keys of a project: those that open its interface, and the one its Auth signs with."""

import base64
import hashlib
import json
import secrets
import time
from typing import Any
from uuid import NAMESPACE_OID, uuid4, uuid5

import jwt
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

LIFETIME = 3600


def new_signing_key() -> str:
    """A private ES256 key, as PEM."""
    key = ec.generate_private_key(ec.SECP256R1())
    return key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    ).decode()


def new_keys(ref: str) -> dict[str, str]:
    """The two legacy keys and the two of today, by name."""
    secret = secrets.token_hex(32)

    def legacy(role: str) -> str:
        claims = {"iss": "supabase", "ref": ref, "role": role, "iat": int(time.time())}
        return jwt.encode(claims, secret, algorithm="HS256")

    return {
        "anon": legacy("anon"),
        "service_role": legacy("service_role"),
        "publishable": f"sb_publishable_{secrets.token_urlsafe(22)[:30]}",
        "secret": f"sb_secret_{secrets.token_urlsafe(24)[:31]}",
    }


def listed(keys: dict[str, str], *, created_at: str, reveal: bool) -> list[dict[str, Any]]:
    """The keys as the Management API lists them; the secret one is masked unless asked for."""
    legacy = [
        {
            "name": name,
            "api_key": keys[name],
            "id": name,
            "type": "legacy",
            "prefix": hashlib.sha256(keys[name].encode()).hexdigest()[:5],
            "description": f"Legacy {name} API key",
        }
        for name in ("anon", "service_role")
    ]
    modern = [
        {
            "id": str(uuid5(NAMESPACE_OID, text)),  # always the same for a key
            "name": "default",
            "type": kind,
            "api_key": text if reveal or kind != "secret" else f"{text[:15]}{'·' * 26}",
            "description": None,
            "secret_jwt_template": template,
            "inserted_at": created_at,
            "updated_at": created_at,
        }
        for kind, text, template in (
            ("publishable", keys["publishable"], None),
            ("secret", keys["secret"], {"role": "service_role"}),
        )
    ]
    return legacy + modern


def jwks(signing_key: str) -> dict[str, Any]:
    """The public half, as an application fetches it."""
    return {"keys": [_public(signing_key)]}


def token(
    signing_key: str,
    *,
    issuer: str,
    user: str,
    email: str,
    audience: str = "authenticated",
    ago: int = 0,
    life: int = LIFETIME,
) -> tuple[str, int]:
    """A bearer token of a user, made so many seconds `ago`; and when it ends, since 1970."""
    issued = int(time.time()) - ago
    claims = {
        "iss": issuer,
        "sub": user,
        "aud": audience,
        "role": "authenticated",
        "email": email,
        "iat": issued,
        "exp": issued + life,
        "session_id": str(uuid4()),
        "app_metadata": {"provider": "email", "providers": ["email"]},
        "user_metadata": {},
    }
    header = {"kid": _public(signing_key)["kid"]}
    return jwt.encode(claims, signing_key, algorithm="ES256", headers=header), issued + life


def hashed(password: str) -> str:
    """A password as it is kept."""
    salt = secrets.token_bytes(16)
    return f"scrypt${salt.hex()}${_scrypt(password, salt).hex()}"


def matches(password: str, kept: str) -> bool:
    """Whether a password is the one that was kept."""
    _, salt, digest = kept.split("$")
    return secrets.compare_digest(_scrypt(password, bytes.fromhex(salt)).hex(), digest)


def _scrypt(password: str, salt: bytes) -> bytes:
    return hashlib.scrypt(password.encode(), salt=salt, n=2**12, r=8, p=1)


def _public(signing_key: str) -> dict[str, Any]:
    key = serialization.load_pem_private_key(signing_key.encode(), None)
    if not isinstance(key, ec.EllipticCurvePrivateKey):
        raise TypeError("the signing key is not of an elliptic curve")
    numbers = key.public_key().public_numbers()
    x, y = (_encoded(each.to_bytes(32, "big")) for each in (numbers.x, numbers.y))
    found = {"kty": "EC", "crv": "P-256", "x": x, "y": y}
    kid = hashlib.sha256(json.dumps(found, sort_keys=True).encode()).hexdigest()[:32]
    return {**found, "alg": "ES256", "use": "sig", "key_ops": ["verify"], "kid": kid}


def _encoded(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()
