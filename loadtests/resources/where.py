"""Where to look: at what belongs to the very environment that is put under load, or nowhere."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from loadtests.resources.platform import query
from loadtests.resources.timing import queries
from staging.errors import ConfigurationError
from staging.secret import Secret
from staging.settings import Settings

NAME, TOKEN = "STAGING_METRICS", "STAGING_METRICS_TOKEN"


@dataclass(frozen=True, slots=True, kw_only=True)
class Where:
    """A database to read, and the platform's Prometheus to ask about an app."""

    database: Secret | None = None
    address: str = ""
    app: str = ""
    token: Secret | None = None

    def told(self, settings: Settings) -> dict[str, Any]:
        """What the process that looks is told, secrets and all; empty if there is nothing."""
        found: dict[str, Any] = {}
        if self.database:
            named = queries(settings.root / settings.load.queries)
            found |= {"database": self.database.reveal(), "queries": named}
        if self.token:
            asked = query(self.app, settings.load.metrics)
            found |= {"platform": {"address": self.address, "question": asked}}
            found |= {"token": self.token.reveal()}
        return found


def where(environment: Mapping[str, str]) -> Where:
    """As the session was attached to a target, or as was exported."""
    database, token = environment.get("STAGING_DATABASE_URL"), environment.get(TOKEN)
    given = environment.get(NAME, "")
    try:
        told = json.loads(given or "{}")
        address, app = str(told.get("query", "")), str(told.get("app", ""))
    except (ValueError, AttributeError):
        raise ConfigurationError(
            f"{NAME} cannot be read.",
            detail='Expected {"query": "https://…/api/v1/query", "app": "…"}.',
        ) from None
    known = bool(address and app and token)
    return Where(
        database=Secret(database) if database else None,
        address=address,
        app=app,
        token=Secret(token) if known and token else None,
    )
