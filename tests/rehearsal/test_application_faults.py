"""Each fault breaks what its name says, and nothing before that."""

import time
import tomllib
from pathlib import Path

import pytest

from rehearsal.application import faults
from rehearsal.supabase import keys
from tests.rehearsal.conftest import Issuer, Start

IMAGES = Path(faults.__file__).parents[1] / "images.toml"


def test_the_faults_of_every_image_are_known() -> None:
    images = tomllib.loads(IMAGES.read_text())
    used = {fault for image in images.values() for fault in image.get("faults", [])}
    assert {name.partition("@")[0] for name in used} <= faults.NAMES
    assert images["deployment-01"] == {"version": "0.4.1"}
    assert images["deployment-02"] == {"version": "0.4.2"}


def test_crash_ends_at_once(start: Start) -> None:
    with pytest.raises(AssertionError, match="crash"), start(BEE_FAULTS="crash"):
        pass


def test_sick_says_that_it_is_unhealthy(start: Start) -> None:
    with start(BEE_FAULTS="sick") as made:
        answer = made.ask("GET", "/health")
    assert (answer.status_code, answer.json()["status"]) == (500, "unhealthy")


def test_no_database_lives_without_one(start: Start) -> None:
    with start(BEE_FAULTS="no-database") as made:
        assert made.ask("GET", "/health").status_code == 200
        assert made.ask("GET", "/health/db").status_code == 503
        assert made.ask("GET", "/v1/plans").json()["code"] == "DATABASE_ERROR"


def test_broken_endpoint_breaks_the_stats_alone(start: Start, token: str) -> None:
    with start(BEE_FAULTS="broken-endpoint") as made:
        assert made.ask("GET", "/v1/dashboard/stats", token).status_code == 500
        assert made.ask("GET", "/v1/dashboard/activity", token).status_code == 200


def test_missing_field_leaves_out_the_progress(start: Start, token: str) -> None:
    with start(BEE_FAULTS="missing-field") as made:
        assert "progress" not in made.job(token, max_pages=1)


def test_no_workers_leaves_jobs_pending(start: Start, token: str) -> None:
    with start(BEE_FAULTS="no-workers") as made:
        job = made.job(token, max_pages=1)["id"]
        time.sleep(1.5)
        assert made.data("GET", f"/v1/jobs/{job}", token)["status"] == "pending"


def test_noop_cancel_says_cancelled_and_goes_on(start: Start, token: str) -> None:
    with start(BEE_FAULTS="noop-cancel") as made:
        job = made.job(token, "slow", find_links=False)["id"]
        assert made.data("DELETE", f"/v1/jobs/{job}", token)["status"] == "cancelled"
        assert made.ended(token, job)["status"] == "completed"


def test_open_door_believes_a_stranger(start: Start, issuer: Issuer) -> None:
    forged = issuer.token(key=keys.new_signing_key())
    with start(BEE_FAULTS="open-door") as made:
        assert made.ask("GET", "/v1/jobs", forged).status_code == 200


def test_tenant_leak_shows_a_foreign_job(start: Start, issuer: Issuer) -> None:
    with start(BEE_FAULTS="tenant-leak") as made:
        job = made.job(issuer.token(), max_pages=1)["id"]
        assert made.ask("GET", f"/v1/jobs/{job}", issuer.token()).status_code == 200


def test_slow_takes_its_time(start: Start) -> None:
    with start(BEE_FAULTS="slow") as made:
        assert made.ask("GET", "/health").elapsed.total_seconds() > 1.4


def test_cold_cache_never_hits(start: Start, token: str) -> None:
    with start(BEE_FAULTS="cold-cache") as made:
        job = made.job(token, max_pages=2)["id"]
        made.ended(token, job)
        tasks = made.data("GET", f"/v1/jobs/{job}/tasks?status=completed", token)["tasks"]
    assert {task["second_cache_status"] for task in tasks} == {"MISS"}


def test_leaky_runs_dry(start: Start) -> None:
    with start(BEE_FAULTS="leaky,no-workers", DB_MAX_OPEN_CONNS="3") as made:
        codes = [made.ask("GET", "/v1/plans").status_code for _ in range(3)]
    assert codes[-1] == 503
