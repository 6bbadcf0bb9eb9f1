"""A scheduler from its making to its end."""

from collections.abc import Mapping
from dataclasses import dataclass

from smoke.answer import Answer
from smoke.client import NOT_JSON, Client
from smoke.journeys.walk import Traveller

MARK = 7
"""The number of pages that only our schedulers have, so that a killed run's is told from others."""

CHANGE = {"schedule_interval_hours": 24, "is_enabled": False}
OF_A_SCHEDULER = (
    "GET /v1/schedulers/{id}",
    "GET /v1/schedulers/{id}/jobs",
    "PUT /v1/schedulers/{id}",
    "DELETE /v1/schedulers/{id}",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Scheduling:
    """The answers on the way; `stale` is the refusal of a change that came too late.

    `foreign` are those to a user of another organisation, by the request; none without such a user.
    """

    made: Answer
    twice: Answer
    listed: Answer
    read: Answer
    changed: Answer
    read_again: Answer
    stale: Answer
    foreign: Mapping[str, Answer]
    still: Answer
    bad: tuple[Answer, ...]
    deleted: Answer
    gone: Answer


def walk(with_: Traveller) -> Scheduling:
    """Make a scheduler, which is not due for two days; read, pause, change and delete it."""
    client, domain, one = with_.client, with_.environment.domain, "/v1/schedulers/{id}"
    _clear(with_)
    body = {
        "domain": domain,
        "schedule_interval_hours": 48,
        "max_pages": MARK,
        "is_enabled": False,
    }
    client.call("POST /v1/domains", body={"domain": domain})
    made = client.call("POST /v1/schedulers", body=body).expect(201)
    id_, last = str(made.at("data.id")), client.afresh()
    with_.endings.add(f"scheduler {id_}", lambda: last.call("DELETE /v1/schedulers/{id}", id=id_))
    with_.endings.make("scheduler", id_)
    client.call(f"GET {one}/jobs", id=id_)
    return Scheduling(
        made=made,
        twice=client.call("POST /v1/schedulers", body=body),
        listed=client.call("GET /v1/schedulers"),
        read=client.call("GET /v1/schedulers/{id}", id=id_),
        changed=client.call(f"PUT {one}", id=id_, body=CHANGE),
        read_again=client.call(f"GET {one}", id=id_),
        stale=client.call(f"PUT {one}", id=id_, body={**CHANGE, "expected_is_enabled": True}),
        bad=(
            client.call("POST /v1/schedulers", body={**body, "schedule_interval_hours": 5}),
            client.call(f"PUT {one}", id=id_, body={"schedule_interval_hours": 5}),
            client.call(f"PUT {one}", id=id_, raw=NOT_JSON),
        ),
        foreign=_foreign(with_.other, id_) if with_.other else {},
        still=client.call(f"GET {one}", id=id_),
        deleted=client.call("DELETE /v1/schedulers/{id}", id=id_),
        gone=client.call("GET /v1/schedulers/{id}", id=id_),
    )


def _foreign(other: Client, id_: str) -> dict[str, Answer]:
    return {request: other.call(request, id=id_, body=CHANGE) for request in OF_A_SCHEDULER}


def _clear(with_: Traveller) -> None:
    """Delete what a killed run left."""
    for found in with_.client.call("GET /v1/schedulers").expect(200).at("data") or []:
        if found.get("max_pages") == MARK and found.get("domain") == with_.environment.domain:
            with_.client.call("DELETE /v1/schedulers/{id}", id=found["id"])
