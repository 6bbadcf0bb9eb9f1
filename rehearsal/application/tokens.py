"""Who is asking: bearer tokens of Supabase Auth, checked against its public keys."""

import asyncio
import time
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import aiohttp
import jwt

from rehearsal.application.envelope import Refusal

ALGORITHMS = ["ES256", "RS256"]
REQUIRED = {"require": ["exp", "sub", "iss", "aud"]}
MISSING = "Missing or invalid Authorization header"
INVALID = "Invalid or expired token"
FETCH_SECONDS = 5.0
FETCH_PAUSE = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Claims:
    """What a token says of its bearer; `expires` in seconds since 1970."""

    user: UUID
    email: str
    expires: int


class Tokens:
    """Checks tokens; keys are fetched when an unknown one is met, at most once a second."""

    def __init__(self, auth_url: str, *, anybody: bool) -> None:
        self._issuer = f"{auth_url}/auth/v1"
        self._anybody = anybody
        self._keys: dict[str, jwt.PyJWK] = {}
        self._fetched = -FETCH_PAUSE
        self._fetching = asyncio.Lock()

    async def bearer(self, header: str | None) -> Claims:
        """The claims of an Authorization header, or 401."""
        kind, _, token = (header or "").partition(" ")
        if kind.lower() != "bearer" or not token.strip():
            raise Refusal(401, MISSING)
        return await self.check(token.strip())

    async def check(self, token: str) -> Claims:
        """The claims of a token, or 401."""
        try:
            if self._anybody:
                return _claims(jwt.decode(token, options={"verify_signature": False}))
            return _claims(await self._decoded(token))
        except (jwt.InvalidTokenError, ValueError, KeyError, TypeError):
            raise Refusal(401, INVALID) from None

    async def _decoded(self, token: str) -> dict[str, Any]:
        kid = jwt.get_unverified_header(token).get("kid", "")
        return self._verified(token, await self._key(kid), REQUIRED)

    def _verified(
        self, token: str, key: jwt.PyJWK | str, options: dict[str, Any]
    ) -> dict[str, Any]:
        return jwt.decode(
            token,
            key,
            algorithms=ALGORITHMS,
            audience="authenticated",
            issuer=self._issuer,
            options=options,  # type: ignore[arg-type]  # its names are not known before
        )

    async def _key(self, kid: str) -> jwt.PyJWK:
        async with self._fetching:
            if kid not in self._keys and time.monotonic() - self._fetched > FETCH_PAUSE:
                await self._fetch()
        return self._keys[kid]

    async def _fetch(self) -> None:
        self._fetched = time.monotonic()
        limit = aiohttp.ClientTimeout(total=FETCH_SECONDS)
        try:
            async with (
                aiohttp.ClientSession(timeout=limit) as session,
                session.get(f"{self._issuer}/.well-known/jwks.json") as answer,
            ):
                found = await answer.json()
        except (aiohttp.ClientError, TimeoutError, ValueError):
            return  # the keys that are known stay good
        self._keys = {key["kid"]: jwt.PyJWK(key) for key in found["keys"]}


def _claims(decoded: dict[str, Any]) -> Claims:
    return Claims(
        user=UUID(decoded["sub"]), email=str(decoded.get("email", "")), expires=int(decoded["exp"])
    )
