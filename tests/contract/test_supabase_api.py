"""The Management API and Auth, as programs call them over HTTP."""

from pathlib import Path
from typing import Any

import jwt
import psycopg
import pytest
import requests

from tests.contract.supabaseplay import ORGANISATION, Supabase, project
from tests.rehearsal.worlds import World

NEW = {
    "name": "new",
    "organization_slug": ORGANISATION,
    "region": "ap-southeast-2",
    "db_pass": "long enough",
}
PERSON = {"email": "Someone@bees.example", "password": "correct horse"}


@pytest.fixture(scope="module")
def supabase(shared: Supabase) -> Supabase:
    return shared


def keys(supabase: Supabase) -> dict[str, str]:
    listed = supabase.api("GET", f"/v1/projects/{supabase.ref}/api-keys?reveal=true").json()
    return {k["name"] if k["type"] == "legacy" else k["type"]: k["api_key"] for k in listed}


def auth(
    supabase: Supabase, method: str, path: str, *, key: str = "publishable", **more: Any
) -> requests.Response:
    base = supabase.world.environment()["SUPABASE_PROJECT_URL"].replace("{ref}", supabase.ref)
    headers = {"apikey": keys(supabase).get(key, key), **more.pop("headers", {})}
    url = f"{base}/auth/v1/{path}"
    return requests.request(method, url, headers=headers, timeout=10, **more)


@pytest.fixture(scope="module")
def person(supabase: Supabase) -> dict[str, Any]:
    made = auth(supabase, "POST", "admin/users", key="secret", json=PERSON)
    assert made.status_code == 200, made.text
    found: dict[str, Any] = made.json()
    return found


def test_another_token_opens_nothing(supabase: Supabase) -> None:
    answer = supabase.api("GET", "/v1/projects", token=f"sbp_{'0' * 40}")
    assert (answer.status_code, answer.text) == (401, '{"message":"Unauthorized"}')


def test_a_foreign_project_is_forbidden(supabase: Supabase) -> None:
    answer = supabase.api("GET", "/v1/projects/abcdefghijklmnopqrst")
    assert answer.status_code == 403
    assert "does not have the necessary privileges" in answer.json()["message"]


@pytest.mark.parametrize(
    ("change", "text"),
    [
        ({"db_pass": ""}, "db_pass"),
        ({"region": "nowhere"}, "region"),
        ({"desired_instance_size": "nano"}, "desired_instance_size"),
        ({"organization_slug": "nobody"}, "Organization not found"),
    ],
)
def test_a_project_that_cannot_be_is_refused(
    supabase: Supabase, change: dict[str, str], text: str
) -> None:
    answer = supabase.api("POST", "/v1/projects", json={**NEW, **change})
    assert answer.status_code == 400
    assert text in answer.json()["message"]


def test_a_project_cannot_be_deleted_while_it_comes_up(supabase: Supabase) -> None:
    ref = supabase.api("POST", "/v1/projects", json=NEW).json()["ref"]
    answer = supabase.api("DELETE", f"/v1/projects/{ref}")
    assert (answer.status_code, answer.json()["message"]) == (
        400,
        "Project not ready for deletion.",
    )
    while supabase.api("DELETE", f"/v1/projects/{ref}").status_code == 400:
        pass
    assert supabase.api("GET", f"/v1/projects/{ref}").status_code == 403


