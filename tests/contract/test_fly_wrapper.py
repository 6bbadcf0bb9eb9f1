"""Fly, our wrapper, with the program itself: each verb changes the world as it says."""

import inspect
import json
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from staging.clouds.fly import QUIET
from staging.clouds.fly import Fly as Wrapper
from staging.clouds.permission import Permission
from staging.clouds.program import Program
from staging.errors import NameTaken, Refused
from staging.inventory import Certificate, Guest
from staging.secret import Secret
from tests.contract import test_fly_wrapper_failures
from tests.contract.flyworlds import Fly
from tests.contract.test_fly_wrapper_failures import source
from tests.waiting import until

Wrap = Callable[..., Wrapper]

# Each public method of Fly, and the test of this module that calls it.
TESTED = {
    "version": "test_the_version_is_new_enough_to_be_known",
    "whoami": "test_the_token_s_owner_has_an_address",
    "regions": "test_the_regions_are_codes",
    "create": "test_a_created_app_is_there_and_empty",
    "apps": "test_a_created_app_is_there_and_empty",
    "app": "test_a_created_app_is_there_and_empty",
    "addresses": "test_allocated_addresses_are_listed_by_type",
    "certificates": "test_a_certificate_awaits_dns_and_is_listed",
    "add_certificate": "test_a_certificate_awaits_dns_and_is_listed",
    "allocate": "test_allocated_addresses_are_listed_by_type",
    "stage_secrets": "test_staged_secrets_are_listed_and_not_deployed",
    "unstage_secrets": "test_what_was_staged_is_taken_back_without_a_release",
    "secrets": "test_staged_secrets_are_listed_and_not_deployed",
    "deploy": "test_a_deploy_makes_machines_of_the_configuration",
    "machines": "test_a_deploy_makes_machines_of_the_configuration",
    "releases": "test_releases_come_newest_first_with_their_images",
    "config": "test_the_configuration_of_a_release_is_read_back",
    "build": "test_a_folder_is_built_to_an_image_that_machines_run",
    "launch": "test_a_folder_is_built_to_an_image_that_machines_run",
    "console": "test_a_program_on_a_machine_has_our_stdin_and_stdout",
    "remove": "test_a_removed_machine_is_gone_whatever_it_does",
    "kill": "test_a_killed_machine_is_started_again_or_by_us",
    "start": "test_a_killed_machine_is_started_again_or_by_us",
    "logs": "test_what_machines_said_is_read",
    "scale": "test_a_group_is_scaled_up_and_down",
    "destroy": "test_a_destroyed_app_is_gone",
}


@pytest.fixture
def wrapped(fly: Fly) -> Wrapper:
    """Our wrapper of the program, which may change the test's own app."""
    program = Program(str(fly.host.program), dict(fly.host.environment))
    return Wrapper(program, may_change=Permission(apps={fly.app}))


def test_every_method_of_the_wrapper_has_a_contract_test() -> None:
    public = {name for name, _ in inspect.getmembers(Wrapper, inspect.isfunction)}
    assert {name for name in public if not name.startswith("_")} == TESTED.keys()
    assert {test for test in TESTED.values() if test not in globals()} == set()


def test_every_method_of_the_wrapper_is_called_without_a_right_token() -> None:
    tried = {name for name, _ in test_fly_wrapper_failures.CALLS}
    # `logs` is evidence beside something else that failed: it never fails itself; `console` only
    # says how flyctl is to be called.
    assert tried == TESTED.keys() - {"version", "logs", "console"}


def test_the_version_is_new_enough_to_be_known(wrapped: Wrapper) -> None:
    assert wrapped.version() >= (0, 3, 0)


def test_the_token_s_owner_has_an_address(wrapped: Wrapper) -> None:
    assert "@" in wrapped.whoami()


def test_the_regions_are_codes(wrapped: Wrapper) -> None:
    assert {"syd", "iad"} < wrapped.regions()


def test_a_created_app_is_there_and_empty(fly: Fly, wrapped: Wrapper) -> None:
    fly.ok("apps", "destroy", fly.app, "--yes")
    wrapped.create(fly.app, organisation=fly.host.organisation)
    made = wrapped.app(fly.app)
    assert fly.app in wrapped.apps()
    assert (made.name, made.organisation) == (fly.app, fly.host.organisation)
    assert made.status == "pending"
    assert wrapped.machines(fly.app) == ()
    with pytest.raises(NameTaken):
        wrapped.create(fly.app, organisation=fly.host.organisation)


