"""Smoke's two users, of two organisations: a job of the one does not cancel the other's."""

import base64
import json
from dataclasses import dataclass
from typing import Any

from staging.errors import NotSo
from staging.inventory import Project
from staging.operations import access, reach
from staging.operations.credentials import Credentials
from staging.operations.opening import Clouds
from staging.secret import Secret


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """Somebody who is signed in: `user` is the id that rows bear."""

    token: Secret
    user: str
    expires: float


def signed_in(clouds: Clouds, project: Project, *, others: bool = True) -> tuple[Account, ...]:
    """Fresh tokens of the users, by their passwords."""
    password = access.database_password(clouds)
    kept, auth = Credentials(clouds.settings, clouds.environ), reach.auth(clouds, project)
    users = [kept.smoke_user(password), *([kept.other_user(password)] if others else [])]
    found = []
    for email, secret in users:
        token = auth.sign_in(email, secret)
        if token is None:
            remedy = "Run `invoke provision`: it makes the user again."
            raise NotSo(f"Supabase Auth does not let {email} in.", remedy=remedy)
        claims = _claims(token)
        found.append(Account(token=token, user=str(claims["sub"]), expires=float(claims["exp"])))
    return tuple(found)


def _claims(token: Secret) -> dict[str, Any]:
    """What a token says, not whether it is true: that is the application's to judge."""
    part = token.reveal().split(".")[1]
    found: dict[str, Any] = json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    return found
