"""`invoke parity`: equal, different, and nothing to compare."""

import json

import psycopg

from tests.rehearsed.checkout import Checkout, checkout


def test_without_staging_there_is_no_verdict() -> None:
    with checkout() as fresh:
        done = fresh.run("invoke", "parity")
        assert done.returncode == 6, done.stderr
        assert "There is no staging to compare" in done.stdout


def test_a_mirror_equals_production_until_somebody_changes_it(provisioned: Checkout) -> None:
    done = provisioned.run("invoke", "parity")
    assert done.returncode == 0, done.stderr + done.stdout
    url = provisioned.run("invoke", "database.url").stdout.strip()
    with psycopg.connect(url, connect_timeout=10) as connection:
        connection.execute("alter table public.jobs add column drifted int")
    found = json.loads(provisioned.run("invoke", "parity", "--json").stdout)
    assert found["verdict"] == "fail"
    assert [row["resource"] for row in found["differences"]] == ["database schema"]
    assert "jobs" in found["differences"][0]["detail"]
    assert provisioned.run("invoke", "parity").returncode == 1
