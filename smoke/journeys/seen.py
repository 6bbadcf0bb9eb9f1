"""What each journey saw, as fixtures of the checks that judge it."""

from typing import Any

import pytest

from smoke.journeys.cancelling import Cancelling
from smoke.journeys.crawl import Crawl
from smoke.journeys.doors import Doors
from smoke.journeys.notifications import Notifications
from smoke.journeys.organisations import Organisations
from smoke.journeys.pictures import Picture
from smoke.journeys.profile import Profile
from smoke.journeys.scheduling import Scheduling
from smoke.journeys.sharing import Sharing
from smoke.journeys.walk import Journeys


def _seen(journeys: Journeys, name: str) -> Any:  # noqa: ANN401 - each journey has a record
    """What a journey saw; a check that needs it is not run if there was none."""
    if reason := journeys.why_not(name):
        pytest.skip(reason)
    if not journeys.ended(name):
        pytest.skip(f"{name} did not come to its end")
    return journeys.result(name)


@pytest.fixture(scope="session")
def profile(journeys: Journeys) -> Profile:
    """A name written and read."""
    found: Profile = _seen(journeys, "profile")
    return found


@pytest.fixture(scope="session")
def doors(journeys: Journeys) -> Doors:
    """Bad tokens refused."""
    found: Doors = _seen(journeys, "doors")
    return found


@pytest.fixture(scope="session")
def scheduling(journeys: Journeys) -> Scheduling:
    """A scheduler made, changed and deleted."""
    found: Scheduling = _seen(journeys, "scheduling")
    return found


@pytest.fixture(scope="session")
def crawl(journeys: Journeys) -> Crawl:
    """A job watched to its end."""
    found: Crawl = _seen(journeys, "crawl")
    return found


@pytest.fixture(scope="session")
def pictures(journeys: Journeys) -> list[Picture]:
    """Pages in a browser; why there is none is evidence, as the browser was there."""
    if reason := journeys.why_not("pictures"):
        pytest.skip(reason)
    found: list[Picture] = journeys.result("pictures")
    return found


@pytest.fixture(scope="session")
def notifications(journeys: Journeys) -> Notifications:
    """Notifications read."""
    found: Notifications = _seen(journeys, "notifications")
    return found


@pytest.fixture(scope="session")
def sharing(journeys: Journeys) -> Sharing:
    """A job shared and unshared."""
    found: Sharing = _seen(journeys, "sharing")
    return found


@pytest.fixture(scope="session")
def cancelling(journeys: Journeys) -> Cancelling:
    """Jobs cancelled in each way."""
    found: Cancelling = _seen(journeys, "watching")
    return found


@pytest.fixture(scope="session")
def organisations(journeys: Journeys) -> Organisations:
    """A second organisation made or found."""
    found: Organisations = _seen(journeys, "organisations")
    return found
