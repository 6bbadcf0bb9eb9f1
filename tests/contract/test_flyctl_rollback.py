"""Releases, and going back to one: what comes back with an image and what does not."""

import json
from pathlib import Path

import pytest

from tests.contract import flyworlds
from tests.contract.flyplay import CHECKS
from tests.contract.flyworlds import DEPLOY, IMAGE, Fly
from tests.waiting import until

COMMANDS = "its commands are of the machine that the tests run on"


def test_there_is_no_rollback_command(fly: Fly) -> None:
    done = fly.run("releases", "rollback", "1", "-a", fly.app)
    assert done.returncode == 1


def test_going_back_deploys_the_newest_complete_release_of_another_image(deployed: Fly) -> None:
    assert deployed.deploy("crash").returncode == 1
    releases = deployed.json("releases", "--image")
    running = deployed.tags()
    assert running == ["crash"]
    bad = deployed.host.image("crash")
    good = next(r for r in releases if r["Status"] == "complete" and r["ImageRef"] != bad)
    words = ("deploy", "-a", deployed.app, "-c", "fly.toml", "--image", good["ImageRef"])
    deployed.ok(*words, *DEPLOY)
    assert deployed.tags() == ["deployment-01"]
    assert deployed.releases() == ["complete", "failed", "complete"]


def test_the_newest_release_is_not_always_what_runs(deployed: Fly) -> None:
    path = deployed.cwd / "fly.toml"
    path.write_text(path.read_text().replace('memory = "1gb"', 'size = "shared-cpu-3x"'))
    assert deployed.deploy("deployment-02").returncode == 1
    newest = deployed.json("releases", "--image")[0]
    assert newest["ImageRef"] == deployed.host.image("deployment-02")
    assert deployed.tags() == ["deployment-01"]


def test_a_change_of_secrets_makes_a_release_of_the_same_image(deployed: Fly) -> None:
    deployed.ok("secrets", "set", "A=1", "-a", deployed.app)
    newest, first = deployed.json("releases", "--image")
    assert newest["ImageRef"] == first["ImageRef"]
    assert (newest["Version"], newest["Status"]) == (2, "complete")


@pytest.mark.stand_in("a real release command leaves its mark where it cannot be read")
def test_going_back_restores_no_configuration_and_runs_the_release_command_again(fly: Fly) -> None:
    mark = fly.cwd / "mark"
    command = f"[deploy]\nrelease_command = \"sh -c 'echo ran >> {mark}'\""
    fly.config(command)
    for tag in ("deployment-01", "deployment-02"):
        assert fly.deploy(tag).returncode == 0
    path = fly.cwd / "fly.toml"
    path.write_text(path.read_text().replace('"debug"', '"info"'))
    assert fly.deploy("deployment-01").returncode == 0
    assert fly.get().json()["LOG_LEVEL"] == "info"
    assert mark.read_text() == "ran\n" * 3


def test_an_image_of_one_app_is_promoted_to_another(deployed: Fly) -> None:
    other = Fly(deployed.host, deployed.cwd, f"{deployed.app}-b")
    other.config(name="other.toml")
    try:
        other.ok("apps", "create", other.app, "--org", other.host.organisation)
        done = other.deploy("deployment-01", config="other.toml")
        assert done.returncode == 0, done.stderr
        theirs, ours = (each.machines()[0]["image_ref"] for each in (deployed, other))
        assert ours["digest"] == theirs["digest"]
        assert other.json("status")["Name"] == other.app
    finally:
        other.run("apps", "destroy", other.app, "--yes")


def test_an_image_that_the_registry_has_pruned_cannot_be_deployed_again(tmp_path: Path) -> None:
    with flyworlds.host(tmp_path / "world") as world:
        fly = Fly(world, tmp_path, "bee-pruned")
        fly.config()
        fly.ok("apps", "create", fly.app, "--org", "bees")
        for tag in ("deployment-01", "deployment-02"):
            assert fly.deploy(tag).returncode == 0
        images = world.home / "images.toml"
        images.write_text(images.read_text().replace("[deployment-01]", "[elsewhere]"))
        done = fly.deploy("deployment-01")
        assert done.returncode == 1
        assert f'could not find image "{IMAGE}:deployment-01"' in done.stderr
        assert fly.tags() == ["deployment-02"]


def test_a_never_healthy_image_without_checks_is_called_a_success(deployed: Fly) -> None:
    assert deployed.deploy("unhealthy").returncode == 0
    assert deployed.releases() == ["complete", "complete"]
    assert deployed.machines()[0]["state"] == "started"


