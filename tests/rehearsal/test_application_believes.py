"""Faults of tokens: each believes what its name says, and nothing else that it should not."""

import time
import uuid
from typing import Any

import jwt
import pytest

from rehearsal.supabase import keys
from tests.rehearsal.conftest import Application, Issuer, Start

PUBLISHABLE = "sb_publishable_test"
BELIEVED = {
    "accepts-expired": "expired",
    "accepts-any-audience": "another audience",
    "accepts-any-issuer": "another issuer",
    "accepts-unsigned": "unsigned",
    "accepts-foreign-signature": "a foreign signature",
    "accepts-publishable-key": "the publishable key",
}


@pytest.mark.parametrize("fault", BELIEVED)
def test_a_token_is_believed_that_should_not_be(fault: str, start: Start, issuer: Issuer) -> None:
    with start(BEE_FAULTS=fault) as made:
        assert _believed(made, issuer) == {"good", BELIEVED[fault]}


def test_a_good_application_believes_good_tokens_alone(
    application: Application, issuer: Issuer
) -> None:
    assert _believed(application, issuer) == {"good"}


def _believed(made: Application, issuer: Issuer) -> set[str]:
    found = {kind: made.ask("GET", "/v1/jobs", token) for kind, token in _tokens(issuer).items()}
    assert {answer.status_code for answer in found.values()} <= {200, 401}
    return {kind for kind, answer in found.items() if answer.status_code == 200}


def _tokens(issuer: Issuer) -> dict[str, str]:
    stranger, kid = keys.new_signing_key(), keys.jwks(issuer.key)["keys"][0]["kid"]
    claims: dict[str, Any] = jwt.decode(issuer.token(), options={"verify_signature": False})
    claims["sub"] = str(uuid.uuid4())
    return {
        "good": issuer.token(),
        "expired": issuer.token(exp=int(time.time()) - 60),
        "another audience": issuer.token(aud="anon"),
        "another issuer": issuer.token(iss="https://elsewhere.example/auth/v1"),
        "unsigned": jwt.encode(claims, "", algorithm="none", headers={"kid": kid}),
        "a foreign signature": issuer.token(key=stranger, kid=kid),
        "a foreign key": issuer.token(key=stranger),
        "the publishable key": PUBLISHABLE,
        "nothing at all": "x",
    }
