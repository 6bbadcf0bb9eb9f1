"""Which journeys are begun at the start of a run, and why others are not."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from smoke import browser
from smoke.hidden import Hidden
from smoke.journeys import (
    cancelling,
    crawl,
    doors,
    notifications,
    organisations,
    pictures,
    profile,
    scheduling,
    sharing,
)
from smoke.journeys.walk import Journeys, Traveller
from smoke.mode import Mode
from smoke.parts import LEFT_OUT, Parts
from staging.rules.endpoints import ENDPOINTS

LATE = (
    "profile",
    "doors",
    "scheduling",
    "cancelling",
    "watching",
    "crawl",
    "pictures",
    "notifications",
    "sharing",
    "organisations",
)
"""Journeys in the order in which they end; a check comes after those that need less."""

AFTER = {
    "notifications": ("crawl",),
    "sharing": ("crawl",),
    "watching": ("cancelling",),
    "crawl": ("cancelling",),
    "pictures": ("cancelling",),
}
"""What must have ended before: a job of the domain ends the former."""

ALONE = "organisations"
"""While another organisation is active nobody finds what is the first's."""

QUICK = {"profile", "scheduling", "cancelling", "watching"}
"""What a deploy waits for: an account, a scheduler, a job that is taken up and cancelled."""

NEED_DOMAIN = {"scheduling", "crawl", "sharing", "cancelling", "watching"}


JOBS = ("crawl", "cancelling")
LEADS_THROUGH = {
    "crawl": JOBS,
    "cancelling": JOBS,
    "watching": JOBS,
    "sharing": (*JOBS, "sharing"),
}
"""Whose endpoints a journey calls beside its own; every job that is made is cancelled at last."""


def endpoints(name: str) -> list[str]:
    """The endpoints without which a journey cannot be walked."""
    through = LEADS_THROUGH.get(name, (name,))
    return [found.request for found in ENDPOINTS.values() if found.journey in through]


@dataclass(frozen=True, slots=True, kw_only=True)
class Lacking:
    """Reasons not to begin: any journey, those that need a domain, or a part; empty is none."""

    all: str
    domain: str
    parts: Parts
    mode: Mode = Mode.FULL

    def reason(self, name: str) -> str:
        """Why this journey is not walked, or nothing."""
        if name == "doors":
            return ""
        if self.mode is Mode.READONLY or (self.mode is Mode.QUICK and name not in QUICK):
            return self.mode.left_out
        if name == "pictures" and browser.find() is None:
            return browser.NONE
        wanted = endpoints(name)
        if missing := self.parts.lacks(wanted):
            partly = f"staging.toml leaves out {missing[0]}, which this takes"
            return LEFT_OUT if missing == wanted else partly
        return self.all or (self.domain if name in NEED_DOMAIN else "")


def begin(
    journeys: Journeys, traveller: Callable[[], Traveller], *, hidden: Hidden, lacking: Lacking
) -> None:
    """Begin all at once; those that build on another wait for it in their own thread."""

    def crawled() -> crawl.Crawl:
        found: crawl.Crawl = journeys.result("crawl")
        return found

    def cancelled() -> cancelling.Cancelling:
        found: cancelling.Cancelling = journeys.result("cancelling")
        return found

    def hopeless() -> bool:
        return journeys.ended("cancelling") and not cancelled().worked

    walks: Mapping[str, Callable[[], object]] = {
        "profile": lambda: profile.walk(traveller()),
        "doors": lambda: doors.walk(traveller()),
        "scheduling": lambda: scheduling.walk(traveller()),
        "cancelling": lambda: cancelling.walk(traveller()),
        "watching": lambda: cancelling.watch(traveller(), seen=cancelled()),
        "pictures": lambda: pictures.walk(traveller()),
        "crawl": lambda: crawl.walk(traveller(), hopeless=hopeless()),
        "notifications": lambda: notifications.walk(traveller()),
        "sharing": lambda: sharing.walk(traveller(), crawl=crawled(), hidden=hidden),
        "organisations": lambda: organisations.walk(traveller(), parts=lacking.parts),
    }
    for name, walk in walks.items():
        if reason := lacking.reason(name):
            journeys.refuse(name, reason)
        elif name == ALONE:
            journeys.defer(name, walk)
        else:
            journeys.begin(name, walk, after=AFTER.get(name, ()))