def test_the_release_is_told_in_one_line_that_is_not_the_last(fly: Fly) -> None:
    done = fly.deploy("deployment-01", FLY_EMIT_RELEASE_JSON="1")
    assert done.returncode == 0, done.stderr
    lines = done.stdout.rstrip().splitlines()
    (told,) = [json.loads(line) for line in lines if line.startswith("{")]
    assert told.keys() == {"id", "version", "image_ref"}
    assert (told["version"], told["image_ref"]) == (1, fly.host.image("deployment-01"))
    assert not lines[-1].startswith("{")
    assert '{"id"' not in fly.deploy("deployment-01").stdout


def test_a_deploy_tells_its_progress_over_both_streams(fly: Fly) -> None:
    done = fly.deploy("deployment-01")
    assert "Watch your deployment" in done.stdout
    assert "==> Verifying app config" in done.stderr


def test_colours_come_even_without_a_terminal(fly: Fly) -> None:
    done = fly.deploy("deployment-01", "--wait-timeout", "20s", NO_COLOR="1")
    assert done.returncode == 0, done.stderr
    assert "\x1b[" in done.stdout


def test_a_detached_deploy_does_not_wait_for_health(deployed: Fly) -> None:
    deployed.config(CHECKS)
    assert deployed.deploy("unhealthy", "--detach").returncode == 0
    assert deployed.tags() == ["unhealthy"]


@pytest.mark.parametrize("flags", [("--now",), ("--yes",), ("--remote-only",)])
def test_flags_that_change_nothing_here_are_known(fly: Fly, flags: tuple[str]) -> None:
    assert fly.deploy("deployment-01", *flags).returncode == 0


def test_dns_is_looked_at_unless_told_otherwise(fly: Fly) -> None:
    words = ("deploy", "-a", fly.app, "-c", "fly.toml", "--ha=false", "--yes")
    done = fly.run(*words, "--image", fly.host.image("deployment-01"))
    assert done.returncode == 0, done.stderr
    assert "Checking DNS configuration" in done.stderr
    assert "Checking DNS configuration" not in fly.deploy("deployment-01").stderr


def test_high_availability_makes_two_machines_unless_told_otherwise(fly: Fly) -> None:
    words = ("deploy", "-a", fly.app, "-c", "fly.toml", "--dns-checks=false", "--yes")
    fly.ok(*words, "--image", fly.host.image("deployment-01"))
    assert len(fly.machines()) == 2


@pytest.mark.stand_in(COMMANDS)
def test_a_release_command_without_a_program_fails(deployed: Fly) -> None:
    deployed.config('[deploy]\nrelease_command = "no-such-program-anywhere up"')
    done = deployed.deploy("deployment-02")
    assert done.returncode == 1
    assert "release command failed - aborting deployment" in done.stderr
    assert deployed.releases() == ["failed", "complete"]
    assert deployed.tags() == ["deployment-01"]


@pytest.mark.stand_in(COMMANDS)
def test_a_release_command_that_takes_too_long_fails(deployed: Fly) -> None:
    more = 'release_command = "sleep 30"\nrelease_command_timeout = "1s"'
    deployed.config(f"[deploy]\n{more}")
    done = deployed.deploy("deployment-02")
    assert done.returncode == 1
    assert "release command failed - aborting deployment" in done.stderr
    assert "timeout reached waiting for machine's state to change" in done.stderr


@pytest.mark.stand_in(COMMANDS)
def test_the_release_command_s_machine_is_hidden_from_the_status(deployed: Fly) -> None:
    deployed.config('[deploy]\nrelease_command = "sleep 20"')
    image = ("--image", deployed.host.image("deployment-02"))
    running = deployed.start("deploy", "-a", deployed.app, "-c", "fly.toml", *image, *DEPLOY)

    def groups(*words: str) -> list[str]:
        found = deployed.json(*words)
        machines = found["Machines"] if words == ("status",) else found
        return sorted(m["config"]["metadata"]["fly_process_group"] for m in machines)

    try:
        until(lambda: groups("machine", "list") == ["app", "fly_app_release_command"])
        assert groups("status") == ["app"]
        assert deployed.json("scale", "show")[0]["Count"] == 1
    finally:
        running.terminate()
        running.wait(timeout=20)
    assert deployed.releases()[0] == "interrupted"
