"""Line 3: what is one organisation's is nobody else's: not read, not listed, not changed."""

import pytest

from smoke.evidence import require
from smoke.journeys.organisations import LISTS, OF_A_JOB, Apart, Organisations


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