def test_allocated_addresses_are_listed_by_type(fly: Fly, wrapped: Wrapper) -> None:
    wrapped.allocate(fly.app, kind="v4")
    wrapped.allocate(fly.app, kind="v6")
    assert sorted(wrapped.addresses(fly.app)) == ["shared_v4", "v6"]


def test_a_certificate_awaits_dns_and_is_listed(fly: Fly, wrapped: Wrapper) -> None:
    assert wrapped.certificates(fly.app) == ()
    hostname = f"{fly.app}.bees.example"
    wrapped.add_certificate(fly.app, hostname)
    assert wrapped.certificates(fly.app) == (Certificate(hostname=hostname, ready=False),)


def test_staged_secrets_are_listed_and_not_deployed(fly: Fly, wrapped: Wrapper) -> None:
    wrapped.stage_secrets(fly.app, {"A": Secret("one#two"), "B": " edges "})
    before = wrapped.secrets(fly.app)
    assert [(each.name, each.status) for each in before] == [("A", "Staged"), ("B", "Staged")]
    wrapped.stage_secrets(fly.app, {"A": Secret("one#other")})
    after = wrapped.secrets(fly.app)
    assert after[0].digest != before[0].digest
    assert after[1] == before[1]


def test_what_was_staged_is_taken_back_without_a_release(fly: Fly, wrapped: Wrapper) -> None:
    wrapped.stage_secrets(fly.app, {"A": "one", "B": "two"})
    wrapped.unstage_secrets(fly.app, ["A"])
    assert [each.name for each in wrapped.secrets(fly.app)] == ["B"]
    assert wrapped.releases(fly.app) == ()


def test_a_deploy_makes_machines_of_the_configuration(fly: Fly, wrapped: Wrapper) -> None:
    shown: list[str] = []
    image = fly.host.image("deployment-01")
    wrapped.deploy(fly.app, config=fly.cwd / "fly.toml", image=image, show=shown.append)
    (machine,) = wrapped.machines(fly.app)
    assert (machine.state, machine.region, machine.process_group) == ("started", "syd", "app")
    assert machine.guest == Guest(cpu_kind="shared", cpus=1, memory_mb=1024)
    assert machine.tagged == image
    assert wrapped.app(fly.app).status == "deployed"
    assert any("Watch your deployment" in line for line in shown)


def test_releases_come_newest_first_with_their_images(deployed: Fly, wrapped: Wrapper) -> None:
    second = deployed.host.image("deployment-02")
    wrapped.deploy(deployed.app, config=deployed.cwd / "fly.toml", image=second)
    found = wrapped.releases(deployed.app)
    assert [(each.image, each.status) for each in found[:2]] == [
        (second, "complete"),
        (deployed.host.image("deployment-01"), "complete"),
    ]
    assert found[0].version > found[1].version


def test_the_configuration_of_a_release_is_read_back(fly: Fly, wrapped: Wrapper) -> None:
    image = fly.host.image("deployment-01")
    wrapped.deploy(fly.app, config=fly.cwd / "fly.toml", image=image)
    found = wrapped.config(fly.app)
    assert found["app"] == fly.app
    assert found["env"] == {"APP_ENV": "staging", "LOG_LEVEL": "debug"}
    assert found["vm"] == [{"memory": "1gb", "cpu_kind": "shared", "cpus": 1}]


def test_a_group_is_scaled_up_and_down(fly: Fly, wrapped: Wrapper) -> None:
    image = fly.host.image("deployment-01")
    wrapped.deploy(fly.app, config=fly.cwd / "fly.toml", image=image)
    for count in (2, 1):
        wrapped.scale(fly.app, {"app": count})
        found = wrapped.machines(fly.app)
        assert [machine.process_group for machine in found] == ["app"] * count
        assert {machine.env["APP_ENV"] for machine in found} == {"staging"}


def test_a_removed_machine_is_gone_whatever_it_does(deployed: Fly, wrapped: Wrapper) -> None:
    (machine,) = wrapped.machines(deployed.app)
    assert machine.state == "started"
    wrapped.remove(deployed.app, machine.id)
    assert wrapped.machines(deployed.app) == ()


def launched(fly: Fly, wrapped: Wrapper, *command: str) -> str:
    """A machine of an image that is built for it."""
    wrapped.build(fly.app, source(fly), label="load-1")
    image, labels = f"registry.fly.io/{fly.app}:load-1", {"staging_load": "bee", "run": "a=b"}
    size = "performance-1x"
    return wrapped.launch(fly.app, image, *command, region="iad", size=size, labels=labels)


