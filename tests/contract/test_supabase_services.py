"""What a project's services are set to, by the Management API."""

from collections.abc import Iterator
from typing import Any

import pytest
import requests

from tests.contract.supabaseplay import Json, Supabase, project
from tests.rehearsal.worlds import World
from tests.waiting import until

AUTH, API, STORAGE = "config/auth", "postgrest", "config/storage"
REALTIME, POSTGRES, ADDONS = "config/realtime", "config/database/postgres", "billing/addons"
SECRET = "a-secret-that-nobody-may-see"


@pytest.fixture(scope="module")
def supabase(made: World, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Supabase]:
    with project(made, tmp_path_factory.mktemp("services"), "services") as found:
        yield found


def call(supabase: Supabase, method: str, path: str, **more: Any) -> requests.Response:
    return supabase.api(method, f"/v1/projects/{supabase.ref}/{path}", **more)


def read(supabase: Supabase, path: str) -> Json:
    answer = call(supabase, "GET", path)
    assert answer.status_code == 200, answer.text
    return answer.json()


def shown(supabase: Supabase, setting: str) -> str:
    with supabase.connect() as connection:
        row = connection.execute("select current_setting(%s)", [setting]).fetchone()
        assert row is not None
        return str(row[0])


def test_each_service_keeps_what_it_is_given_for_its_project_alone(
    supabase: Supabase, shared: Supabase
) -> None:
    untouched = {path: read(shared, path) for path in (AUTH, API, STORAGE, REALTIME, POSTGRES)}
    for method, path, body, status in (
        ("PATCH", AUTH, {"jwt_exp": 1200, "disable_signup": True}, 200),
        ("PATCH", API, {"max_rows": 7}, 200),
        ("PATCH", STORAGE, {"fileSizeLimit": 1024}, 200),
        ("PATCH", REALTIME, {"private_only": True}, 204),
        ("PUT", POSTGRES, {"work_mem": "8MB"}, 200),
    ):
        before = read(supabase, path)
        answer = call(supabase, method, path, json=body)
        assert answer.status_code == status, answer.text
        assert read(supabase, path) == ({**before, **body} if method == "PATCH" else body)
        assert read(shared, path) == untouched[path]
        whole = (supabase.world.home / "state" / "supabase.json").read_text()
        assert all(f'"{key}"' in whole for key in body), "kept with the project's record"


def test_realtime_is_as_the_whole_configuration_says(supabase: Supabase) -> None:
    whole = supabase.api("GET", f"/v2/projects/{supabase.ref}/config").json()
    assert read(supabase, REALTIME) == whole["data"]["attributes"]["realtime"]


def test_the_whole_configuration_tells_of_changes(supabase: Supabase) -> None:
    call(supabase, "PATCH", AUTH, json={"site_url": "https://bees.example"})
    call(supabase, "PATCH", API, json={"max_rows": 7})
    call(supabase, "PATCH", STORAGE, json={"features": {"imageTransformation": {"enabled": False}}})
    call(supabase, "PUT", POSTGRES, json={"work_mem": "8MB"})
    found = supabase.api("GET", f"/v2/projects/{supabase.ref}/config").json()["data"]["attributes"]
    assert found["auth"]["site_url"] == "https://bees.example"
    assert found["api"]["max_rows"] == 7
    assert found["storage"]["features"]["image_transformation"] == {"enabled": False}
    assert found["database"]["postgres_settings"] == {"work_mem": "8MB"}


@pytest.mark.parametrize(
    ("method", "path", "body", "text"),
    [
        ("PATCH", STORAGE, {"fileSize": 1}, "fileSize"),
        ("PATCH", STORAGE, {"migrationVersion": "x"}, "migrationVersion"),
        (
            "PATCH",
            STORAGE,
            {"features": {"vectorBuckets": {"enabled": False}}},
            "features.vectorBuckets.maxBuckets: Required",
        ),
        ("PATCH", REALTIME, {"nobody": 1}, "nobody"),
        ("PATCH", REALTIME, {"private_only": None}, "private_only"),
        ("PUT", POSTGRES, {"port": 1}, "port"),
        ("PUT", POSTGRES, {"work_mem": "much"}, "work_mem"),
        (
            "PATCH",
            ADDONS,
            {"addon_type": "compute_instance", "addon_variant": "ci_huge"},
            "variant",
        ),
        ("PATCH", ADDONS, {"addon_type": "compute_instance"}, "addon_variant"),
    ],
)
def test_what_a_service_does_not_know_changes_nothing(
    supabase: Supabase, method: str, path: str, body: dict[str, Any], text: str
) -> None:
    before = read(supabase, path)
    answer = call(supabase, method, path, json=body)
    assert answer.status_code == 400
    assert text in answer.json()["message"]
    assert read(supabase, path) == before


