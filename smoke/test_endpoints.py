"""Line 3: every endpoint answers as promised, and refuses as promised."""

from collections.abc import Callable

import pytest

from smoke.access import Access
from smoke.client import NOT_JSON, Client
from smoke.evidence import require
from smoke.journeys.doors import NO_HEADER, Doors
from smoke.journeys.notifications import Notifications
from smoke.journeys.profile import Profile
from smoke.journeys.scheduling import Scheduling
from smoke.journeys.walk import Journeys
from smoke.ledger import Ledger
from staging.rules.endpoints import ENDPOINTS, NOBODY, Endpoint

GUARDED = [endpoint for endpoint in ENDPOINTS.values() if endpoint.guarded]
REFUSED_DOMAINS = ("localhost", "127.0.0.1", "site.invalid:8080", "10.0.0.1", "not a domain")
BAD: dict[str, tuple[str, object, int]] = {
    "a job without a domain": ("POST /v1/jobs", {}, 400),
    "a user id that is none": (
        "POST /v1/auth/register",
        {"user_id": "smoke", "email": "smoke@example.com", "org_name": "Smoke"},
        400,
    ),
    "a scheduler without a domain": ("POST /v1/schedulers", {"schedule_interval_hours": 6}, 400),
    "a domain without a name": ("POST /v1/domains", {}, 400),
}


@pytest.mark.part("GET /v1/auth/profile")
def test_the_user_signs_in(access: Access, nobody: Client) -> None:
    if access.refused:
        raise access.refused
    if access.token is None:
        pytest.skip(access.lacking)
    nobody.bearing(access.token).call("GET /v1/auth/profile").expect(200)


@pytest.mark.parametrize("endpoint", ENDPOINTS.values(), ids=str)
def test_endpoint_keeps_its_contract(
    endpoint: Endpoint, nobody: Client, access: Access, ledger: Ledger, journeys: Journeys
) -> None:
    if (endpoint.guarded or endpoint.journey) and access.token is None:
        pytest.skip(access.lacking)
    if not endpoint.journey:
        caller = nobody.bearing(access.token) if endpoint.guarded else nobody
        caller.call(endpoint.request, query=endpoint.query).expect(*endpoint.statuses)
    elif reason := journeys.why_not(endpoint.journey):
        pytest.skip(reason)
    elif not (journeys.ended(endpoint.journey) or ledger.reached(endpoint)):
        pytest.skip(f"{endpoint.journey} did not come so far")
    ledger.judge(endpoint)


@pytest.mark.parametrize("endpoint", GUARDED, ids=str)
def test_without_a_token_there_is_no_answer(endpoint: Endpoint, doors: Doors) -> None:
    asked = {answer.where: answer for answer in doors[NO_HEADER]}
    asked[endpoint.request].expect(401, code="UNAUTHORISED")


def test_a_bad_session_is_said_to_be_bad(nobody: Client) -> None:
    answer = nobody.call("POST /v1/auth/session", body={"token": "smoke"}).expect(200)
    got = answer.at("data.is_valid")
    require(got is False, answer.where, expected="is_valid false", got=got)


def test_a_good_session_is_the_users_own(client: Client, profile: Profile) -> None:
    given = client.token.reveal() if client.token else ""
    answer = client.call("POST /v1/auth/session", body={"token": given}).expect(200)
    require(answer.at("data.is_valid"), answer.where, expected="is_valid true", got=answer.text)
    got = answer.at("data.user_id")
    require(got == profile.user, answer.where, expected=f"user_id {profile.user}", got=got)


@pytest.mark.part("errors")
def test_an_unknown_path_is_not_found(nobody: Client) -> None:
    nobody.call("GET /v1/smoke").refused(404, code="NOT_FOUND")


@pytest.mark.part("errors", "GET /v1/jobs")
def test_a_wrong_method_is_not_allowed(client: Client) -> None:
    client.call("PATCH /v1/jobs", body={}).refused(405, code="METHOD_NOT_ALLOWED")


@pytest.mark.part("errors", "GET /v1/plans")
def test_a_public_endpoint_allows_no_wrong_method(nobody: Client) -> None:
    nobody.call("DELETE /v1/plans").refused(405, code="METHOD_NOT_ALLOWED")


@pytest.mark.parametrize("request_", ["POST /v1/jobs", "POST /v1/schedulers", "POST /v1/domains"])
def test_a_body_that_is_no_json_is_refused(client: Client, request_: str) -> None:
    client.call(request_, raw=NOT_JSON).refused(400)


@pytest.mark.parametrize("case", BAD)
def test_what_is_not_valid_is_refused(client: Client, case: str) -> None:
    request, body, status = BAD[case]
    client.call(request, body=body).refused(status)


@pytest.mark.parametrize("refused", REFUSED_DOMAINS)
@pytest.mark.parametrize("request_", ["POST /v1/jobs", "POST /v1/domains"])
def test_a_domain_inside_is_refused(client: Client, request_: str, refused: str) -> None:
    client.call(request_, body={"domain": refused}).refused(400)


@pytest.mark.parametrize(
    "request_", ["GET /v1/schedulers/{id}", "POST /v1/notifications/{id}/read"]
)
def test_an_id_that_is_none_is_refused(client: Client, request_: str) -> None:
    client.call(request_, id="smoke").refused(400)


def test_an_unknown_scheduler_is_not_found(client: Client) -> None:
    client.call("GET /v1/schedulers/{id}", id=NOBODY).refused(404, code="NOT_FOUND")


@pytest.mark.part("POST /v1/schedulers")
def test_a_scheduler_is_made_changed_and_deleted(
    journeys: Journeys, domain: str, lasted: Callable[[float], None]
) -> None:
    if reason := journeys.why_not("scheduling"):
        pytest.skip(reason)
    seen: Scheduling = journeys.result("scheduling")
    lasted(journeys.seconds("scheduling"))
    require(seen.made.at("data.domain") == domain, seen.made.where, expected=domain, got=seen.made)
    seen.changed.expect(200)
    hours = seen.read_again.expect(200).at("data.schedule_interval_hours")
    require(hours == 24, seen.read_again.where, expected="the change to 24 hours", got=hours)
    seen.deleted.expect(200)
    seen.gone.expect(404, code="NOT_FOUND")


def test_a_scheduler_is_listed(scheduling: Scheduling) -> None:
    ids = [found.get("id") for found in scheduling.listed.expect(200).at("data") or []]
    id_ = scheduling.made.at("data.id")
    require(id_ in ids, scheduling.listed.where, expected=id_, got=ids)


def test_a_second_scheduler_of_a_domain_is_refused(scheduling: Scheduling) -> None:
    scheduling.twice.refused(400)


def test_a_change_that_comes_too_late_is_a_conflict(scheduling: Scheduling) -> None:
    scheduling.stale.refused(409, code="CONFLICT")


def test_a_scheduler_is_paused(scheduling: Scheduling) -> None:
    got = scheduling.read_again.expect(200).at("data.is_enabled")
    where = scheduling.read_again.where
    require(got is False, where, expected="is_enabled false", got=got)


def test_a_profile_that_is_no_json_is_refused(profile: Profile) -> None:
    profile.unreadable.refused(400)


def test_a_bad_scheduler_is_refused(scheduling: Scheduling) -> None:
    for answer in scheduling.bad:
        answer.refused(400)


def test_notifications_are_marked_as_read(notifications: Notifications) -> None:
    notifications.malformed.expect(400)
    notifications.every.expect(200, 204)
    unread = notifications.after.expect(200).at("unread_count")
    require(unread == 0, notifications.after.where, expected="unread_count 0", got=unread)
