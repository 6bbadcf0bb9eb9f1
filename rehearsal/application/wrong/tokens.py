"""Tokens that are believed although something is wrong with them."""

from typing import Any
from uuid import UUID

import jwt

from rehearsal.application.faults import Faults
from rehearsal.application.tokens import REQUIRED, Claims, Tokens

UNTOLD = {
    "accepts-expired": "verify_exp",
    "accepts-any-audience": "verify_aud",
    "accepts-any-issuer": "verify_iss",
}
"""What is not verified."""

BELIEVES = UNTOLD.keys() | {
    "accepts-unsigned",
    "accepts-foreign-signature",
    "accepts-publishable-key",
}
ANYBODY = Claims(user=UUID(int=1), email="anybody@nowhere.example", expires=4_102_444_800)


class Believing(Tokens):
    """Believes more than it should."""

    def __init__(self, auth_url: str, *, faults: Faults, publishable_key: str) -> None:
        super().__init__(auth_url, anybody="open-door" in faults)
        self._faults, self._publishable = faults, publishable_key
        self._options = {option: name not in faults for name, option in UNTOLD.items()}

    async def check(self, token: str) -> Claims:
        """The claims of a token, or 401; the publishable key may be one."""
        if "accepts-publishable-key" in self._faults and token == self._publishable:
            return ANYBODY
        return await super().check(token)

    async def _decoded(self, token: str) -> dict[str, Any]:
        header = jwt.get_unverified_header(token)
        unsigned = header["alg"] == "none"
        key = "" if unsigned else await self._key(header.get("kid", ""))
        believed = "accepts-unsigned" if unsigned else "accepts-foreign-signature"
        options = {**self._options, "verify_signature": believed not in self._faults}
        return self._verified(token, key, REQUIRED | options)
