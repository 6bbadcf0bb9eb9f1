"""`machine kill` and `machine destroy`: what ends, what comes back, what is refused."""

import time

import pytest

from tests.contract.flyplay import CHECKS
from tests.contract.flyworlds import DEPLOY, Fly
from tests.contract.test_flyctl_machines import gone, pids
from tests.waiting import until

OURS = "it looks into machines that are processes of ours"


def only(fly: Fly) -> str:
    (machine,) = fly.machines()
    return str(machine["id"])


@pytest.mark.stand_in(OURS)
def test_a_killed_machine_s_process_dies_without_a_grace_and_is_started_again(fly: Fly) -> None:
    assert fly.deploy("deaf").returncode == 0
    (pid,), machine = pids(fly), only(fly)
    began = time.monotonic()
    told = fly.ok("machine", "kill", machine, "--app", fly.app)
    assert gone(pid)
    assert time.monotonic() - began < 3  # a stop would wait five seconds for it
    assert told.endswith("kill signal has been sent\n")
    until(lambda: fly.machines()[0]["state"] == "started")
    assert fly.get().status_code == 200
    exits = [e["request"]["exit_event"] for e in fly.machines()[0]["events"] if e["type"] == "exit"]
    assert [(e["exit_code"], e["requested_stop"]) for e in exits] == [(137, False)]


@pytest.mark.stand_in(OURS)
def test_a_stopped_machine_has_nothing_to_kill(deployed: Fly) -> None:
    machine = only(deployed)
    deployed.ok("machine", "stop", machine, "-a", deployed.app)
    failed = deployed.run("machine", "kill", machine, "-a", deployed.app)
    assert failed.returncode == 1
    assert f"could not kill machine {machine}: failed_precondition" in failed.stderr
    assert deployed.machines()[0]["state"] == "stopped"


def test_a_started_machine_is_destroyed_by_force_alone(deployed: Fly) -> None:
    machine = only(deployed)
    failed = deployed.run("machine", "destroy", machine, "--app", deployed.app)
    assert failed.returncode == 1
    assert f"machine {machine} currently started, either stop first" in failed.stderr
    assert only(deployed) == machine
    told = deployed.ok("machine", "destroy", machine, "--app", deployed.app, "--force")
    assert f"{machine} has been destroyed" in told
    assert deployed.machines() == []


def test_a_stopped_machine_is_destroyed_without_force(deployed: Fly) -> None:
    machine = only(deployed)
    deployed.ok("machine", "stop", machine, "-a", deployed.app)
    deployed.ok("machine", "destroy", machine, "-a", deployed.app)
    assert deployed.machines() == []


@pytest.mark.parametrize("words", [("kill",), ("destroy", "--force"), ("destroy",)])
def test_a_machine_that_is_not_there_is_an_error(deployed: Fly, words: tuple[str, ...]) -> None:
    failed = deployed.run("machine", *words, "00000000000000", "-a", deployed.app)
    assert failed.returncode == 1
    assert "machine not found" in failed.stderr
    assert len(deployed.machines()) == 1


@pytest.mark.parametrize("words", [("kill",), ("destroy", "--force")])
def test_no_machine_given_is_an_error(fly: Fly, words: tuple[str, ...]) -> None:
    failed = fly.run("machine", *words, "-a", fly.app)
    assert failed.returncode == 1
    assert "a machine ID must be specified" in failed.stderr


def test_a_machine_that_a_deploy_holds_is_left_alone(deployed: Fly) -> None:
    deployed.config(CHECKS)
    image = ("--image", deployed.host.image("unhealthy"))
    running = deployed.start("deploy", "-a", deployed.app, "-c", "fly.toml", *image, *DEPLOY)
    try:
        until(lambda: deployed.tags() == ["unhealthy"])
        failed = deployed.run("machine", "destroy", only(deployed), "-a", deployed.app, "--force")
    finally:
        running.terminate()
        running.wait(timeout=20)
    assert failed.returncode == 1
    assert "lease currently held by" in failed.stderr
    assert deployed.tags() == ["unhealthy"]
