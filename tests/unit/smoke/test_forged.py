"""Tokens that must be refused are near to the real one, but never it."""

import base64
import json

import pytest

from smoke.forged import KINDS, forge
from staging.secret import Secret


def part(content: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(content).encode()).rstrip(b"=").decode()


HEADER = {"alg": "ES256", "kid": "k1", "typ": "JWT"}
REAL = f"{part(HEADER)}.{part({'sub': 'u1', 'exp': 1})}.c2lnbmF0dXJl"


@pytest.mark.parametrize("kind", KINDS)
def test_no_forgery_is_the_real_token(kind: str) -> None:
    assert REAL not in (forge(kind, real=Secret(REAL)) or "")


def test_a_foreign_signature_is_under_the_users_own_claims() -> None:
    forged = forge("a foreign signature", real=Secret(REAL)) or ""
    header, claims, signature = forged.removeprefix("Bearer ").split(".")
    assert header == part(HEADER)
    assert json.loads(base64.urlsafe_b64decode(claims + "=="))["sub"] == "u1"
    assert signature != REAL.split(".")[2]


@pytest.mark.parametrize("kind", KINDS)
def test_forgeries_need_no_real_token(kind: str) -> None:
    assert forge(kind, real=None) != forge("no header", real=None) or kind == "no header"
