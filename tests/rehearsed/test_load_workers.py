"""Several processes carry one run, and what becomes of it when one of them does not."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from loadtests.wire import heard
from tests.rehearsed.load_site import ROOT, TOKEN, Site, finish, report, serve, start

LONG = ("--workers", "2", "--rate", "40", "--seconds", "12")


def carried(folder: Path, site: Site, *arguments: str) -> subprocess.Popen[str]:
    env = {
        "STAGING_BASE_URL": site.url,
        "STAGING_ACCESS_TOKEN": TOKEN,
        "SMOKE_CRAWL_DOMAIN": "site.example",
    }
    return start(folder, *arguments, env=env)


def workers(run: subprocess.Popen[str]) -> list[int]:
    """The processes that a run has started."""
    found = Path(f"/proc/{run.pid}/task/{run.pid}/children").read_text().split()
    return [int(each) for each in found]


def under_way(run: subprocess.Popen[str]) -> list[int]:
    """Wait until requests have been sent, and tell who sends them."""
    assert run.stderr
    for line in run.stderr:
        if " of 12 s: " in line:
            return workers(run)
    raise AssertionError("it never began")


def test_two_processes_send_just_what_was_planned(tmp_path: Path) -> None:
    with serve() as site:
        code, out, err = finish(
            carried(tmp_path, site, "--workers", "2", "--rate", "40", "--seconds", "4")
        )
        assert site.cancelled == site.created
    found = report(tmp_path)
    assert (code, found["verdict"]) == (0, "pass"), out + err
    assert found["requests"] == found["planned"] == 160
    assert sum(second["planned"] for second in found["timeline"]) == 160
    assert len({client for client in site.clients if client.startswith("198.18.")}) >= 10
    creations = next(e for e in found["endpoints"] if e["name"] == "POST /v1/jobs")
    assert creations["requests"] == len(site.created) == 3  # two in a hundred, of both together


@pytest.mark.parametrize(("number", "word"), [(signal.SIGKILL, "died"), (signal.SIGSTOP, "said")])
def test_the_share_of_a_process_that_is_gone_is_missing(
    tmp_path: Path, number: int, word: str
) -> None:
    with serve() as site:
        run = carried(tmp_path, site, *LONG)
        first, *others = under_way(run)
        os.kill(first, number)
        code, out, err = finish(run)
    found = report(tmp_path)
    assert (code, found["verdict"]) == (6, "invalid"), err
    assert found["reasons"][0].startswith(f"Worker 1 of 2 {word}")
    assert "240 of 480 planned requests are missing" in out
    assert found["requests"] == 240
    assert len(others) == 1


def test_an_interrupted_run_leaves_no_process_and_no_token_in_sight(tmp_path: Path) -> None:
    with serve() as site:
        run = carried(tmp_path, site, *LONG)
        carrying = under_way(run)
        for each in carrying:
            assert TOKEN.encode() not in Path(f"/proc/{each}/cmdline").read_bytes()
        run.send_signal(signal.SIGINT)
        code, out, err = finish(run)
    assert code == 130, err
    assert report(tmp_path)["partial"]
    assert _gone(carrying)
    assert TOKEN not in out + err


def test_processes_end_with_the_one_that_started_them(tmp_path: Path) -> None:
    with serve() as site:
        run = carried(tmp_path, site, *LONG)
        carrying = under_way(run)
        run.kill()
        finish(run)
        assert _gone(carrying)


def test_a_profile_that_decides_as_it_goes_is_carried_by_one(tmp_path: Path) -> None:
    with serve() as site:
        code, _, err = finish(carried(tmp_path, site, "--profile", "limit", "--workers", "2"))
    assert (code, "carried by one process" in err) == (4, True)


def _gone(processes: list[int]) -> bool:
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        if not any(Path(f"/proc/{each}").exists() for each in processes):
            return True
        time.sleep(0.1)
    return False


def test_a_result_that_no_pipe_takes_at_once_is_heard_whole() -> None:
    says = "from loadtests.worker import Wire; Wire().tell('result', measured='x' * 500_000)"
    with subprocess.Popen([sys.executable, "-c", says], cwd=ROOT, stdout=subprocess.PIPE) as worker:
        assert worker.stdout
        time.sleep(2)  # it is written before anybody reads
        told = worker.stdout.read()
    assert len(heard(told).get("measured", "")) == 500_000
