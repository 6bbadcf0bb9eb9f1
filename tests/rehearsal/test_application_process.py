"""The application as a process: how it ends, what it survives, what it tells of itself."""

import re
import signal
import time
from collections import Counter

import pytest
import requests

from tests.rehearsal.application_postgres import PASSWORD, Postgres
from tests.rehearsal.conftest import Application, Issuer, Start
from tests.waiting import until

METRICS = ["bee_worker_concurrency_capacity", "bee_worker_concurrent_tasks"]
METRICS += [f"bee_db_pool_{name}" for name in ("in_use", "idle", "max_open", "reserved")]
METRICS += ["bee_db_pool_usage_ratio", "bee_db_pool_wait_count", "bee_worker_task_total"]
METRICS += ["bee_worker_task_duration_ms", "bee_worker_task_queue_wait_ms"]
METRICS += ["bee_worker_task_failures_total", "bee_jobs_running_tasks"]
METRICS += ["http_server_request_duration_seconds", "process_"]
SIZES = [("production", 70, 30), ("staging", 5, 10), ("review", 2, 5)]


def test_sigterm_lets_tasks_in_hand_end_and_starts_no_more(
    start: Start, issuer: Issuer, asked: Counter[tuple[str, str]]
) -> None:
    token = issuer.token()
    with start() as fresh:
        job = fresh.job(token, "slow", concurrency=1)
        until(lambda: asked[job["domain"], "/"] > 0, within=10)
        fresh.process.send_signal(signal.SIGTERM)
        assert fresh.process.wait(30) in {0, -signal.SIGTERM}
    counts = Counter(_statuses(fresh, job["id"]))
    assert counts["running"] == 0
    assert counts["completed"] >= 1
    assert counts["pending"] >= 1


def test_a_killed_process_leaves_its_tasks_to_the_next(start: Start, issuer: Issuer) -> None:
    token = issuer.token()
    with start() as first:
        job = first.job(token, "slow", concurrency=2, find_links=False)["id"]
        until(lambda: "running" in _statuses(first, job), within=10)
        first.process.kill()
        first.process.wait(10)
        first.sql("update public.tasks set started_at = started_at - interval '1 hour'")
        with start(DATABASE_URL=first.database) as second:
            assert second.ended(token, job)["status"] == "completed"
        assert set(_statuses(first, job)) == {"completed"}


@pytest.mark.timeout(60)
def test_the_database_may_go_away_and_come_back(
    start: Start, postgres: Postgres, issuer: Issuer
) -> None:
    token = issuer.token()
    with start() as fresh:
        assert fresh.ask("GET", "/v1/jobs", token).status_code == 200
        postgres.stop()
        try:
            began = time.monotonic()
            away = fresh.ask("GET", "/health/db")
            took = time.monotonic() - began
            asked = fresh.ask("GET", "/v1/jobs", token)
            alive = fresh.ask("GET", "/health")
        finally:
            postgres.start()
        until(lambda: fresh.ask("GET", "/health/db").status_code == 200, within=15)
        assert fresh.ended(token, fresh.job(token, max_pages=1)["id"])["status"] == "completed"
    assert (away.status_code, away.json()["status"]) == (503, "unhealthy")
    assert took < 5
    assert asked.json()["code"] == "DATABASE_ERROR"
    assert str(postgres.port) not in asked.text
    assert alive.status_code == 200


def test_it_starts_without_a_database(start: Start) -> None:
    with start(DATABASE_URL="postgresql://nobody:none@127.0.0.1:1/none") as lost:
        assert lost.ask("GET", "/health").status_code == 200
        assert lost.ask("GET", "/health/db").status_code == 503
        assert lost.ask("GET", "/v1/plans").json()["code"] == "DATABASE_ERROR"


def test_every_metric_is_told_after_a_job(application: Application, token: str) -> None:
    application.ended(token, application.job(token, max_pages=1)["id"])
    lines = _metrics(application)
    missing = [name for name in METRICS if not any(line.startswith(name) for line in lines)]
    assert missing == []


def test_metrics_are_prometheus_text(application: Application) -> None:
    answer = requests.get(application.metrics, timeout=5)
    assert answer.headers["Content-Type"].startswith("text/plain")
    form = re.compile(r"#.*|[a-z_]+(\{[a-z_]+=\"[^\"]*\"(,[a-z_]+=\"[^\"]*\")*\})? [-0-9.e+]+")
    assert [line for line in answer.text.splitlines() if not form.fullmatch(line)] == []


@pytest.mark.parametrize(("environment", "connections", "workers"), SIZES)
def test_the_environment_sizes_the_pools(
    start: Start, environment: str, connections: int, workers: int
) -> None:
    with start(APP_ENV=environment) as made:
        lines = _metrics(made)
    assert f"bee_db_pool_max_open {connections}" in lines
    assert f"bee_worker_concurrency_capacity {workers}" in lines


def test_explicit_sizes_win(start: Start) -> None:
    with start(WORKER_CONCURRENCY="3", DB_MAX_OPEN_CONNS="4") as made:
        lines = _metrics(made)
    assert "bee_worker_concurrency_capacity 3" in lines
    assert "bee_db_pool_max_open 4" in lines


def test_nothing_secret_is_logged(start: Start, issuer: Issuer) -> None:
    token = issuer.token()
    with start(LOG_LEVEL="debug") as fresh:
        fresh.ended(token, fresh.job(token, max_pages=1)["id"])
        fresh.data("POST", "/v1/auth/session", json={"token": token})
        log = fresh.log.read_text()
    assert log
    assert not [each for each in (PASSWORD, "%27s-secret", token, "someone@") if each in log]


def _statuses(application: Application, job: str) -> list[str]:
    query = f"select status::text from public.tasks where job_id = '{job}'"
    return [str(row[0]) for row in application.sql(query)]


def _metrics(application: Application) -> list[str]:
    return requests.get(application.metrics, timeout=5).text.splitlines()
