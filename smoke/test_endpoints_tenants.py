"""Line 3: what is one organisation's is nobody else's: not read, not listed, not changed."""

import pytest

from smoke.evidence import require
from smoke.journeys.crawl import LISTS, OF_A_JOB, Crawl
from smoke.journeys.organisations import Apart, Organisations
from smoke.journeys.scheduling import OF_A_SCHEDULER, Scheduling

NOBODY_ELSE = "no SMOKE_OTHER_EMAIL and SMOKE_OTHER_PASSWORD were given"


@pytest.fixture
def apart(organisations: Organisations) -> Apart:
    """What was asked for of the first organisation while the second was active."""
    if organisations.apart is None:
        pytest.skip("the user's organisation has no job that another could reach for")
    return organisations.apart


def test_organisations_are_entered_by_their_members_only(organisations: Organisations) -> None:
    organisations.foreign.refused(403, code="FORBIDDEN")
    organisations.unnamed.refused(400)
    organisations.uninvited.refused(400)


def test_the_first_organisation_is_active_again(organisations: Organisations) -> None:
    organisations.back.expect(200)
    active = organisations.listed.expect(200).at("data.active_organisation_id")
    where, first = organisations.listed.where, organisations.first
    require(active == first, where, expected=f"{first} active again", got=active)


@pytest.mark.parametrize("request_", OF_A_JOB)
def test_another_organisations_job_is_not_found(apart: Apart, request_: str) -> None:
    apart.answers[request_].refused(404, code="NOT_FOUND")


@pytest.mark.parametrize("request_", LISTS)
def test_another_organisations_objects_are_not_listed(apart: Apart, request_: str) -> None:
    answer = apart.lists[request_].expect(200)
    require(apart.job not in answer.text, answer.where, expected=f"no {apart.job}", got="it")


@pytest.mark.parametrize("request_", OF_A_JOB)
def test_another_users_job_is_not_found(crawl: Crawl, request_: str) -> None:
    """While the job is at work, so that a cancel which gets through is seen."""
    if request_ not in crawl.foreign:
        pytest.skip(NOBODY_ELSE)
    crawl.foreign[request_].refused(404, code="NOT_FOUND")


@pytest.mark.parametrize("request_", LISTS)
def test_another_users_objects_are_not_listed(crawl: Crawl, request_: str) -> None:
    if request_ not in crawl.foreign_lists:
        pytest.skip(NOBODY_ELSE)
    answer = crawl.foreign_lists[request_].expect(200)
    require(crawl.id not in answer.text, answer.where, expected=f"no {crawl.id}", got="it")


@pytest.mark.parametrize("request_", OF_A_SCHEDULER)
def test_another_users_scheduler_is_not_found(scheduling: Scheduling, request_: str) -> None:
    if request_ not in scheduling.foreign:
        pytest.skip(NOBODY_ELSE)
    scheduling.foreign[request_].refused(404, code="NOT_FOUND")


def test_a_scheduler_is_there_after_others_reached_for_it(scheduling: Scheduling) -> None:
    if not scheduling.foreign:
        pytest.skip(NOBODY_ELSE)
    for name, expected in {"is_enabled": False, "schedule_interval_hours": 24}.items():
        got = scheduling.still.expect(200).at(f"data.{name}")
        require(got == expected, scheduling.still.where, expected=f"{name} {expected}", got=got)
