"""Organisations of the user; walked last, as it changes which of them is active."""

from dataclasses import dataclass

from smoke.answer import Answer
from smoke.endpoints import NOBODY
from smoke.journeys.walk import Traveller

SECOND = "Smoke checks"


@dataclass(frozen=True, slots=True, kw_only=True)
class Organisations:
    """The answers on the way; `made` is None if the second organisation was there already."""

    first: str
    made: Answer | None
    unnamed: Answer
    foreign: Answer
    uninvited: Answer
    back: Answer
    listed: Answer


def walk(with_: Traveller) -> Organisations:
    """Make a second organisation, but only once, as none can be deleted; come back to the first."""
    client, switch = with_.client, "POST /v1/organisations/switch"
    listed = client.call("GET /v1/organisations").expect(200)
    first, last = str(listed.at("data.active_organisation_id")), client.afresh()
    home = {"organisation_id": first}
    with_.endings.add("the active organisation", lambda: last.call(switch, body=home))
    names = [found.get("name") for found in listed.at("data.organisations")]
    made = None
    if SECOND not in names:
        made = client.call("POST /v1/organisations", body={"name": SECOND})
    return Organisations(
        first=first,
        made=made,
        unnamed=client.call("POST /v1/organisations", body={"name": ""}),
        foreign=client.call(switch, body={"organisation_id": NOBODY}),
        uninvited=client.call(
            "POST /v1/organisations/invites", body={"email": "nobody", "role": "member"}
        ),
        back=client.call(switch, body=home),
        listed=client.call("GET /v1/organisations"),
    )
