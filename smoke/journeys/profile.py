"""The user's own account: a name written through the API and read back."""

import secrets
from dataclasses import dataclass

from smoke.answer import Answer
from smoke.client import NOT_JSON
from smoke.journeys.walk import Traveller
from staging.rules.endpoints import NOBODY


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """The answers on the way; `written` is the name that no other run writes."""

    user: str
    written: str
    before: Answer
    changed: Answer
    unreadable: Answer
    read: Answer


def walk(with_: Traveller) -> Profile:
    """Write a name, read it back, and put the former one back at the run's end."""
    client, written = with_.client, f"Smoke {secrets.token_hex(4)}"
    before = client.call("GET /v1/auth/profile").expect(200)
    former, last = str(before.find("data.user.first_name") or "Smoke"), client.afresh()
    with_.endings.add(
        "the user's name",
        lambda: last.call("PATCH /v1/auth/profile", body={"first_name": former}),
    )
    with_.endings.make("user", str(before.at("data.user.id")))
    changed = client.call("PATCH /v1/auth/profile", body={"first_name": written})
    unreadable = client.call("PATCH /v1/auth/profile", raw=NOT_JSON)
    read = client.call("GET /v1/auth/profile")
    _accounts(with_, before)
    return Profile(
        user=str(before.at("data.user.id")),
        written=written,
        before=before,
        changed=changed,
        unreadable=unreadable,
        read=read,
    )


def _accounts(with_: Traveller, before: Answer) -> None:
    """Register the user again, as its first call did, and ask after its session."""
    client = with_.client
    body = {
        "user_id": before.at("data.user.id"),
        "email": before.at("data.user.email"),
        "org_name": before.at("data.organisation.name"),
    }
    client.call("POST /v1/auth/register", body=body)
    token = client.token.reveal() if client.token else NOBODY
    client.call("POST /v1/auth/session", body={"token": token})
