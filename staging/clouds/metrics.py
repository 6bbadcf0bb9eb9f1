"""What the running application tells of itself: Fly's Prometheus, by its HTTP interface.

flyctl cannot ask it. https://fly.io/docs/monitoring/metrics: Fly scrapes what [metrics] of a
fly.toml names every 15 seconds, and answers queries for a whole organisation.
"""

from collections.abc import Mapping
from urllib.parse import quote, urlencode

from staging.clouds.http import Service
from staging.errors import ServiceFailed
from staging.secret import Secret

API = "https://api.fly.io"
PATIENCE = 15.0  # seconds


class Metrics:
    """The metrics of an organisation's apps; nothing here changes anything."""

    def __init__(self, *, base: str | None, token: Secret) -> None:
        given = token.reveal()
        bearer = given if given.startswith("FlyV1 ") else f"Bearer {given}"
        self.authorization = Secret(bearer)
        self._base = f"{(base or API).rstrip('/')}/prometheus"
        self._service = Service(self._base, {"Authorization": self.authorization})

    def address(self, organisation: str) -> str:
        """Where queries about an organisation's apps go."""
        return f"{self._base}/{quote(organisation)}/api/v1/query"

    def values(self, organisation: str, app: str, name: str) -> Mapping[str, float]:
        """A metric's last value by machine; empty where Fly has none. Labels are added up."""
        query = urlencode({"query": f'{name}{{app="{app}"}}'})
        path = f"/{quote(organisation)}/api/v1/query?{query}"
        answer = self._service.call("GET", path, timeout=PATIENCE)
        if answer.status != 200:
            raise ServiceFailed(
                f"Fly's metrics of {app} cannot be read: status {answer.status}.",
                remedy="A token of the organisation may read them, a deploy token may not.",
            )
        try:
            found: dict[str, float] = {}
            for sample in answer.body["data"]["result"]:
                machine = sample["metric"].get("instance", "")
                found[machine] = found.get(machine, 0.0) + float(sample["value"][1])
        except (KeyError, TypeError, ValueError, AttributeError, IndexError) as error:
            raise ServiceFailed(
                f"Fly's metrics of {app} are of an unknown form: {error!r}."
            ) from None
        return found
