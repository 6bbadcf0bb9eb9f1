"""Who is let in, and what belongs to whom."""

import time
import uuid

import jwt
import pytest

from rehearsal.supabase import keys
from tests.rehearsal.conftest import Application, Issuer, Start

ELSEWHERE = "http://127.0.0.1:1/auth/v1"
STRANGER = keys.new_signing_key()


@pytest.mark.parametrize(
    "header", ["", "Bearer", "Bearer ", "Basic abc", "Bearer no-token", "Bearer a.b.c"]
)
def test_what_is_no_token_is_refused(application: Application, header: str) -> None:
    answer = application.ask("GET", "/v1/jobs", headers={"Authorization": header})
    assert (answer.status_code, answer.json()["code"]) == (401, "UNAUTHORISED")


@pytest.mark.parametrize(
    "wrong",
    [
        {"exp": 1_700_000_000},
        {"iss": ELSEWHERE},
        {"aud": "anon"},
        {"sub": "not-a-uuid"},
        {"exp": None},
        {"sub": None},
        {"iss": None},
        {"aud": None},
        {"kid": "unknown"},
    ],
    ids=str,
)
def test_a_token_that_says_something_wrong_is_refused(
    application: Application, issuer: Issuer, wrong: dict[str, str]
) -> None:
    answer = application.ask("GET", "/v1/jobs", issuer.token(**wrong))
    assert (answer.status_code, answer.json()["code"]) == (401, "UNAUTHORISED")


def test_a_token_of_another_key_under_the_known_id_is_refused(
    application: Application, issuer: Issuer
) -> None:
    known = keys.jwks(issuer.key)["keys"][0]["kid"]
    forged = issuer.token(key=STRANGER, kid=known)
    assert application.ask("GET", "/v1/jobs", forged).status_code == 401


@pytest.mark.parametrize("algorithm", ["HS256", "none"])
def test_a_token_that_is_not_signed_by_a_key_pair_is_refused(
    application: Application, issuer: Issuer, algorithm: str
) -> None:
    said = jwt.decode(issuer.token(), options={"verify_signature": False})
    known = {"kid": keys.jwks(issuer.key)["keys"][0]["kid"]}
    secret = "x" * 64 if algorithm == "HS256" else ""
    forged = jwt.encode(said, secret, algorithm=algorithm, headers=known)
    assert application.ask("GET", "/v1/jobs", forged).status_code == 401


def test_a_new_signing_key_is_fetched(start: Start, issuer: Issuer) -> None:
    added = keys.new_signing_key()
    with start() as fresh:
        assert fresh.ask("GET", "/v1/jobs", issuer.token()).status_code == 200
        issuer.published.append(added)
        time.sleep(1.1)  # the keys are asked for at most once a second
        assert fresh.ask("GET", "/v1/jobs", issuer.token(key=added)).status_code == 200


def test_a_session_is_told_good_and_bad(application: Application, token: str) -> None:
    good = application.data("POST", "/v1/auth/session", json={"token": token})
    assert good["is_valid"] is True
    assert good["refresh_needed"] is False
    bad = application.data("POST", "/v1/auth/session", json={"token": "nonsense"})
    assert bad["is_valid"] is False


def test_a_token_that_soon_ends_wants_to_be_refreshed(
    application: Application, issuer: Issuer
) -> None:
    soon = issuer.token(exp=int(time.time()) + 60)
    told = application.data("POST", "/v1/auth/session", json={"token": soon})
    assert (told["is_valid"], told["refresh_needed"]) == (True, True)


def test_the_first_call_makes_user_and_organisation(
    application: Application, issuer: Issuer
) -> None:
    who, email = str(uuid.uuid4()), f"first@{uuid.uuid4().hex}.example"
    found = application.data("GET", "/v1/auth/profile", issuer.token(sub=who, email=email))
    assert (found["user"]["id"], found["user"]["email"]) == (who, email)
    assert found["organisation"]["id"] == found["user"]["organisation_id"]


def test_people_of_one_business_share_an_organisation(
    application: Application, issuer: Issuer
) -> None:
    domain = f"{uuid.uuid4().hex}.example"
    tokens = [issuer.token(email=f"{name}@{domain}") for name in ("ann", "bob")]
    found = [application.data("GET", "/v1/auth/profile", each) for each in tokens]
    assert found[0]["organisation"]["id"] == found[1]["organisation"]["id"]


