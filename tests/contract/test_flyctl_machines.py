"""Machines are processes, and the proxy keeps requests away from the bad ones."""

import json
import os
import signal
import threading
from pathlib import Path

import pytest
import requests

from tests.contract.flyplay import CHECKS
from tests.contract.flyworlds import Fly, host
from tests.waiting import until

pytestmark = pytest.mark.stand_in("it looks into machines that are processes of ours")


def pids(fly: Fly) -> list[int]:
    state = json.loads((fly.home / "state" / "fly.json").read_text())
    return [machine["pid"] for machine in state["apps"][fly.app]["machines"].values()]


def gone(pid: int) -> bool:
    stat = Path(f"/proc/{pid}/stat")
    return not stat.exists() or stat.read_text().split()[2] == "Z"


def test_a_machine_gets_what_fly_would_give_it(deployed: Fly) -> None:
    machine, shown = deployed.machines()[0], deployed.get().json()
    assert shown["FLY_MACHINE_ID"] == machine["id"]
    assert shown["BEE_VERSION"] == "0.4.1"
    assert shown["LOG_LEVEL"] == "debug"


def test_the_proxy_adds_to_the_forwarded_addresses(deployed: Fly) -> None:
    headers = deployed.get("/", **{"X-Forwarded-For": "203.0.113.9"}).json()["headers"]
    assert headers["X-Forwarded-For"] == "203.0.113.9, 127.0.0.1"
    assert headers["Fly-Client-IP"] == "127.0.0.1"
    assert headers["Fly-Request-Id"]


def test_a_body_passes_through_the_proxy_whole(deployed: Fly) -> None:
    body = os.urandom(3_000_000)
    answer = requests.post(deployed.url(), data=body, timeout=20)
    assert answer.content == body


def test_an_answer_that_breaks_off_is_cut_and_not_mended(deployed: Fly) -> None:
    with pytest.raises(requests.RequestException):
        deployed.get("/broken")
    assert deployed.get().status_code == 200


def test_the_length_of_an_answer_to_head_is_kept(deployed: Fly) -> None:
    answer = requests.head(deployed.url(), timeout=10)
    assert answer.headers["Content-Length"] == "1234"


def test_a_machine_that_dies_is_restarted(deployed: Fly) -> None:
    (first,) = pids(deployed)
    os.kill(first, signal.SIGKILL)
    until(lambda: pids(deployed) not in ([first], [None]))
    assert deployed.get().status_code == 200
    kinds = [event["type"] for event in deployed.machines()[0]["events"]]
    assert kinds[:2] == ["start", "exit"]


def test_a_machine_that_keeps_dying_is_stopped(deployed: Fly) -> None:
    deployed.deploy("crash")
    until(lambda: deployed.machines()[0]["state"] == "stopped")
    assert deployed.get().status_code == 502
    assert deployed.deploy("deployment-01").returncode == 0
    assert deployed.get().status_code == 200


def test_requests_go_to_the_healthy_machine_alone(deployed: Fly) -> None:
    deployed.config(CHECKS)
    assert deployed.deploy("deployment-01").returncode == 0
    deployed.ok("scale", "count", "app=2", "--yes", "-a", deployed.app)
    deployed.deploy("sick", "--wait-timeout", "1s")
    assert sorted(deployed.tags()) == ["deployment-01", "sick"]
    assert {deployed.get("/").json()["FLY_IMAGE_REF"][-2:] for _ in range(6)} == {"01"}


def test_a_rolling_deploy_of_two_machines_loses_no_request(deployed: Fly) -> None:
    deployed.config(CHECKS)
    deployed.ok("scale", "count", "app=2", "--yes", "-a", deployed.app)
    assert deployed.deploy("deployment-01").returncode == 0
    statuses: list[int] = []
    url, done = deployed.url(), threading.Event()

    def ask() -> None:
        with requests.Session() as session:
            while not done.is_set():
                statuses.append(session.get(url, timeout=10).status_code)

    asking = threading.Thread(target=ask)
    asking.start()
    deploy = deployed.deploy("deployment-02")
    done.set()
    asking.join(timeout=10)
    assert deploy.returncode == 0, deploy.stderr
    assert len(statuses) > 20
    assert set(statuses) == {200}


def test_a_destroyed_app_leaves_no_process(deployed: Fly) -> None:
    (pid,) = pids(deployed)
    deployed.ok("apps", "destroy", deployed.app, "--yes")
    until(lambda: gone(pid))


def test_a_world_comes_back_with_its_apps_addresses_and_secrets(tmp_path: Path) -> None:
    home = tmp_path / "world"
    with host(home) as world:
        fly = Fly(world, tmp_path, "bee-kept")
        fly.config()
        fly.ok("apps", "create", fly.app, "--org", "bees")
        fly.ok("secrets", "set", "A=kept", "-a", fly.app)
        assert fly.deploy("deployment-01").returncode == 0
        before, (pid,) = (fly.url(), fly.machines()[0]["id"]), pids(fly)
    assert gone(pid)
    with host(home) as world:
        fly = Fly(world, tmp_path, "bee-kept")
        assert (fly.url(), fly.machines()[0]["id"]) == before
        assert fly.get().json()["A"] == "kept"
    assert (home / "state" / "fly.json").stat().st_mode & 0o777 == 0o600


def test_machines_do_not_outlive_a_killed_world(tmp_path: Path) -> None:
    home = tmp_path / "world"
    with host(home) as world:
        fly = Fly(world, tmp_path, "bee-killed")
        fly.config()
        fly.ok("apps", "create", fly.app, "--org", "bees")
        assert fly.deploy("deployment-01").returncode == 0
        (pid,) = pids(fly)
        world.process.kill()
        until(lambda: gone(pid))
    (home / "world.json").unlink()
    with host(home) as world:
        assert Fly(world, tmp_path, "bee-killed").get().status_code == 200
