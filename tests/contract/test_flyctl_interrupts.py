"""Interrupts in mid-command, two commands at once, and a platform that fails or hangs."""

import json
import signal
import subprocess
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from tests.contract.flyplay import CHECKS
from tests.contract.flyworlds import DEPLOY, Fly
from tests.waiting import until


class Platform(ThreadingHTTPServer):
    """A platform that always gives one answer, and counts how often it was asked."""

    status = 503
    asked = 0


class Refusing(BaseHTTPRequestHandler):
    server: Platform

    def do_GET(self) -> None:
        up = self.path == "/rehearsal/status"
        self.server.asked += not up
        if not up and not self.server.status:
            RELEASED.wait(60)
            return
        self.send_response(200 if up else self.server.status)
        self.end_headers()
        self.wfile.write(b"{}")

    def log_message(self, format: str, *args: object) -> None:  # noqa: ARG002 (fixed by its parent)
        return


RELEASED = threading.Event()


@pytest.fixture
def platform(fly: Fly) -> Iterator[Platform]:
    """A world at whose address a broken platform answers."""
    server = Platform(("127.0.0.1", 0), Refusing)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    url = f"http://127.0.0.1:{server.server_port}"
    (fly.cwd / "world.json").write_text(json.dumps({"pid": 1, "url": url, "key": "k"}))
    yield server
    RELEASED.set()
    server.shutdown()
    server.server_close()
    RELEASED.clear()


ITS_OWN = "the real one's world is the environment's, and stays as it is"


@pytest.mark.stand_in(ITS_OWN)
@pytest.mark.parametrize(("status", "asked"), [(503, 4), (502, 4), (500, 1), (429, 1), (504, 1)])
def test_only_502_and_503_are_tried_again(
    fly: Fly, platform: Platform, status: int, asked: int
) -> None:
    platform.status = status
    done = fly.run("machine", "list", "-a", fly.app, REHEARSAL_HOME=str(fly.cwd))
    assert done.returncode == 1
    assert platform.asked == asked


@pytest.mark.stand_in(ITS_OWN)
def test_a_platform_that_hangs_hangs_flyctl_until_it_is_interrupted(
    fly: Fly, platform: Platform
) -> None:
    platform.status = 0
    running = fly.start("machine", "list", "-a", fly.app, REHEARSAL_HOME=str(fly.cwd))
    until(lambda: platform.asked)
    with pytest.raises(subprocess.TimeoutExpired):
        running.wait(timeout=2)
    running.send_signal(signal.SIGINT)
    assert running.wait(timeout=10) == 127


@pytest.mark.parametrize("sent", [signal.SIGINT, signal.SIGTERM])
def test_logs_of_nothing_poll_until_they_are_interrupted(fly: Fly, sent: signal.Signals) -> None:
    running = fly.start("logs", "--no-tail", "-a", fly.app)
    with pytest.raises(subprocess.TimeoutExpired):
        running.wait(timeout=3)
    running.send_signal(sent)
    assert running.wait(timeout=10) == 127
    assert (fly.cwd / "started.out").read_text() == ""


@pytest.mark.parametrize("sent", [signal.SIGINT, signal.SIGTERM])
def test_a_deploy_that_waits_for_a_lease_can_be_interrupted(
    deployed: Fly, sent: signal.Signals
) -> None:
    deployed.config(CHECKS)
    words = ("deploy", "-a", deployed.app, "-c", "fly.toml", *DEPLOY)
    first = deployed.start(*words, "--image", deployed.host.image("unhealthy"), name="first")
    until(lambda: deployed.tags() == ["unhealthy"])
    second = deployed.start(*words, "--image", deployed.host.image("deployment-02"), name="second")
    until(lambda: len(deployed.releases()) == 3)
    second.send_signal(sent)
    assert second.wait(timeout=15) == 127
    first.send_signal(sent)
    assert first.wait(timeout=15) == 127
    assert deployed.releases() == ["interrupted", "interrupted", "complete"]
    assert deployed.tags() == ["unhealthy"]


def test_after_an_interrupt_the_machine_is_free_for_the_next_deploy(deployed: Fly) -> None:
    deployed.config(CHECKS)
    words = ("deploy", "-a", deployed.app, "-c", "fly.toml", *DEPLOY)
    running = deployed.start(*words, "--image", deployed.host.image("unhealthy"))
    until(lambda: deployed.tags() == ["unhealthy"])
    running.send_signal(signal.SIGINT)
    assert running.wait(timeout=15) == 127
    assert deployed.deploy("deployment-01").returncode == 0
    assert deployed.tags() == ["deployment-01"]


def test_of_two_that_create_one_name_one_fails(fly: Fly) -> None:
    fly.ok("apps", "destroy", fly.app, "--yes")
    words = ("apps", "create", fly.app, "--org", fly.host.organisation)
    running = [fly.start(*words, name=name) for name in ("one", "other")]
    assert sorted(each.wait(timeout=30) for each in running) == [0, 1]
    told = (fly.cwd / "one.err").read_text() + (fly.cwd / "other.err").read_text()
    assert "Name has already been taken" in told


def test_two_imports_at_once_keep_both_secrets(fly: Fly) -> None:
    words = ("secrets", "set", "--stage", "-a", fly.app)
    running = [fly.start(*words, f"{name}=1", name=name) for name in ("A", "B")]
    assert [each.wait(timeout=30) for each in running] == [0, 0]
    assert [each["name"] for each in fly.json("secrets", "list")] == ["A", "B"]
