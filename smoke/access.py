"""How a run gets its bearer token: given, or by signing in at Supabase Auth."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace

import requests

from smoke.client import CONNECT, READ
from smoke.environment import Environment, SignIn
from smoke.evidence import Evidence
from smoke.hidden import Hidden
from smoke.mode import Mode
from staging.secret import Secret


@dataclass(frozen=True, slots=True, kw_only=True)
class Access:
    """A token; or why there is none: nothing was given, or what was given is refused.

    `other` is the token of a user of another organisation, where there is one.
    """

    token: Secret | None = None
    other: Secret | None = None
    lacking: str = ""
    refused: Evidence | None = None


def obtain(environment: Environment, *, hidden: Hidden) -> Access:
    """The tokens to use in this run; where nothing may change, nobody signs in either."""
    if environment.mode is Mode.READONLY and not environment.token:
        return Access(lacking=environment.mode.left_out)
    if environment.mode is Mode.READONLY or not environment.other:
        return _own(environment, hidden=hidden)
    with ThreadPoolExecutor(max_workers=1) as beside:
        other = beside.submit(_sign_in, environment.other)
        own = _own(environment, hidden=hidden)
        try:
            return replace(own, other=hidden.add(other.result()))
        except Evidence as evidence:
            return replace(own, refused=own.refused or evidence)


def _own(environment: Environment, *, hidden: Hidden) -> Access:
    if environment.token:
        return Access(token=environment.token)
    if not environment.sign_in:
        reason = "no STAGING_ACCESS_TOKEN, nor SUPABASE_URL, SUPABASE_PUBLISHABLE_KEY, SMOKE_EMAIL"
        return Access(lacking=f"{reason} and SMOKE_PASSWORD, were given")
    try:
        return Access(token=hidden.add(_sign_in(environment.sign_in)))
    except Evidence as evidence:
        return Access(lacking="signing in failed", refused=evidence)


def _sign_in(user: SignIn) -> str:
    where = "POST {SUPABASE_URL}/auth/v1/token"
    try:
        answer = requests.post(
            f"{user.url}/auth/v1/token?grant_type=password",
            json={"email": user.email, "password": user.password.reveal()},
            headers={"apikey": user.key.reveal()},
            timeout=(CONNECT, READ),
        )
        token = answer.json().get("access_token") if answer.ok else None
    except requests.RequestException as error:
        raise Evidence(where, expected="an answer", got=type(error).__name__) from None
    if not isinstance(token, str):
        got = f"{answer.status_code} {answer.text}"
        raise Evidence(where, expected="200 and an access_token", got=got)
    return token
