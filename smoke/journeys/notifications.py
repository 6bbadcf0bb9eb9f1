"""The user's notifications, read and marked as read."""

from dataclasses import dataclass

from smoke.answer import Answer
from smoke.journeys.walk import Traveller


@dataclass(frozen=True, slots=True, kw_only=True)
class Notifications:
    """The answers on the way; `one` is None where there was nothing to read."""

    listed: Answer
    one: Answer | None
    malformed: Answer
    every: Answer
    after: Answer


def walk(with_: Traveller) -> Notifications:
    """List them, read one, then all; the user is smoke's own, so nobody misses them."""
    client, read = with_.client, "POST /v1/notifications/{id}/read"
    listed = client.call("GET /v1/notifications").expect(200)
    first = listed.find("notifications.0.id")
    return Notifications(
        listed=listed,
        one=client.call(read, id=str(first)) if first else None,
        malformed=client.call(read, id="smoke"),
        every=client.call("POST /v1/notifications/read-all"),
        after=client.call("GET /v1/notifications"),
    )
