"""A scheduler from its making to its end."""

from dataclasses import dataclass

from smoke.answer import Answer
from smoke.client import NOT_JSON
from smoke.journeys.walk import Traveller

MARK = 7
"""The number of pages that only our schedulers have, so that a killed run's is told from others."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scheduling:
    """The answers on the way; `stale` is the refusal of a change that came too late."""

    made: Answer
    twice: Answer
    listed: Answer
    read: Answer
    changed: Answer
    read_again: Answer
    bad: tuple[Answer, ...]
    deleted: Answer
    gone: Answer


def walk(with_: Traveller) -> Scheduling:
    """Make a scheduler, disabled so that it never runs; read, change and delete it."""
    client, domain = with_.client, with_.environment.domain
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
    client.call("GET /v1/schedulers/{id}/jobs", id=id_)
    return Scheduling(
        made=made,
        twice=client.call("POST /v1/schedulers", body=body),
        listed=client.call("GET /v1/schedulers"),
        read=client.call("GET /v1/schedulers/{id}", id=id_),
        changed=client.call(
            "PUT /v1/schedulers/{id}", id=id_, body={"schedule_interval_hours": 24}
        ),
        read_again=client.call("GET /v1/schedulers/{id}", id=id_),
        bad=(
            client.call("POST /v1/schedulers", body={**body, "schedule_interval_hours": 5}),
            client.call("PUT /v1/schedulers/{id}", id=id_, body={"schedule_interval_hours": 5}),
            client.call("PUT /v1/schedulers/{id}", id=id_, raw=NOT_JSON),
        ),
        deleted=client.call("DELETE /v1/schedulers/{id}", id=id_),
        gone=client.call("GET /v1/schedulers/{id}", id=id_),
    )


def _clear(with_: Traveller) -> None:
    """Delete what a killed run left."""
    for found in with_.client.call("GET /v1/schedulers").expect(200).at("data") or []:
        if found.get("max_pages") == MARK and found.get("domain") == with_.environment.domain:
            with_.client.call("DELETE /v1/schedulers/{id}", id=found["id"])
