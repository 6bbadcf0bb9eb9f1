"""A job's share link: made, read by anybody, revoked."""

from dataclasses import dataclass

from smoke.answer import Answer
from smoke.hidden import Hidden
from smoke.journeys.crawl import Crawl
from smoke.journeys.walk import Traveller


@dataclass(frozen=True, slots=True, kw_only=True)
class Sharing:
    """The answers on the way; `revoked` are those to anybody once the link is no more."""

    job: str
    made: Answer
    again: Answer
    found: Answer
    read: tuple[Answer, ...]
    revoking: Answer
    revoked: tuple[Answer, ...]


def walk(with_: Traveller, *, crawl: Crawl, hidden: Hidden) -> Sharing:
    """Share the crawl's job, read it without a token, take the link back, read it again."""
    client, job = with_.client, crawl.id
    made = client.call("POST /v1/jobs/{id}/share-links", id=job, body={}).expect(200, 201)
    share = hidden.add(str(made.at("data.token"))).reveal()
    revoke = "DELETE /v1/jobs/{id}/share-links/{share}"
    last = client.afresh()
    with_.endings.add(f"share link of {job}", lambda: last.call(revoke, id=job, share=share))
    return Sharing(
        job=job,
        made=made,
        again=client.call("POST /v1/jobs/{id}/share-links", id=job, body={}),
        found=client.call("GET /v1/jobs/{id}/share-links", id=job),
        read=_read(with_, share),
        revoking=client.call(revoke, id=job, share=share),
        revoked=_read(with_, share),
    )


def _read(with_: Traveller, share: str) -> tuple[Answer, ...]:
    nobody = with_.client.bearing(None)
    return (
        nobody.call("GET /v1/shared/jobs/{share}", share=share),
        nobody.call("GET /v1/shared/jobs/{share}/tasks", share=share, query={"limit": 2}),
        nobody.call("GET /v1/shared/jobs/{share}/export", share=share, query={"type": "job"}),
    )