def test_people_with_private_addresses_do_not(application: Application, issuer: Issuer) -> None:
    tokens = [issuer.token(email=f"{uuid.uuid4().hex}@gmail.com") for _ in range(2)]
    found = [application.data("GET", "/v1/auth/profile", each) for each in tokens]
    assert found[0]["organisation"]["id"] != found[1]["organisation"]["id"]


def test_who_is_registered_twice_is_registered_once(
    application: Application, issuer: Issuer
) -> None:
    who, email = str(uuid.uuid4()), f"twice@{uuid.uuid4().hex}.example"
    body = {"user_id": who, "email": email, "org_name": "Twice Ltd"}
    token = issuer.token(sub=who, email=email)
    answers = [application.ask("POST", "/v1/auth/register", token, json=body) for _ in range(2)]
    assert [each.status_code for each in answers] == [201, 201]
    assert answers[0].json()["data"] == answers[1].json()["data"]


def test_to_register_takes_a_uuid(application: Application, token: str) -> None:
    body = {"user_id": "one", "email": "a@b.example", "org_name": "x"}
    answer = application.ask("POST", "/v1/auth/register", token, json=body)
    assert answer.status_code == 400


def test_a_changed_profile_is_read_back(application: Application, token: str) -> None:
    names = {"first_name": "Ada", "last_name": "Bee", "full_name": "Ada Bee"}
    application.data("PATCH", "/v1/auth/profile", token, json=names)
    user = application.data("GET", "/v1/auth/profile", token)["user"]
    assert {name: user[name] for name in names} == names


def test_a_new_organisation_is_the_active_one(application: Application, token: str) -> None:
    before = application.data("GET", "/v1/organisations", token)
    application.data("POST", "/v1/organisations", token, json={"name": "Second"})
    after = application.data("GET", "/v1/organisations", token)
    active = [o for o in after["organisations"] if o["id"] == after["active_organisation_id"]]
    assert [each["name"] for each in active] == ["Second"]
    assert len(after["organisations"]) == len(before["organisations"]) + 1


def test_one_switches_back_but_not_to_a_foreign_organisation(
    application: Application, issuer: Issuer, token: str
) -> None:
    own = application.data("GET", "/v1/organisations", token)["active_organisation_id"]
    other = application.data("GET", "/v1/organisations", issuer.token())["active_organisation_id"]
    application.data("POST", "/v1/organisations", token, json={"name": "Second"})
    for wanted, status in ((other, 403), (own, 200)):
        body = {"organisation_id": wanted}
        answer = application.ask("POST", "/v1/organisations/switch", token, json=body)
        assert answer.status_code == status
    assert application.data("GET", "/v1/organisations", token)["active_organisation_id"] == own


def test_somebody_can_be_invited(application: Application, token: str) -> None:
    body = {"email": "new@friend.example", "role": "member"}
    answer = application.ask("POST", "/v1/organisations/invites", token, json=body)
    assert answer.status_code == 201
    assert answer.json()["data"]["invite"]["email"] == "new@friend.example"


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("GET", "", None),
        ("PUT", "", {"action": "cancel"}),
        ("DELETE", "", None),
        ("POST", "/cancel", None),
        ("GET", "/tasks", None),
        ("GET", "/export?type=job", None),
        ("GET", "/share-links", None),
        ("POST", "/share-links", {}),
        ("DELETE", "/share-links/something", None),
    ],
)
def test_a_foreign_job_is_not_there(
    application: Application, issuer: Issuer, method: str, path: str, body: dict[str, str] | None
) -> None:
    job = application.job(issuer.token(), max_pages=1)
    answer = application.ask(method, f"/v1/jobs/{job['id']}{path}", issuer.token(), json=body)
    assert (answer.status_code, answer.json()["code"]) == (404, "NOT_FOUND")


def test_a_foreign_job_is_not_listed(application: Application, issuer: Issuer) -> None:
    application.job(issuer.token(), max_pages=1)
    assert application.data("GET", "/v1/jobs", issuer.token())["pagination"]["total"] == 0
