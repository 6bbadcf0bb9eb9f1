"""Which parts of an application a run may expect; all of them unless somebody says less."""

from collections.abc import Iterable
from dataclasses import dataclass

from staging.errors import ConfigurationError
from staging.rules.endpoints import ENDPOINTS
from staging.settings.checks import nearest

LEFT_OUT = "staging.toml leaves it out"
NOT_TOLD = "nobody said what to expect (SMOKE_VERSION, SMOKE_ENVIRONMENT)"
TRAITS = {
    "administration": "what is for administrators is closed to everybody else",
    "errors": "an unknown path and a wrong method are refused in the envelope of an error",
    "rate limit": "one client that asks too often is refused, by its X-Forwarded-For address",
    "request ids": "X-Request-Id is given, and the caller's is echoed",
    "security headers": "pages and API carry the headers that browsers heed",
    "tables": "the application's tables are in its database",
}
"""What an application promises beside its endpoints."""

NAMES = (*ENDPOINTS, *TRAITS)


@dataclass(frozen=True, slots=True)
class Parts:
    """`only` names the parts that there are; None is all."""

    only: tuple[str, ...] | None = None

    def has(self, name: str) -> bool:
        """Whether the application is said to have it."""
        return self.only is None or name in self.only

    def lacks(self, names: Iterable[str]) -> list[str]:
        """Those of the names that it is said not to have."""
        return [name for name in names if not self.has(name)]


def read(text: str) -> Parts:
    """The parts as SMOKE_ONLY lists them, divided by commas; empty is all."""
    names = tuple(filter(None, (name.strip() for name in text.split(","))))
    for name in names:
        if name not in NAMES:
            raise ConfigurationError(
                f"SMOKE_ONLY: {name!r} is no part that smoke knows{nearest(name, NAMES)}.",
                remedy="The parts are listed in staging/schemas/settings.json, at [smoke] only.",
            )
    return Parts(names or None)
