"""What is behind the requests, looked at while a load test goes on."""

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from time import monotonic
from typing import Any

import psycopg
import pytest
from jsonschema import validate

from staging.clouds.postgres import Address
from tests.postgres import server
from tests.rehearsed.load_site import ROOT, TOKEN, finish, report, serve, start

SCHEMA = json.loads((ROOT / "loadtests" / "report.schema.json").read_text())
ASKING = "FlyV1 a-token-for-metrics"
DEBIAN = Path("/usr/lib/postgresql/15/bin")
FILLED = """
create table public.tasks (id serial primary key, status text not null);
insert into public.tasks (status) select 'done' from generate_series(1, 30000);
insert into public.tasks (status) values ('pending');
analyze public.tasks;
"""
BUSY = """
import psycopg, sys, time
connection = psycopg.connect(sys.argv[1], autocommit=True)
while True:
    connection.execute("select count(*) from pg_class where relname = %s", ("x",))
    time.sleep(0.05)
"""
QUERIES = """
-- name: pending tasks
select * from public.tasks where status = 'pending';

-- name: one that writes
delete from public.tasks;

-- name: one that there is not
select * from public.nothing;
"""


@contextmanager
def platform(*, status: int = 200) -> Iterator[str]:
    """A Prometheus whose one machine is at work a quarter of the time and has half its memory."""
    begun = monotonic()

    def samples() -> list[tuple[str, dict[str, str], float]]:
        passed = 100 * (monotonic() - begun)
        return [
            ("fly_instance_cpu", {"mode": "user"}, passed / 4),
            ("fly_instance_cpu", {"mode": "idle"}, passed * 3 / 4),
            ("fly_instance_memory_mem_total", {}, 1000),
            ("fly_instance_memory_mem_available", {}, 500),
            ("bee_worker_concurrent_tasks", {}, 3),
        ]

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            allowed = self.headers["Authorization"] == ASKING
            told: list[dict[str, object]] = [
                {"metric": {**more, "__name__": n, "instance": "m1"}, "value": [1, str(value)]}
                for n, more, value in samples()
            ]
            text = json.dumps({"status": "success", "data": {"result": told}}).encode()
            self.send_response(status if allowed else 401)
            self.send_header("Content-Length", str(len(text)))
            self.end_headers()
            self.wfile.write(text)

        def log_message(self, format: str, *args: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as listening:
        thread = Thread(target=listening.serve_forever, args=(0.05,))
        thread.start()
        yield f"http://127.0.0.1:{listening.server_port}/prometheus/bees/api/v1/query"
        listening.shutdown()
        thread.join(timeout=5)


def loaded(folder: Path, **env: str) -> tuple[int, str, dict[str, Any]]:
    (folder / "loadtests").mkdir()
    (folder / "loadtests" / "queries.sql").write_text(QUERIES)
    with serve() as site:
        given = {"STAGING_BASE_URL": site.url, "STAGING_ACCESS_TOKEN": TOKEN, **env}
        code, out, err = finish(start(folder, "--seconds", "4", env=given))
    found = report(folder)
    validate(found, SCHEMA)
    return code, out + err, found


def metrics(url: str, token: str = ASKING) -> dict[str, str]:
    address = json.dumps({"query": url, "app": "bee-staging"})
    return {"STAGING_METRICS": address, "STAGING_METRICS_TOKEN": token}


@pytest.fixture(scope="module")
def database() -> Iterator[Address]:
    with server() as address:
        with psycopg.connect(address.url().reveal()) as connection:
            connection.execute(FILLED)
        yield address


def test_machines_application_and_database_are_on_one_timeline(
    tmp_path: Path, database: Address
) -> None:
    with platform() as url:
        env = {"STAGING_DATABASE_URL": database.url().reveal(), **metrics(url)}
        code, said, found = loaded(tmp_path, **env)
    assert code == 0, said
    told = found["explanation"]
    assert told["highest"]["cpu"] == pytest.approx(0.25, abs=0.02)
    assert told["highest"]["memory"] == 0.5
    by_name = {each["name"]: each["points"] for each in told["resources"]}
    assert {value for _, value in by_name["app.bee_worker_concurrent_tasks"]} == {3}
    for name in ("machine.cpu", "database.transactions", "database.connections.idle"):
        times = [at for at, _ in by_name[name]]
        assert len(times) >= 3
        assert all(-2 < at < 6 for at in times)
    assert not [secret for secret in (ASKING, database.password.reveal()) if secret in said]
    assert ASKING not in json.dumps(found)


def test_main_queries_are_timed_and_explained_and_cannot_write(
    tmp_path: Path, database: Address
) -> None:
    _, said, found = loaded(tmp_path, STAGING_DATABASE_URL=database.url().reveal())
    told = found["explanation"]
    (query,) = told["database"]["queries"]
    assert query["name"] == "pending tasks"
    assert query["mean_ms"] > 0
    assert query["plan"] == ["Seq Scan of tasks: 1 row"]
    assert "reads 30,001 rows of tasks to find 1: an index on (status)" in said
    assert "'one that writes' was not timed: The database says: cannot execute DELETE" in said
    assert "'one that there is not' was not timed" in said
    with psycopg.connect(database.url().reveal()) as connection:
        assert connection.execute("select count(*) from public.tasks").fetchone() == (30001,)


@pytest.mark.parametrize(
    ("env", "note"),
    [
        ({"STAGING_DATABASE_URL": "postgresql://u:s3cr3t@127.0.0.1:1/x"}, "The database says"),
        (metrics("http://127.0.0.1:1/api/v1/query"), "The platform's metrics give no answer"),
    ],
)
def test_what_cannot_be_looked_at_is_a_note_and_no_failure(
    tmp_path: Path, env: dict[str, str], note: str
) -> None:
    code, said, found = loaded(tmp_path, **env)
    assert code == 0, said
    assert found["explanation"]["resources"] is None
    assert any(note in each for each in found["explanation"]["notes"])
    assert "s3cr3t" not in said + json.dumps(found)


def test_a_token_that_may_not_ask_is_a_note(tmp_path: Path) -> None:
    with platform() as url:
        _, _, found = loaded(tmp_path, **metrics(url, token="another"))
    assert found["explanation"]["notes"] == ["The platform's metrics: status 401."]


def test_an_objective_about_machines_is_judged_by_what_was_seen(tmp_path: Path) -> None:
    with platform() as url:
        (tmp_path / "staging.toml").write_text("")
        (tmp_path / "loadtests").mkdir()
        with serve() as site:
            env = {"STAGING_BASE_URL": site.url, "STAGING_ACCESS_TOKEN": TOKEN, **metrics(url)}
            goals = {"p50_ms": "250\ncpu = 0.1\nmemory = 0.9\nsamples = { cpu = 2, memory = 2 }"}
            code, out, _ = finish(start(tmp_path, "--seconds", "4", env=env, objectives=goals))
    assert code == 1, out
    assert any(line.startswith("CPU 25 % > 10 %") for line in report(tmp_path)["reasons"]), out
    assert "memory 50 % <= 90 %" in out


@pytest.mark.skipif(not DEBIAN.exists(), reason="no PostgreSQL with contrib is installed here")
def test_statements_are_told_by_what_they_took_meanwhile(tmp_path: Path) -> None:
    with server(DEBIAN, preload="pg_stat_statements") as address:
        admin = f"host=127.0.0.1 port={address.port} user=admin dbname=postgres"
        with psycopg.connect(admin) as connection:
            connection.execute("create extension pg_stat_statements schema extensions")
            connection.execute("grant usage on schema extensions to postgres")
            connection.execute("grant pg_read_all_stats to postgres")
        busy = subprocess.Popen([sys.executable, "-c", BUSY, address.url().reveal()])
        try:
            _, said, found = loaded(tmp_path, STAGING_DATABASE_URL=address.url().reveal())
        finally:
            busy.kill()
            busy.wait(10)
    texts = {each["text"]: each["calls"] for each in found["explanation"]["database"]["statements"]}
    assert texts["select count(*) from pg_class where relname = $1"] >= 20, said
    assert not [text for text in texts if "load sampler" in text]
