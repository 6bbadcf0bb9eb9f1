"""`machine run`, `ssh console -C` and `deploy --build-only`: machines that no deploy made."""

import os
import signal
import subprocess
import time
from pathlib import Path

import pytest

from tests.contract.flyworlds import Fly
from tests.contract.test_fly_wrapper_failures import source
from tests.contract.test_flyctl_machines import gone, pids
from tests.waiting import until

OURS = "it looks into machines that are processes of ours"


def built(fly: Fly) -> str:
    """An image of the app's, of a folder that is built and not deployed."""
    folder = str(source(fly))
    made = ("--build-only", "--push", "--remote-only", "--image-label", "load-1")
    done = fly.run("deploy", folder, "--app", fly.app, "--config", f"{folder}/fly.toml", *made)
    assert done.returncode == 0, done.stderr
    assert f"image: registry.fly.io/{fly.app}:load-1" in done.stderr
    return f"registry.fly.io/{fly.app}:load-1"


def run(fly: Fly, image: str, *words: str, seconds: str = "60") -> str:
    told = fly.ok("machine", "run", image, "sleep", seconds, "--app", fly.app, *words)
    assert f"successfully launched in app {fly.app}" in told
    return str(fly.machines()[-1]["id"])


def console(fly: Fly, machine: str, command: str) -> tuple[str, ...]:
    words = ("ssh", "console", "--app", fly.app, "--machine", machine, "--quiet")
    return (*words, "--command", command)


def talking(fly: Fly, machine: str, command: str) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [fly.host.program, *console(fly, machine, command)],
        env=dict(fly.host.environment),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def test_what_is_built_only_is_an_image_and_no_release(fly: Fly) -> None:
    built(fly)
    assert fly.machines() == []
    assert fly.releases() == []


def test_a_machine_is_run_as_its_flags_say(fly: Fly) -> None:
    words = ("--region", "iad", "--rm", "--metadata", "a=b", "--metadata", "c=d=e", "--detach")
    machine = run(fly, built(fly), *words, "--vm-size", "shared-cpu-2x")
    (found,) = fly.machines()
    config = found["config"]
    assert (found["id"], found["region"], found["state"]) == (machine, "iad", "started")
    assert config["metadata"].items() >= {"a": "b", "c": "d=e"}.items()
    assert "fly_process_group" not in config["metadata"]
    assert config["guest"].items() >= {"cpus": 2, "memory_mb": 512}.items()
    assert config["auto_destroy"]
    assert config["restart"] == {"policy": "no"}


def test_without_rm_a_machine_stays_and_is_started_again(fly: Fly) -> None:
    run(fly, built(fly))
    config = fly.machines()[0]["config"]
    assert (config.get("auto_destroy", False), config["restart"]["policy"]) == (False, "always")


def test_an_image_that_is_not_there_is_an_error(fly: Fly) -> None:
    image = f"registry.fly.io/{fly.app}:load-9"
    failed = fly.run("machine", "run", image, "sleep", "9", "--app", fly.app, "--rm")
    assert failed.returncode == 1
    assert f'could not find image "{image}"' in failed.stderr
    assert fly.machines() == []


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--vm-size", "enormous"), "invalid machine size requested, 'enormous'"),
        (("--metadata", "a"), "invalid key/value pairs specified for flag metadata"),
        (("--restart", "never"), "invalid restart provided"),
        (("--region", "xyz"), "xyz"),
    ],
)
def test_what_cannot_be_run_leaves_no_machine(fly: Fly, words: tuple[str, ...], said: str) -> None:
    failed = fly.run("machine", "run", built(fly), "sleep", "9", "--app", fly.app, *words)
    assert failed.returncode == 1
    assert said in failed.stderr
    assert fly.machines() == []


def test_a_machine_with_rm_goes_when_its_command_ends(fly: Fly) -> None:
    run(fly, built(fly), "--rm", seconds="1")
    until(lambda: fly.machines() == [])


def test_several_machines_are_destroyed_by_one_call(fly: Fly) -> None:
    image = built(fly)
    for _ in range(2):
        run(fly, image, "--rm")
    ids = [str(machine["id"]) for machine in fly.machines()]
    told = fly.ok("machine", "destroy", *ids, "--app", fly.app, "--force")
    assert all(f"{each} has been destroyed" in told for each in ids)
    assert fly.machines() == []


def test_an_app_goes_with_the_machines_that_no_deploy_made(fly: Fly) -> None:
    run(fly, built(fly), "--rm")
    fly.ok("apps", "destroy", fly.app, "--yes")
    assert fly.run("machine", "list", "--app", fly.app, "--json").returncode == 1


@pytest.mark.stand_in(OURS)
def test_bytes_pass_through_a_console_whole(fly: Fly) -> None:
    sent = os.urandom(5_000_000)
    words = console(fly, run(fly, built(fly), "--rm"), "cat")
    argv = [str(fly.host.program), *words]
    env = dict(fly.host.environment)
    done = subprocess.run(argv, env=env, input=sent, capture_output=True, timeout=60)
    assert done.stdout == sent


def test_a_program_s_failure_is_the_console_s(fly: Fly) -> None:
    words = console(fly, run(fly, built(fly), "--rm"), "sh -c 'echo why >&2; exit 3'")
    failed = fly.run(*words)
    assert failed.returncode == 1
    assert "why" in failed.stderr
    assert "status 3" in failed.stderr


def test_no_console_where_nothing_has_started(fly: Fly) -> None:
    failed = fly.run(*console(fly, "00000000000000", "cat"))
    assert failed.returncode == 1
    assert f"app {fly.app} has no started VMs" in failed.stderr
    run(fly, built(fly), "--rm")
    failed = fly.run(*console(fly, "00000000000000", "cat"))
    assert '--machine="00000000000000" not found/started' in failed.stderr


@pytest.mark.stand_in(OURS)
@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGINT])
def test_a_program_reads_its_end_when_the_console_is_gone(
    fly: Fly, number: int, tmp_path: Path
) -> None:
    noted = tmp_path / "noted"
    command = f"sh -c 'echo $$ > {noted}; cat; echo ended >> {noted}'"
    talk = talking(fly, run(fly, built(fly), "--rm"), command)
    until(lambda: noted.exists() and noted.read_text())
    talk.send_signal(number)
    talk.communicate(timeout=10)
    until(lambda: gone(int(noted.read_text().split()[0])))


@pytest.mark.stand_in(OURS)
def test_a_console_ends_with_its_machine(fly: Fly) -> None:
    machine = run(fly, built(fly), "--rm")
    (pid,), talk = pids(fly), talking(fly, machine, "cat")
    assert talk.stdin
    assert talk.stdout
    talk.stdin.write("heard\n")
    talk.stdin.flush()
    assert talk.stdout.readline() == "heard\n"
    began = time.monotonic()
    fly.ok("machine", "destroy", machine, "--app", fly.app, "--force")
    talk.communicate(timeout=10)
    assert gone(pid)
    assert talk.returncode == 1
    assert time.monotonic() - began < 10