def test_a_folder_is_built_to_an_image_that_machines_run(fly: Fly, wrapped: Wrapper) -> None:
    made = launched(fly, wrapped, "sleep", "60")
    (machine,) = wrapped.machines(fly.app)
    assert (machine.id, machine.state, machine.region) == (made, "started", "iad")
    assert machine.guest == Guest(cpu_kind="performance", cpus=1, memory_mb=2048)
    config = machine.config
    assert config["metadata"].items() >= {"staging_load": "bee", "run": "a=b"}.items()
    assert (config["auto_destroy"], config["restart"]["policy"]) == (True, "no")
    assert config["init"]["cmd"] == ["sleep", "60"]
    wrapped.remove(fly.app, made)
    assert wrapped.machines(fly.app) == ()


def test_a_program_on_a_machine_has_our_stdin_and_stdout(fly: Fly, wrapped: Wrapper) -> None:
    console = wrapped.console(fly.app, launched(fly, wrapped, "sleep", "60"), "tr a-z A-Z")
    env = {name: str(text) for name, text in console.env.items()}
    done = subprocess.run(
        console.argv, env=env, input="one\ntwo\n", capture_output=True, text=True, timeout=60
    )
    assert (done.returncode, done.stdout) == (0, "ONE\nTWO\n"), done.stderr


def test_a_console_of_production_is_refused(fly: Fly) -> None:
    program = Program(str(fly.host.program), dict(fly.host.environment))
    wrapped = Wrapper(program, may_change=Permission(apps={"bee"}, production_app=fly.app))
    with pytest.raises(Refused, match="which is production's"):
        wrapped.console(fly.app, "m", "cat")


def test_a_killed_machine_is_started_again_or_by_us(deployed: Fly, wrapped: Wrapper) -> None:
    (machine,) = wrapped.machines(deployed.app)
    wrapped.kill(deployed.app, machine.id)

    def states() -> list[str]:
        return [each.state for each in wrapped.machines(deployed.app)]

    def exits() -> list[str]:
        return [e["type"] for e in deployed.machines()[0]["events"] if e["type"] == "exit"]

    until(lambda: exits() and states() == ["started"])
    deployed.ok("machine", "stop", machine.id, "-a", deployed.app)
    assert states() == ["stopped"]
    wrapped.start(deployed.app, machine.id)
    until(lambda: states() == ["started"])


def test_what_machines_said_is_read(deployed: Fly, wrapped: Wrapper) -> None:
    assert "tiny application starts" in wrapped.logs(deployed.app)


def test_logs_that_cannot_be_read_are_what_flyctl_said(deployed: Fly) -> None:
    bad = {**deployed.host.environment, "FLY_API_TOKEN": "FlyV1 fm2_bad"}
    program = Program(str(deployed.host.program), dict(bad))
    assert "authenticated" in Wrapper(program, may_change=Permission()).logs(deployed.app)


def test_a_destroyed_app_is_gone(fly: Fly, wrapped: Wrapper) -> None:
    wrapped.destroy(fly.app)
    assert fly.app not in fly.ok("apps", "list", "--json")


def answering(folder: Path, answer: object) -> Wrapper:
    """Our wrapper of a program that prints an answer which no world of ours gives."""
    program, said = folder / "flyctl", folder / "answer.json"
    said.write_text(json.dumps(answer))
    program.write_text(f'#!/bin/sh\nexec cat "{said}"\n')
    program.chmod(0o755)
    return Wrapper(Program(str(program), {"PATH": "/usr/bin:/bin"}), may_change=Permission())


def test_a_machine_whose_host_is_away_is_a_record(deployed: Fly, tmp_path: Path) -> None:
    (machine,) = deployed.machines()
    away = machine | {"config": None, "incomplete_config": machine["config"]}
    away |= {"host_status": "unreachable"}
    folder = tmp_path / "away"
    folder.mkdir()
    (found,) = answering(folder, [away]).machines(deployed.app)
    assert (found.id, found.process_group, found.guest.memory_mb) == (machine["id"], "app", 1024)


def test_a_secret_of_unknown_state_is_a_record(tmp_path: Path) -> None:
    entry = {"name": "A", "digest": "d", "status": "Unknown"}
    (found,) = answering(tmp_path, [entry]).secrets("any")
    assert (found.name, found.status) == ("A", "Unknown")


def test_flyctl_is_told_to_be_quiet() -> None:
    loud = {"FLY_NO_UPDATE_CHECK", "FLY_NO_INCIDENTS_CHECK", "FLY_SEND_METRICS", "NO_COLOR"}
    assert loud | {"FLY_SYNTHETICS_AGENT"} < QUIET.keys()