def test_auth_passes_over_what_it_does_not_know(supabase: Supabase) -> None:
    before = read(supabase, AUTH)
    assert call(supabase, "PATCH", AUTH, json={"nobody": 1}).json() == before


def test_secrets_of_auth_are_never_shown_again(supabase: Supabase) -> None:
    body = {
        "smtp_host": "mail.bees.example",
        "smtp_pass": SECRET,
        "external_google_secret": SECRET,
        "hook_send_email_secrets": SECRET,
        "sms_vonage_api_key": SECRET,
        "security_captcha_secret": SECRET,
        "sms_twilio_auth_token": SECRET,
    }
    changed = call(supabase, "PATCH", AUTH, json=body)
    found = call(supabase, "GET", AUTH)
    whole = supabase.api("GET", f"/v2/projects/{supabase.ref}/config")
    kept = (supabase.world.home / "state" / "supabase.json").read_text()
    assert SECRET not in changed.text + found.text + whole.text + kept
    assert len(found.json()["smtp_pass"]) == 64
    assert found.json()["smtp_host"] == "mail.bees.example"


def test_how_much_mail_is_sent_can_be_said_of_ones_own_server_only(supabase: Supabase) -> None:
    call(supabase, "PATCH", AUTH, json={"smtp_host": None})
    body = {"rate_limit_email_sent": 100}
    refused = call(supabase, "PATCH", AUTH, json=body)
    assert refused.status_code == 401
    assert "Custom SMTP required to configure RATE_LIMIT_EMAIL_SENT" in refused.json()["message"]
    own = {**body, "smtp_host": "mail.bees.example"}
    assert call(supabase, "PATCH", AUTH, json=own).json()["rate_limit_email_sent"] == 100


def test_settings_of_postgresql_are_put_whole_and_take_effect(supabase: Supabase) -> None:
    call(supabase, "PUT", POSTGRES, json={"work_mem": "8MB", "max_connections": 50})
    until(lambda: shown(supabase, "work_mem") == "8MB")
    call(supabase, "PUT", POSTGRES, json={"statement_timeout": "90s"})
    until(lambda: shown(supabase, "statement_timeout") == "90s")
    assert shown(supabase, "work_mem") == "4MB"
    assert read(supabase, POSTGRES) == {"statement_timeout": "90s"}


def test_the_compute_size_is_an_addon(supabase: Supabase) -> None:
    body = {"addon_type": "compute_instance", "addon_variant": "ci_small"}
    assert call(supabase, "PATCH", ADDONS, json=body).status_code == 200
    (size,) = read(supabase, ADDONS)["selected_addons"]
    assert (size["type"], size["variant"]["id"]) == ("compute_instance", "ci_small")


def test_an_addon_can_be_chosen_and_given_up(supabase: Supabase) -> None:
    call(supabase, "PATCH", ADDONS, json={"addon_type": "pitr", "addon_variant": "pitr_7"})
    assert [each["type"] for each in read(supabase, ADDONS)["selected_addons"]] == [
        "compute_instance",
        "pitr",
    ]
    assert call(supabase, "DELETE", f"{ADDONS}/pitr_7").status_code == 200
    assert call(supabase, "DELETE", f"{ADDONS}/pitr_7").status_code == 404
    assert len(read(supabase, ADDONS)["selected_addons"]) == 1


@pytest.mark.parametrize("path", [AUTH, API, STORAGE, REALTIME, POSTGRES, ADDONS])
def test_a_foreign_project_keeps_its_settings_to_itself(supabase: Supabase, path: str) -> None:
    assert supabase.api("GET", f"/v1/projects/abcdefghijklmnopqrst/{path}").status_code == 403
