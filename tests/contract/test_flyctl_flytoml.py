"""fly.toml: which keys exist, what they become, and what is not looked at before the launch."""

import json

import pytest

from tests.contract.flyplay import CHECKS
from tests.contract.flyworlds import Fly

EVERY_KEY = (
    """
[processes]
app = "serve"
worker = "work --fast"
"""
    + CHECKS
    + """\
protocol = "http"
tls_skip_verify = true
tls_server_name = "bee.example.com"
[http_service.checks.headers]
X-Bee = "yes"
[checks.alive]
port = 8080
type = "tcp"
interval = "10s"
timeout = "2s"
grace_period = "1s"
[deploy]
strategy = "rolling"
max_unavailable = 0.5
wait_timeout = "3m"
release_command = "true"
release_command_timeout = "1m"
seed_command = "true"
[deploy.release_command_vm]
size = "shared-cpu-1x"
[[metrics]]
port = 9464
path = "/metrics"
https = false
processes = ["app"]
"""
)
EVERY_VM_KEY = """
[[vm]]
size = "shared-cpu-1x"
memory = "1gb"
cpu_kind = "shared"
cpus = 1
memory_mb = 1024
max_memory_mb = 2048
gpus = 1
gpu_kind = "l40s"
host_dedication_id = "h"
persist_rootfs = "never"
kernel_args = "quiet"
processes = ["app"]
"""
CHECKED = CHECKS.replace('path = "/health"', 'path = "/health"\n{more}')


def strictly(fly: Fly, text: str) -> str:
    """What strict validation says of a file; empty when it finds nothing."""
    fly.config(text)
    done = fly.run("config", "validate", "-c", "fly.toml", "--strict")
    return "" if done.returncode == 0 else done.stdout + done.stderr


@pytest.mark.parametrize("text", [EVERY_KEY, EVERY_VM_KEY], ids=["sections", "vm"])
def test_every_key_that_we_know_of_is_known(fly: Fly, text: str) -> None:
    assert strictly(fly, text) == ""


@pytest.mark.parametrize("more", ["port = 8080", 'type = "http"'])
def test_a_service_s_check_has_neither_port_nor_type(fly: Fly, more: str) -> None:
    key = more.split()[0]
    said = strictly(fly, CHECKED.format(more=more))
    assert f"http_service.checks.{key}" in said
    assert "strict validation failed" in said


def test_an_unknown_key_passes_unless_validation_is_strict(fly: Fly) -> None:
    path = fly.cwd / fly.config()
    path.write_text(f'nonsense = "x"\n{path.read_text()}')
    assert fly.run("config", "validate", "-c", "fly.toml").returncode == 0
    assert "nonsense" in strictly_as_it_is(fly)


def strictly_as_it_is(fly: Fly) -> str:
    done = fly.run("config", "validate", "-c", "fly.toml", "--strict")
    assert done.returncode == 1
    return done.stdout


def test_the_strategy_and_the_release_command_show_only_in_the_configuration(fly: Fly) -> None:
    fly.config('[deploy]\nstrategy = "immediate"\nrelease_command = "true"')
    assert fly.deploy("deployment-01").returncode == 0
    shown = json.loads(fly.ok("config", "show", "-a", fly.app))
    assert shown["deploy"] == {"strategy": "immediate", "release_command": "true"}
    assert fly.json("releases")[0]["DeploymentStrategy"] == ""
    assert "release_command" not in json.dumps(fly.machines()[0]["config"])


def test_the_strategy_of_the_file_is_used(deployed: Fly) -> None:
    deployed.config(CHECKS, '[deploy]\nstrategy = "immediate"')
    assert deployed.deploy("unhealthy").returncode == 0
    assert deployed.tags() == ["unhealthy"]


def test_the_patience_of_the_file_is_used(deployed: Fly) -> None:
    deployed.config(CHECKS, '[deploy]\nwait_timeout = "2s"')
    done = deployed.deploy("unhealthy")
    assert done.returncode == 1
    assert "timeout reached waiting for health checks to pass" in done.stderr


def test_the_configuration_is_shown_as_json_with_the_file_s_keys(deployed: Fly) -> None:
    shown = json.loads(deployed.ok("config", "show", "-a", deployed.app))
    assert (shown["app"], shown["primary_region"]) == (deployed.app, "syd")
    assert shown["http_service"]["internal_port"] == 8080
    assert shown["vm"] == [{"memory": "1gb", "cpu_kind": "shared", "cpus": 1}]


def test_a_whole_vm_is_what_the_machine_gets(deployed: Fly) -> None:
    guest = deployed.machines()[0]["config"]["guest"]
    assert guest == {"cpu_kind": "shared", "cpus": 1, "memory_mb": 1024}


def test_a_process_s_command_is_given_to_its_machines(fly: Fly) -> None:
    fly.config('[processes]\napp = "serve --port 8080"\nworker = "work"')
    assert fly.deploy("deployment-01").returncode == 0
    commands = {
        machine["config"]["metadata"]["fly_process_group"]: machine["config"]["init"]["cmd"]
        for machine in fly.machines()
    }
    assert commands == {"app": ["serve", "--port", "8080"], "worker": ["work"]}


@pytest.mark.stand_in("it asks our own application for its arguments")
def test_a_process_s_command_reaches_the_program(fly: Fly) -> None:
    fly.config('[processes]\napp = "serve --fast"')
    assert fly.deploy("deployment-01").returncode == 0
    assert fly.get().json()["argv"] == ["serve", "--fast"]


def test_an_interval_as_text_is_what_it_says(fly: Fly) -> None:
    fly.config(CHECKS)
    assert fly.deploy("deployment-01").returncode == 0
    (check,) = fly.machines()[0]["config"]["services"][0]["checks"]
    assert (check["interval"], check["timeout"], check["grace_period"]) == ("15s", "10s", "5s")
