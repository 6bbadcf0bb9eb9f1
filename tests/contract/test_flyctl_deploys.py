"""Deploys: each strategy, each failure, as flyctl behaves."""

import json
import signal
import subprocess
import threading

import pytest

from rehearsal.fly.deploying import held
from tests.contract.flyplay import CHECKS
from tests.contract.flyworlds import DEPLOY, Fly
from tests.waiting import until

SHORT = ("--wait-timeout", "2s")


def test_a_failed_rolling_deploy_leaves_the_bad_image(deployed: Fly) -> None:
    deployed.config(CHECKS)
    failed = deployed.deploy("sick", *SHORT)
    assert failed.returncode == 1
    assert "timeout reached waiting for health checks to pass" in failed.stderr
    assert deployed.tags() == ["sick"]
    assert deployed.releases() == ["failed", "complete"]
    assert deployed.json("status")["Status"] == "deployed"


def test_rolling_stops_at_the_first_failure(deployed: Fly) -> None:
    deployed.ok("scale", "count", "app=2", "--yes", "-a", deployed.app)
    assert deployed.deploy("crash").returncode == 1
    assert sorted(deployed.tags()) == ["crash", "deployment-01"]
    assert deployed.get().json()["FLY_IMAGE_REF"].endswith("deployment-01")


def test_a_failed_canary_stays_behind_and_the_others_keep_serving(deployed: Fly) -> None:
    failed = deployed.deploy("crash", "--strategy", "canary")
    assert failed.returncode == 1
    assert sorted(deployed.tags()) == ["crash", "deployment-01"]
    assert deployed.get().status_code == 200


def test_a_good_canary_goes_and_its_image_takes_over(deployed: Fly) -> None:
    assert deployed.deploy("deployment-02", "--strategy", "canary").returncode == 0
    assert deployed.tags() == ["deployment-02"]


def test_blue_green_needs_a_check(deployed: Fly) -> None:
    failed = deployed.deploy("deployment-02", "--strategy", "bluegreen")
    assert failed.returncode == 1
    assert "at least 1 check" in failed.stderr
    assert deployed.tags() == ["deployment-01"]


def test_a_failed_blue_green_restores_the_old_machines(deployed: Fly) -> None:
    before = deployed.machines()[0]["id"]
    deployed.config(CHECKS)
    assert deployed.deploy("sick", "--strategy", "bluegreen", *SHORT).returncode == 1
    assert [machine["id"] for machine in deployed.machines()] == [before]
    assert deployed.tags() == ["deployment-01"]
    assert deployed.get().status_code == 200


def test_blue_green_replaces_every_machine(deployed: Fly) -> None:
    before = deployed.machines()[0]["id"]
    deployed.config(CHECKS)
    done = deployed.deploy("deployment-02", "--strategy", "bluegreen")
    assert done.returncode == 0, done.stderr
    assert deployed.tags() == ["deployment-02"]
    assert deployed.machines()[0]["id"] != before


def test_immediate_succeeds_with_an_unhealthy_machine(deployed: Fly) -> None:
    deployed.config(CHECKS)
    assert deployed.deploy("sick", "--strategy", "immediate").returncode == 0
    assert deployed.releases()[0] == "complete"
    assert deployed.get().status_code == 502


def test_a_release_command_that_fails_aborts_before_any_machine(deployed: Fly) -> None:
    deployed.config('[deploy]\nrelease_command = "migrate"')
    failed = deployed.deploy("relfail")
    assert failed.returncode == 1
    assert "release command failed - aborting deployment" in failed.stderr
    assert deployed.tags() == ["deployment-01"]
    assert deployed.deploy("deployment-02", "--skip-release-command").returncode == 0


@pytest.mark.stand_in("its commands are of the machine that the tests run on")
def test_a_release_command_runs_with_the_secrets(deployed: Fly) -> None:
    deployed.ok("secrets", "import", "--stage", "-a", deployed.app, stdin="A=kept\n")
    deployed.config("[deploy]\nrelease_command = \"sh -c 'test $A = kept'\"")
    done = deployed.deploy("deployment-02")
    assert done.returncode == 0, done.stderr
    assert "completed successfully" in done.stdout


@pytest.mark.parametrize(
    ("old", "new", "text"),
    [
        ('primary_region = "syd"', 'primary_region = "zzz"', "region zzz not found"),
        ('memory = "1gb"', 'size = "shared-cpu-3x"', "invalid machine size requested"),
        ('memory = "1gb"', 'memory = "9gb"', "maximum allowed 2048 MiB"),
    ],
)
def test_what_validate_misses_fails_at_launch(fly: Fly, old: str, new: str, text: str) -> None:
    path = fly.cwd / fly.config()
    path.write_text(path.read_text().replace(old, new))
    fly.ok("config", "validate", "-c", "fly.toml")
    failed = fly.deploy("deployment-01")
    assert failed.returncode == 1
    assert text in failed.stderr
    assert fly.releases() == ["failed"]


def test_a_partial_vm_resets_the_rest(fly: Fly) -> None:
    path = fly.cwd / fly.config()
    path.write_text(path.read_text().replace('memory = "1gb"\n', ""))
    assert fly.deploy("deployment-01").returncode == 0
    guest = fly.machines()[0]["config"]["guest"]
    assert guest == {"cpu_kind": "shared", "cpus": 1, "memory_mb": 256}


