"""Flags, tokens, names and the smaller commands."""

import json
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.contract import flyplay
from tests.contract.flyworlds import Fly
from tests.waiting import until


def test_an_unknown_flag_fails(fly: Fly) -> None:
    done = fly.run("status", "--colour", "-a", fly.app)
    assert (done.returncode, done.stderr) == (1, "Error: unknown flag: --colour\n")


def test_an_unknown_command_fails(fly: Fly) -> None:
    done = fly.run("rollback")
    assert done.returncode == 1
    assert done.stderr.startswith('Error: unknown command "rollback" for "flyctl"')


def test_every_spelling_of_a_flag_is_read(fly: Fly) -> None:
    for spelling in (["-a", fly.app], [f"-a{fly.app}"], [f"--app={fly.app}"], ["-c", "fly.toml"]):
        assert json.loads(fly.ok("status", *spelling, "-j"))["Name"] == fly.app


def test_the_name_comes_from_the_folder_s_fly_toml(fly: Fly) -> None:
    assert json.loads(fly.ok("status", "--json"))["Name"] == fly.app


def test_the_access_token_beats_the_api_token(fly: Fly) -> None:
    good = fly.host.environment["FLY_API_TOKEN"]
    assert fly.run("auth", "whoami", FLY_ACCESS_TOKEN="bad").returncode == 1
    assert fly.run("auth", "whoami", FLY_ACCESS_TOKEN=good, FLY_API_TOKEN="bad").returncode == 0
    assert fly.run("auth", "whoami", "-t", good, FLY_ACCESS_TOKEN="bad").returncode == 0


def test_a_deploy_token_sees_its_app_alone(deployed: Fly) -> None:
    argv = ("tokens", "create", "deploy", "-a", deployed.app, "--expiry", "1h", "--json")
    token = json.loads(deployed.ok(*argv))["token"]
    assert deployed.run("status", "-a", deployed.app, FLY_API_TOKEN=token).returncode == 0
    assert deployed.run("apps", "list", "--json", FLY_API_TOKEN=token).returncode == 1
    assert deployed.run("status", "-a", "other", FLY_API_TOKEN=token).returncode == 1
    assert deployed.deploy("deployment-02", FLY_API_TOKEN=token).returncode == 0


@pytest.mark.stand_in("the name is one that our platform keeps from us")
def test_a_foreign_organisation_s_name_is_taken_and_unseen(fly: Fly) -> None:
    done = fly.run("apps", "create", "taken-by-another", "--org", "bees")
    assert "Validation failed: Name has already been taken" in done.stderr
    assert "taken-by-another" not in fly.ok("apps", "list", "--json")
    assert (
        'Could not find App "taken-by-another"'
        in fly.run("status", "-a", "taken-by-another").stderr
    )


def test_validate_takes_any_token_but_needs_one(fly: Fly) -> None:
    assert fly.run("config", "validate", "-c", "fly.toml", FLY_API_TOKEN="bad").returncode == 0
    assert fly.run("config", "validate", "-c", "fly.toml", FLY_API_TOKEN="").returncode == 1


def test_validate_finds_services_without_processes(fly: Fly) -> None:
    path = fly.cwd / fly.config('[processes]\napp = "a"\nworker = "b"')
    path.write_text(path.read_text().replace('processes = ["app"]', ""))
    done = fly.run("config", "validate", "-c", "fly.toml")
    assert done.returncode == 1
    assert "Service has no processes set" in done.stdout
    assert done.stderr == "Error: App configuration is not valid\n"


def test_bad_toml_is_pointed_at(fly: Fly) -> None:
    (fly.cwd / "bad.toml").write_text("app = 1\nname  == 2\n")
    done = fly.run("config", "validate", "-c", "bad.toml")
    assert done.stderr.startswith("Error: failed loading app config from bad.toml: row 2 column ")


def test_the_logs_are_concatenated_objects(deployed: Fly) -> None:
    shown = deployed.ok("logs", "--no-tail", "--json", "-a", deployed.app)
    first, _ = json.JSONDecoder().raw_decode(shown)
    assert first["instance"] == deployed.machines()[0]["id"]
    assert "tiny application starts" in shown


def test_scaled_memory_is_kept_only_without_a_vm_section(deployed: Fly) -> None:
    deployed.ok("scale", "memory", "512", "-a", deployed.app)
    path = deployed.cwd / "fly.toml"
    path.write_text(path.read_text().partition("[[vm]]")[0])
    assert deployed.deploy("deployment-02").returncode == 0
    assert deployed.json("scale", "show")[0]["Memory"] == 512
    deployed.config()
    assert deployed.deploy("deployment-02").returncode == 0
    assert deployed.json("scale", "show")[0]["Memory"] == 1024


def test_scaling_up_and_down_changes_the_count(deployed: Fly) -> None:
    for number in (3, 1):
        deployed.ok("scale", "count", f"app={number}", "--yes", "-a", deployed.app)
        assert len(deployed.machines()) == number
    resized = deployed.ok("scale", "vm", "shared-cpu-2x", "--vm-memory", "1024", "-a", deployed.app)
    assert "Scaled VM Type to 'shared-cpu-2x'" in resized


def test_a_stopped_machine_starts_again(deployed: Fly) -> None:
    machine = deployed.machines()[0]["id"]
    deployed.ok("machine", "stop", machine, "-a", deployed.app)
    assert deployed.machines()[0]["state"] == "stopped"
    deployed.ok("machine", "start", machine, "-a", deployed.app)
    assert deployed.get().status_code == 200


def test_a_machine_command_without_an_id_fails(deployed: Fly) -> None:
    assert deployed.run("machine", "restart", "-a", deployed.app).returncode == 1


def test_text_forms_exist_for_what_has_json(deployed: Fly) -> None:
    app = ("-a", deployed.app)
    for command in ("status", "releases", "scale show", "image show", "checks list", "ips list"):
        assert deployed.ok(*command.split(), *app)
    assert deployed.machines()[0]["id"] in deployed.ok("machine", "list", *app)


@pytest.mark.parametrize("folder", ["plain", "with space é"])
def test_the_script_finds_its_checkout_through_links(tmp_path: Path, folder: str) -> None:
    checkout = tmp_path / folder
    shutil.copytree(flyplay.CHECKOUT / "rehearsal", checkout / "rehearsal")
    for name, target in (("first", "second"), ("second", f"{folder}/rehearsal/bin/flyctl")):
        (tmp_path / name).symlink_to(target)
    environment = {"PATH": os.environ["PATH"], "REHEARSAL_PYTHON": sys.executable}
    shown = subprocess.check_output([tmp_path / "first", "version"], env=environment, timeout=20)
    assert shown.startswith(b"flyctl v0.4.87")


@pytest.mark.stand_in("it is about our own program")
def test_each_call_is_recorded(fly: Fly) -> None:
    before = time.time()
    fly.ok("status", "-a", fly.app)
    path = fly.home / "calls.jsonl"
    last = [json.loads(line) for line in path.read_text().splitlines()][-1]
    assert path.stat().st_mode & 0o777 == 0o600
    assert (last["program"], last["argv"]) == ("flyctl", ["status", "-a", fly.app])
    assert last["time"] >= before


@pytest.mark.stand_in("it is about our own program")
def test_a_call_starts_in_well_under_a_tenth_of_a_second_of_work(fly: Fly) -> None:
    def fastest() -> float:
        begun = time.monotonic()
        fly.ok("status", "-a", fly.app)
        return time.monotonic() - begun

    until(lambda: fastest() < 0.25)
