"""The kinds of run beside the steady one, each against a small real site."""

import re
import sys
from pathlib import Path

import pytest

from tests.rehearsed.load_site import TOKEN, finish, report, serve, start

GIVEN = {"STAGING_ACCESS_TOKEN": TOKEN, "SMOKE_CRAWL_DOMAIN": "site.example"}


def profiled(tmp_path: Path, name: str, text: str) -> str:
    """A profile of one's own, as a file."""
    path = tmp_path / f"{name}.toml"
    path.write_text(text)
    return str(path)


LIMIT = """
about = "the limit, quickly"
kind = "limit"
users = 100
mix = "reads"
stages = [{ seconds = 60, start_rate = 160, end_rate = 160 }]
search = { start = 20, growth = 2.0, precision = 0.1, rounds = 1, trial_seconds = 3 }
"""
DEPLOY = """
about = "traffic while something runs"
kind = "deploy"
users = 10
mix = "reads"
abort = false
stages = [{ seconds = 30, start_rate = 20, end_rate = 20 }]
phases = { before = 1.5, after = 1.5 }
"""


@pytest.mark.nightly
def test_the_capacity_of_a_site_that_bears_so_many_is_found(tmp_path: Path) -> None:
    """One request at a time, 20 ms each: fifty a second."""
    own = profiled(tmp_path, "search", LIMIT)
    with serve(alone=0.02) as site:
        run = start(tmp_path, "--profile", own, env={**GIVEN, "STAGING_BASE_URL": site.url})
        code, out, err = finish(run, timeout=120)
    found = report(tmp_path)["capacity"]
    assert code == 0, out + err
    assert found["rate"] == pytest.approx(50, rel=0.15), found
    assert found["low"] < 50.5
    assert "soft_limit" in found["patch"]


def test_what_happens_during_the_traffic_is_measured_apart(tmp_path: Path) -> None:
    own = profiled(tmp_path, "during", DEPLOY)
    command = f"{sys.executable} -c 'import time; time.sleep(1.5)'"
    with serve() as site:
        env = {**GIVEN, "STAGING_BASE_URL": site.url}
        code, out, err = finish(start(tmp_path, "--profile", own, "--during", command, env=env))
    found = report(tmp_path)["deploy"]
    assert code == 0, out + err
    assert found["exit_code"] == 0
    phases = {phase["name"]: phase for phase in found["phases"]}
    assert phases.keys() == {"before", "during", "after"}
    assert all(phase["requests"] > 15 for phase in phases.values())
    assert phases["during"]["seconds"] == pytest.approx(1.6, abs=0.7)


def test_a_deploy_that_fails_during_the_traffic_fails_the_run(tmp_path: Path) -> None:
    own = profiled(tmp_path, "during", DEPLOY)
    command = f"{sys.executable} -c 'raise SystemExit(3)'"
    with serve() as site:
        env = {**GIVEN, "STAGING_BASE_URL": site.url}
        code, _, _ = finish(start(tmp_path, "--profile", own, "--during", command, env=env))
    assert (code, report(tmp_path)["deploy"]["exit_code"]) == (1, 3)


def test_a_run_that_cannot_pass_any_more_is_ended(tmp_path: Path) -> None:
    with serve(broken="/v1/jobs") as site:
        env = {**GIVEN, "STAGING_BASE_URL": site.url}
        code, out, _ = finish(start(tmp_path, "--seconds", "25", env=env))
    found = report(tmp_path)
    assert (code, found["aborted"]) == (1, True), out
    assert found["seconds"] < 20


def test_a_rising_rate_is_what_was_planned_second_by_second(tmp_path: Path) -> None:
    own = profiled(
        tmp_path,
        "rising",
        'about = "rises"\nkind = "stages"\nusers = 10\nmix = "reads"\n'
        "stages = [{ seconds = 4, start_rate = 10, end_rate = 50 }]\n",
    )
    with serve() as site:
        env = {**GIVEN, "STAGING_BASE_URL": site.url}
        code, out, _ = finish(start(tmp_path, "--profile", own, env=env))
    assert code == 0, out
    planned = [second["planned"] for second in report(tmp_path)["timeline"][:4]]
    assert planned == [15, 25, 35, 45]


def test_each_endpoint_is_asked_alike_in_a_benchmark(tmp_path: Path) -> None:
    with serve() as site:
        env = {**GIVEN, "STAGING_BASE_URL": site.url}
        words = ("--profile", "benchmark", "--seconds", "4", "--rate", "50")
        finish(start(tmp_path, *words, objectives={"error_rate": 1}, env=env))
    asked = [endpoint["requests"] for endpoint in report(tmp_path)["endpoints"]]
    assert len(asked) >= 8
    assert max(asked) - min(asked) <= max(asked) // 2


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("--against", "production"), "consent"),
        (("--against", "production", "--profile", "spike"), "never put under the profile spike"),
        (("--against", "production", "--rate", "3", "--consent", "blue-banded-bee"), "gentle"),
    ],
)
def test_production_is_read_gently_with_consent_or_not_at_all(
    tmp_path: Path, words: tuple[str, ...], told: str
) -> None:
    with serve() as site:
        env = {**GIVEN, "PRODUCTION_BASE_URL": site.url}
        code, _, err = finish(start(tmp_path, *words, env=env))
        assert site.requests == 0
    assert code == 5, err
    assert re.search(told, err), err


def test_production_is_sent_no_made_up_address(tmp_path: Path) -> None:
    with serve() as site:
        env = {**GIVEN, "PRODUCTION_BASE_URL": site.url}
        words = ("--against", "production", "--consent", "blue-banded-bee", "--seconds", "3")
        finish(start(tmp_path, *words, env=env))
    assert site.clients == {""}
    assert site.requests > 2