def test_a_bare_number_is_nanoseconds(fly: Fly) -> None:
    fly.config(CHECKS.replace('"10s"', "120"))
    failed = fly.deploy("deployment-01", "--wait-timeout", "1s")
    assert failed.returncode == 1
    check = fly.machines()[0]["config"]["services"][0]["checks"][0]
    assert check["timeout"] == "120ns"
    assert fly.machines()[0]["checks"][0]["output"] == "context deadline exceeded"


@pytest.mark.parametrize("sent", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupted_deploy_exits_127_half_done(deployed: Fly, sent: signal.Signals) -> None:
    image = ("--image", deployed.host.image("unhealthy"))
    running = deployed.start("deploy", "-a", deployed.app, *image, *DEPLOY)
    until(lambda: deployed.tags() == ["unhealthy"])
    running.send_signal(sent)
    assert running.wait(timeout=10) == 127
    assert deployed.releases()[0] == "interrupted"
    assert deployed.tags() == ["unhealthy"]


def test_a_second_deploy_waits_for_the_lease_and_then_fails(deployed: Fly) -> None:
    deployed.config(CHECKS)
    image = ("--image", deployed.host.image("sick"))
    first = deployed.start("deploy", "-a", deployed.app, *image, *DEPLOY)
    until(lambda: deployed.tags() == ["sick"])
    second = deployed.deploy("deployment-02", REHEARSAL_LEASE_WAIT="0.5")
    first.send_signal(signal.SIGINT)
    assert first.wait(timeout=10) == 127
    assert second.returncode == 1
    assert "failed to get lease on VM" in second.stderr
    assert "lease currently held by" in second.stderr


def test_the_patience_for_a_lease_is_a_minute(deployed: Fly) -> None:
    deployed.config(CHECKS)
    words = ("deploy", "-a", deployed.app, "-c", "fly.toml", *DEPLOY, "--image")
    first = deployed.start(*words, deployed.host.image("unhealthy"), name="first")
    until(lambda: deployed.tags() == ["unhealthy"])
    second = deployed.start(*words, deployed.host.image("deployment-02"), name="second")
    with pytest.raises(subprocess.TimeoutExpired):
        second.wait(timeout=5)
    first.send_signal(signal.SIGINT)
    assert (first.wait(timeout=15), second.wait(timeout=60)) == (127, 0)
    assert held.WAITS == 60
    assert deployed.tags() == ["deployment-02"]


def test_two_deploys_at_once_follow_one_another(deployed: Fly) -> None:
    tags = ("deployment-01", "deployment-02")
    codes: list[int] = []
    deploys = [
        threading.Thread(target=lambda tag=tag: codes.append(deployed.deploy(tag).returncode))
        for tag in tags
    ]
    for each in deploys:
        each.start()
    for each in deploys:
        each.join(timeout=60)
    assert codes == [0, 0]
    assert deployed.releases() == ["complete"] * 3


def test_an_image_of_another_app_is_deployed_by_its_digest(deployed: Fly) -> None:
    digest = deployed.json("image", "show")[0]["Digest"]
    repository = deployed.host.image("deployment-01").rpartition(":")[0]
    image = ("--image", f"{repository}@{digest}")
    done = deployed.run("deploy", "-a", deployed.app, *image, *DEPLOY)
    assert done.returncode == 0, done.stderr
    assert deployed.machines()[0]["image_ref"]["digest"] == digest


def test_processes_get_machines_of_their_own(fly: Fly) -> None:
    fly.config('[processes]\napp = "serve"\nworker = "work"')
    path = fly.cwd / "fly.toml"
    path.write_text(path.read_text().replace("[[vm]]", '[[vm]]\nprocesses = ["app"]'))
    done = fly.deploy("deployment-01")
    assert done.returncode == 0, done.stderr
    shown = {each["Process"]: each["Memory"] for each in fly.json("scale", "show")}
    assert shown == {"app": 1024, "worker": 256}
    assert fly.get().json()["FLY_PROCESS_GROUP"] == "app"


FULL = """
[processes]
app = "serve"
worker = "work"
[checks.alive]
port = 8080
type = "http"
interval = "10s"
timeout = "2s"
path = "/health"
processes = ["app"]
[[metrics]]
port = 9464
path = "/metrics"
processes = ["app"]
[[services]]
internal_port = 8080
protocol = "tcp"
processes = ["app"]
[[services.ports]]
port = 8443
handlers = ["tls", "http"]
[[services.tcp_checks]]
interval = "15s"
timeout = "2s"
[[mounts]]
source = "data"
destination = "/data"
processes = ["worker"]
[deploy]
wait_timeout = "2m"
release_command = "true"
"""


@pytest.mark.stand_in("its commands are of the machine that the tests run on")
def test_a_configuration_like_production_s_is_understood(fly: Fly) -> None:
    fly.config(FULL)
    done = fly.deploy("deployment-01")
    assert done.returncode == 0, done.stderr
    configs = {m["config"]["env"]["FLY_PROCESS_GROUP"]: m["config"] for m in fly.machines()}
    assert configs["app"]["metrics"] == {"port": 9464, "path": "/metrics"}
    assert [len(s.get("checks", [])) for s in configs["app"]["services"]] == [0, 1]
    assert configs["worker"]["mounts"][0]["path"] == "/data"
    checks = next(iter(c for c in fly.json("checks", "list").values() if c))
    assert {check["name"]: check["status"] for check in checks} == {
        "servicecheck-00-tcp-8080": "passing",
        "alive": "passing",
    }
    shown = json.loads(fly.ok("config", "show", "-a", fly.app))
    assert shown["deploy"] == {"wait_timeout": "2m0s", "release_command": "true"}
