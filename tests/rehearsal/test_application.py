"""The rehearsal's application, directly: what smoke does not see of app.md's promises."""

import os
import re
import signal
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import requests

from rehearsal.site import DOMAIN
from tests.rehearsed.smoke_world import USER, SmokeWorld, smoke_world

UNKNOWN = "00000000-0000-4000-8000-000000000000"


@dataclass(frozen=True)
class Caller:
    """Somebody who is signed in, from an address of his own."""

    url: str
    token: str
    address: str

    def __call__(self, method: str, path: str, body: object = None) -> requests.Response:
        headers = {"X-Forwarded-For": self.address}
        if self.token:
            headers["Authorization"] = f"Bearer {self.token}"
        return requests.request(method, self.url + path, json=body, headers=headers, timeout=20)

    def data(self, method: str, path: str, body: object = None) -> Any:  # noqa: ANN401 - any JSON
        answer = self(method, path, body)
        assert answer.ok, answer.text
        return answer.json()["data"]


@pytest.fixture(scope="module")
def world() -> Iterator[SmokeWorld]:
    with smoke_world() as made:
        yield made


@pytest.fixture(scope="module")
def url(world: SmokeWorld) -> Iterator[str]:
    with world.application() as address:
        yield address


def signed_in(world: SmokeWorld, url: str, email: str, address: str) -> Caller:
    headers = {"apikey": world.project.keys["publishable"]}
    body = {"email": email, "password": USER["password"]}
    if email != USER["email"]:
        requests.post(f"{world.auth}/auth/v1/signup", json=body, headers=headers, timeout=10)
    where = f"{world.auth}/auth/v1/token?grant_type=password"
    token = requests.post(where, json=body, headers=headers, timeout=10).json()["access_token"]
    return Caller(url, token, address)


@pytest.fixture(scope="module")
def one(world: SmokeWorld, url: str) -> Caller:
    return signed_in(world, url, USER["email"], "198.51.100.1")


@pytest.fixture(scope="module")
def other(world: SmokeWorld, url: str) -> Caller:
    return signed_in(world, url, "somebody@elsewhere.example", "198.51.100.2")


def test_another_organisations_job_is_not_there(one: Caller, other: Caller) -> None:
    job = one.data("POST", "/v1/jobs", {"domain": DOMAIN, "max_pages": 1})["id"]
    for method, path in (
        ("GET", f"/v1/jobs/{job}"),
        ("GET", f"/v1/jobs/{job}/tasks"),
        ("GET", f"/v1/jobs/{job}/export"),
        ("POST", f"/v1/jobs/{job}/cancel"),
        ("DELETE", f"/v1/jobs/{job}"),
        ("POST", f"/v1/jobs/{job}/share-links"),
    ):
        assert other(method, path).status_code == 404, path
    assert job not in other("GET", "/v1/jobs").text


def test_people_of_one_business_domain_share_an_organisation(
    world: SmokeWorld, url: str, other: Caller
) -> None:
    colleague = signed_in(world, url, "colleague@elsewhere.example", "198.51.100.3")
    first, second = (each.data("GET", "/v1/auth/profile") for each in (other, colleague))
    assert first["organisation"]["id"] == second["organisation"]["id"]
    assert first["user"]["id"] != second["user"]["id"]


def test_a_client_is_slowed_down_before_it_is_asked_who_it_is(url: str) -> None:
    greedy = Caller(url, "", "198.51.100.4")
    codes = [greedy("GET", "/v1/jobs").status_code for _ in range(40)]
    assert set(codes) == {401, 429}
    assert codes[:5] == [401] * 5
    told = greedy("GET", "/health")
    assert told.status_code in {200, 429}
    assert Caller(url, "", "198.51.100.5")("GET", "/health").status_code == 200


def test_errors_tell_no_sql_and_no_host(one: Caller) -> None:
    for path in (f"/v1/jobs/{UNKNOWN}", "/v1/jobs/1;drop", "/v1/schedulers/x", "/nowhere"):
        answer = one("GET", path)
        assert answer.status_code in {400, 404}
        assert not re.search(r"select|postgres|127\.0\.0\.1|Traceback", answer.text)
        assert answer.json()["code"] in {"NOT_FOUND", "BAD_REQUEST"}


@pytest.mark.parametrize(
    "domain", ["localhost", "127.0.0.1", "site.example:8080", "a.internal", "", 3, "x y.example"]
)
def test_what_is_no_public_domain_is_refused(one: Caller, domain: object) -> None:
    time.sleep(0.1)
    assert one("POST", "/v1/jobs", {"domain": domain}).status_code == 400


def test_each_page_is_visited_twice_and_no_task_is_done_twice(other: Caller) -> None:
    job = other.data("POST", "/v1/jobs", {"domain": DOMAIN, "concurrency": 10})["id"]
    deadline = time.monotonic() + 60
    while (found := other.data("GET", f"/v1/jobs/{job}"))["status"] != "completed":
        assert time.monotonic() < deadline, found
        time.sleep(0.3)
    tasks = other.data("GET", f"/v1/jobs/{job}/tasks?limit=100")["tasks"]
    warmed = [t for t in tasks if t.get("second_cache_status") == "HIT"]
    assert len(warmed) >= 16
    assert sum(t["cache_status"] == "MISS" for t in warmed) >= 12  # others may be warm still
    assert found["total_tasks"] == len(tasks) == len({t["path"] for t in tasks})
    assert found["total_tasks"] == sum(
        found[f"{kind}_tasks"] for kind in ("completed", "failed", "skipped")
    )


def test_an_application_that_is_told_to_end_finishes_what_it_has_in_hand(
    world: SmokeWorld, url: str
) -> None:
    before = applications()
    with world.application() as ending:
        (pid,) = applications() - before
        caller = signed_in(world, ending, "drain@drained.example", "198.51.100.6")
        job = caller.data("POST", "/v1/jobs", {"domain": DOMAIN, "concurrency": 4})["id"]
        deadline = time.monotonic() + 20
        while not caller.data("GET", f"/v1/jobs/{job}")["completed_tasks"]:
            assert time.monotonic() < deadline
            time.sleep(0.1)
        os.kill(pid, signal.SIGTERM)
        while pid in applications():
            assert time.monotonic() < deadline + 30
            time.sleep(0.1)
    # The other process ends the job; a task that was dropped would hold it up for two minutes.
    left = Caller(url, caller.token, "198.51.100.7")
    while left.data("GET", f"/v1/jobs/{job}")["status"] != "completed":
        assert time.monotonic() < deadline + 30
        time.sleep(0.3)


def applications() -> set[int]:
    listed = subprocess.run(
        ["pgrep", "-f", "rehearsal.application"], capture_output=True, text=True, timeout=10
    )
    mine = {int(pid) for pid in listed.stdout.split()}
    return {pid for pid in mine if parent(pid) == os.getpid()}


def parent(pid: int) -> int:
    try:
        return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])
    except OSError:
        return 0
