"""Organisations of the user; walked alone, as it changes which of them is active."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from smoke.answer import Answer
from smoke.client import Client
from smoke.journeys.crawl import LISTS, OF_A_JOB, reach_for
from smoke.journeys.walk import Traveller
from smoke.parts import Parts
from staging.rules.endpoints import NOBODY

SECOND = "Smoke checks"
SWITCH = "POST /v1/organisations/switch"


@dataclass(frozen=True, slots=True, kw_only=True)
class Apart:
    """What the first organisation has, asked for while the second is active."""

    job: str
    answers: Mapping[str, Answer]
    lists: Mapping[str, Answer]


@dataclass(frozen=True, slots=True, kw_only=True)
class Organisations:
    """The answers on the way; `made` is None if the second organisation was there already.

    `apart` is None where the first has no job yet.
    """

    first: str
    made: Answer | None
    unnamed: Answer
    foreign: Answer
    uninvited: Answer
    back: Answer
    listed: Answer
    apart: Apart | None = field(default=None)


def walk(with_: Traveller, *, parts: Parts) -> Organisations:
    """Make a second organisation, but only once, as none can be deleted; come back to the first."""
    client = with_.client
    listed = client.call("GET /v1/organisations").expect(200)
    first, last = str(listed.at("data.active_organisation_id")), client.afresh()
    home = {"organisation_id": first}
    with_.endings.add("the active organisation", lambda: last.call(SWITCH, body=home))
    ids = {found.get("name"): str(found.get("id")) for found in listed.at("data.organisations")}
    job = "" if parts.lacks((*LISTS, *OF_A_JOB)) else _newest(client)
    made = None
    if SECOND not in ids:
        made = client.call("POST /v1/organisations", body={"name": SECOND})
        with_.endings.make("organisation", str(made.find("data.organisation.id") or NOBODY))
    else:
        with_.endings.make("organisation", ids[SECOND])  # a run that was killed has left it
    unnamed = client.call("POST /v1/organisations", body={"name": ""})
    foreign = client.call(SWITCH, body={"organisation_id": NOBODY})
    apart = None
    if job and (made is not None or _enter(client, ids[SECOND])):
        apart = _apart(client.afresh(), job)
    return Organisations(
        first=first,
        made=made,
        unnamed=unnamed,
        foreign=foreign,
        uninvited=client.call(
            "POST /v1/organisations/invites", body={"email": "nobody", "role": "member"}
        ),
        back=client.call(SWITCH, body=home),
        listed=client.call("GET /v1/organisations"),
        apart=apart,
    )


def _newest(client: Client) -> str:
    jobs = client.call("GET /v1/jobs", query={"limit": 1}).expect(200).at("data.jobs") or []
    return str(jobs[0]["id"]) if jobs else ""


def _enter(client: Client, organisation: str) -> bool:
    return client.call(SWITCH, body={"organisation_id": organisation}).expect(200).status == 200


def _apart(client: Client, job: str) -> Apart:
    lists = {request: client.call(request, query={"limit": 100}) for request in LISTS}
    return Apart(job=job, answers=reach_for(client.afresh(), job), lists=lists)
