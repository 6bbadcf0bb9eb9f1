"""What the application answers to values that no column of its database holds."""

import pytest

from tests.rehearsal.conftest import Application

ODD = ["a\0b", "half of \ud800"]
FAR = 10**20


@pytest.mark.parametrize("name", ODD, ids=["zero byte", "half a character"])
def test_a_name_that_cannot_be_kept_is_refused(
    application: Application, token: str, name: str
) -> None:
    answer = application.ask("PATCH", "/v1/auth/profile", token, json={"full_name": name})
    assert (answer.status_code, answer.json()["code"]) == (400, "BAD_REQUEST")


@pytest.mark.parametrize("path", ["", "/tasks", "/export"])
def test_a_share_link_with_a_zero_byte_is_refused(application: Application, path: str) -> None:
    answer = application.ask("GET", f"/v1/shared/jobs/%00{path}")
    assert answer.status_code == 400


@pytest.mark.parametrize("path", ["/v1/jobs", "/v1/notifications"])
def test_beyond_the_end_of_every_list_there_is_nothing(
    application: Application, token: str, path: str
) -> None:
    answer = application.ask("GET", f"{path}?offset={FAR}", token)
    assert answer.status_code == 200


@pytest.mark.parametrize("hours", [[], {}, 6.5, True, FAR, "6"])
def test_an_interval_is_a_number_of_hours(
    application: Application, token: str, hours: object
) -> None:
    body = {"domain": "odd.example", "schedule_interval_hours": hours}
    answer = application.ask("POST", "/v1/schedulers", token, json=body)
    assert (answer.status_code, answer.json()["code"]) == (400, "BAD_REQUEST")
