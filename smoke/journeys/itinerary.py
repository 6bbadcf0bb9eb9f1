"""Which journeys are begun at the start of a run, and why others are not."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from smoke.hidden import Hidden
from smoke.journeys import (
    cancelling,
    crawl,
    notifications,
    organisations,
    profile,
    scheduling,
    sharing,
)
from smoke.journeys.walk import Journeys, Traveller

LATE = (
    "profile",
    "scheduling",
    "crawl",
    "notifications",
    "sharing",
    "cancelling",
    "organisations",
)
"""Journeys in the order in which they end; a check comes after those that need less."""

AFTER = {
    "notifications": ("crawl",),
    "sharing": ("crawl",),
    "cancelling": ("crawl",),
    "organisations": ("profile", "scheduling", "crawl", "notifications", "sharing", "cancelling"),
}
"""What must have ended before: a job of the domain ends the former, an organisation hides all."""

NEED_DOMAIN = {"scheduling", "crawl", "sharing", "cancelling"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Lacking:
    """Reasons not to begin: any journey, or those that need a domain; empty is none."""

    all: str
    domain: str

    def reason(self, name: str) -> str:
        """Why this journey is not walked, or nothing."""
        return self.all or (self.domain if name in NEED_DOMAIN else "")


def begin(
    journeys: Journeys, traveller: Callable[[], Traveller], *, hidden: Hidden, lacking: Lacking
) -> None:
    """Begin all at once; those that build on another wait for it in their own thread."""

    def crawled() -> crawl.Crawl:
        found: crawl.Crawl = journeys.result("crawl")
        return found

    walks: Mapping[str, Callable[[], object]] = {
        "profile": lambda: profile.walk(traveller()),
        "scheduling": lambda: scheduling.walk(traveller()),
        "crawl": lambda: crawl.walk(traveller()),
        "notifications": lambda: notifications.walk(traveller()),
        "sharing": lambda: sharing.walk(traveller(), crawl=crawled(), hidden=hidden),
        "cancelling": lambda: cancelling.walk(traveller(), crawl=crawled()),
        "organisations": lambda: organisations.walk(traveller()),
    }
    for name, walk in walks.items():
        if reason := lacking.reason(name):
            journeys.refuse(name, reason)
        else:
            journeys.begin(name, walk, after=AFTER.get(name, ()))
