"""Certificates as flyctl's documents tell of them; no real flyctl has been asked yet."""

import json
from pathlib import Path

import pytest

from staging.clouds.fly import Fly as Wrapper
from staging.clouds.permission import Permission
from staging.clouds.program import Program
from staging.errors import StagingError
from staging.inventory import Certificate
from tests.contract.flyworlds import Fly, host
from tests.contract.test_fly_wrapper import answering

HOST = "staging.bees.example"


def certificates(fly: Fly) -> dict[str, str]:
    return {each["Hostname"]: each["ClientStatus"] for each in fly.json("certs", "list")}


def test_a_list_of_none_is_empty(fly: Fly) -> None:
    assert fly.json("certs", "list") == []


def test_a_certificate_has_a_hostname_and_a_state(fly: Fly) -> None:
    hostname = f"{fly.app}.bees.example"
    told = fly.ok("certs", "add", hostname, "--app", fly.app)
    assert f"You are creating a certificate for {hostname}" in told
    assert f"{fly.app}.fly.dev" in told
    (found,) = fly.json("certs", "list")
    assert found.keys() == {"CreatedAt", "Hostname", "ClientStatus"}
    assert (found["Hostname"], found["ClientStatus"]) == (hostname, "Awaiting configuration")
    assert hostname in fly.ok("certs", "list", "--app", fly.app)


def test_a_certificate_is_removed_with_yes_alone(fly: Fly) -> None:
    hostname = f"{fly.app}.bees.example"
    fly.ok("certs", "add", hostname, "--app", fly.app)
    asked = fly.run("certs", "remove", hostname, "--app", fly.app, stdin="y\n")
    assert asked.returncode == 1
    assert list(certificates(fly)) == [hostname]
    fly.ok("certs", "remove", hostname, "--app", fly.app, "--yes")
    assert certificates(fly) == {}


def test_what_is_no_hostname_gets_no_certificate(fly: Fly) -> None:
    assert fly.run("certs", "add", "no_host", "--app", fly.app).returncode == 1
    assert certificates(fly) == {}


@pytest.mark.stand_in("what a real flyctl says to a second one is not known")
def test_a_certificate_is_asked_for_once(fly: Fly) -> None:
    fly.ok("certs", "add", HOST, "--app", fly.app)
    again = fly.run("certs", "add", HOST.upper(), "--app", fly.app)
    assert again.returncode == 1
    assert list(certificates(fly)) == [HOST]


@pytest.mark.stand_in("what a real flyctl says to it is not known")
def test_a_certificate_that_is_not_there_cannot_be_removed(fly: Fly) -> None:
    assert fly.run("certs", "remove", HOST, "--app", fly.app, "--yes").returncode == 1


@pytest.mark.stand_in("a real world is not ours to stop")
def test_a_certificate_outlives_a_stop_of_the_world(tmp_path: Path) -> None:
    with host(tmp_path / "world") as world:
        fly = Fly(world, tmp_path, "bee-kept")
        fly.ok("apps", "create", fly.app, "--org", world.organisation)
        fly.ok("certs", "add", HOST, "--app", fly.app)
        assert HOST in (fly.home / "state" / "fly.json").read_text()  # a kill would save nothing
    with host(tmp_path / "world") as again:
        assert list(certificates(Fly(again, tmp_path, "bee-kept"))) == [HOST]


@pytest.mark.parametrize(
    ("answer", "ready"),
    [
        ([{"CreatedAt": "2026-11-01T00:00:00Z", "Hostname": HOST, "ClientStatus": "Ready"}], True),
        ([{"Hostname": HOST, "ClientStatus": "Awaiting configuration"}], False),
        ([{"Hostname": HOST.upper(), "ClientStatus": ""}], False),
        ({"certificates": [{"hostname": HOST, "client_status": "Ready"}]}, True),
        ({"certificates": [{"hostname": HOST, "status": "active", "configured": True}]}, True),
        ({"certificates": [{"hostname": HOST, "status": "pending_ownership"}]}, False),
        ({"certificates": [{"hostname": HOST}]}, False),
    ],
)
def test_every_form_of_the_list_is_read(tmp_path: Path, answer: object, *, ready: bool) -> None:
    found = answering(tmp_path, answer).certificates("any")
    assert found == (Certificate(hostname=HOST, ready=ready),)


@pytest.mark.parametrize("answer", [None, [], {"certificates": None}])
def test_no_certificate_is_told_in_many_ways(tmp_path: Path, answer: object) -> None:
    assert answering(tmp_path, answer).certificates("any") == ()


@pytest.mark.parametrize("answer", [{"error": "x"}, [{"ClientStatus": "Ready"}], ["x"], "x"])
def test_another_form_is_an_error_and_not_no_certificate(tmp_path: Path, answer: object) -> None:
    with pytest.raises(StagingError, match="form"):
        answering(tmp_path, answer).certificates("any")


def test_a_certificate_of_an_app_that_is_not_stagings_is_refused(fly: Fly) -> None:
    program = Program(str(fly.host.program), dict(fly.host.environment))
    with pytest.raises(StagingError, match="not staging's"):
        Wrapper(program, may_change=Permission(apps={"other"})).add_certificate(fly.app, HOST)
    assert json.loads(fly.ok("certs", "list", "--app", fly.app, "--json")) == []