def test_the_free_plan_has_two_projects(supabase: Supabase) -> None:
    body = {**NEW, "organization_slug": "freeorgabcdefghijklm"}
    answers = [supabase.api("POST", "/v1/projects", json=body) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [201, 201, 400]
    assert "(2 project limit)" in answers[2].json()["message"]
    for answer in answers[:2]:
        path = f"/v1/projects/{answer.json()['ref']}"
        while supabase.api("DELETE", path).status_code == 400:
            pass


def test_a_password_can_be_reset(supabase: Supabase, made: World, tmp_path: Path) -> None:
    with project(made, tmp_path, "reset") as other:
        path = f"/v1/projects/{other.ref}/database/password"
        assert supabase.api("PATCH", path, json={"password": "an#oth'er"}).status_code == 200
        other.connect("an#oth'er").close()
        with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
            other.connect()


def test_a_role_for_a_while_does_what_it_may(supabase: Supabase) -> None:
    path = f"/v1/projects/{supabase.ref}/cli/login-role"
    role = supabase.api("POST", path, json={"read_only": True}).json()
    url = supabase.url.replace("postgres@", f"{role['role']}@")
    with (
        psycopg.connect(url, password=role["password"], connect_timeout=5) as connection,
        pytest.raises(psycopg.errors.InsufficientPrivilege),
    ):
        connection.execute("create table public.oops ()")


def test_statements_can_be_sent_to_the_interface(supabase: Supabase) -> None:
    path = f"/v1/projects/{supabase.ref}/database/query"
    assert supabase.api("POST", path, json={"query": "select 2 as two"}).json() == [{"two": 2}]
    wrong = supabase.api("POST", path, json={"query": "select from nope"})
    assert wrong.status_code == 400
    assert "42P01" in wrong.json()["message"]


def test_signing_in_gives_a_token_that_the_public_key_proves(
    supabase: Supabase, person: dict[str, Any]
) -> None:
    found = auth(supabase, "POST", "token?grant_type=password", json=PERSON).json()
    public = auth(supabase, "GET", ".well-known/jwks.json").json()["keys"][0]
    token = found["access_token"]
    base = supabase.world.environment()["SUPABASE_PROJECT_URL"].replace("{ref}", supabase.ref)
    claims = jwt.decode(
        token, jwt.PyJWK(public), audience="authenticated", issuer=f"{base}/auth/v1"
    )
    assert (claims["sub"], claims["email"]) == (person["id"], "someone@bees.example")
    assert jwt.get_unverified_header(token)["kid"] == public["kid"]
    me = auth(supabase, "GET", "user", headers={"Authorization": f"Bearer {token}"})
    assert me.json()["id"] == person["id"]


def test_a_refresh_token_works_once(supabase: Supabase, person: dict[str, Any]) -> None:
    found = auth(supabase, "POST", "token?grant_type=password", json=PERSON).json()
    body = {"refresh_token": found["refresh_token"]}
    answers = [
        auth(supabase, "POST", "token?grant_type=refresh_token", json=body).status_code
        for _ in range(2)
    ]
    assert answers == [200, 400]
    assert person["id"] == found["user"]["id"]


def test_a_wrong_password_is_told_as_supabase_does(supabase: Supabase) -> None:
    wrong = {**PERSON, "password": "incorrect"}
    answer = auth(supabase, "POST", "token?grant_type=password", json=wrong)
    told = {"code": 400, "error_code": "invalid_credentials", "msg": "Invalid login credentials"}
    assert (answer.status_code, answer.json()) == (400, told)


def test_an_address_is_registered_once(supabase: Supabase, person: dict[str, Any]) -> None:
    assert person["email"] == "someone@bees.example"
    answer = auth(supabase, "POST", "admin/users", key="service_role", json=PERSON)
    assert (answer.status_code, answer.json()["error_code"]) == (422, "email_exists")


def test_only_strong_keys_manage_users(supabase: Supabase) -> None:
    assert auth(supabase, "GET", "admin/users").status_code == 403
    nobody = auth(supabase, "GET", "settings", key="sb_publishable_made_up")
    assert (nobody.status_code, nobody.json()) == (401, {"message": "Invalid API key"})


def test_a_user_can_sign_up_and_be_deleted(supabase: Supabase) -> None:
    body = {"email": "new@bees.example", "password": "good enough"}
    found = auth(supabase, "POST", "signup", json=body).json()
    path = f"admin/users/{found['user']['id']}"
    assert auth(supabase, "DELETE", path, key="secret").status_code == 200
    again = auth(supabase, "POST", "token?grant_type=password", json=body)
    assert again.status_code == 400
