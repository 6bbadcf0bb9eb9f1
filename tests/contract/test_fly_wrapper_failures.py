"""Fly, our wrapper, with the program itself: each failure comes out as the error that it is."""

import os
import shlex
import stat
from collections.abc import Callable
from pathlib import Path

import pytest

from staging.clouds.fly import Fly as Wrapper
from staging.clouds.permission import Permission
from staging.clouds.program import Program
from staging.errors import CommandFailed, NameTaken, NotAuthenticated, NotFound
from staging.secret import Secret
from tests.contract.flyplay import CHECKS
from tests.contract.flyworlds import DEPLOY, Fly
from tests.waiting import until

Call = Callable[[Wrapper, Fly, str], object]
CALLS: list[tuple[str, Call]] = [
    ("whoami", lambda wrapped, *_: wrapped.whoami()),
    ("regions", lambda wrapped, *_: wrapped.regions()),
    ("apps", lambda wrapped, *_: wrapped.apps()),
    ("app", lambda wrapped, _, app: wrapped.app(app)),
    ("machines", lambda wrapped, _, app: wrapped.machines(app)),
    ("releases", lambda wrapped, _, app: wrapped.releases(app)),
    ("config", lambda wrapped, _, app: wrapped.config(app)),
    ("secrets", lambda wrapped, _, app: wrapped.secrets(app)),
    ("addresses", lambda wrapped, _, app: wrapped.addresses(app)),
    ("certificates", lambda wrapped, _, app: wrapped.certificates(app)),
    ("add_certificate", lambda wrapped, _, app: wrapped.add_certificate(app, f"{app}.bee.example")),
    ("create", lambda wrapped, fly, app: wrapped.create(app, organisation=fly.host.organisation)),
    ("allocate", lambda wrapped, _, app: wrapped.allocate(app, kind="v6")),
    ("stage_secrets", lambda wrapped, _, app: wrapped.stage_secrets(app, {"A": Secret("b")})),
    ("unstage_secrets", lambda wrapped, _, app: wrapped.unstage_secrets(app, ["A"])),
    ("deploy", lambda wrapped, fly, app: deploy(wrapped, fly, app, "deployment-01")),
    ("remove", lambda wrapped, _, app: wrapped.remove(app, "00000000000000")),
    ("kill", lambda wrapped, _, app: wrapped.kill(app, "00000000000000")),
    ("start", lambda wrapped, _, app: wrapped.start(app, "00000000000000")),
    ("build", lambda wrapped, fly, app: wrapped.build(app, source(fly), label="load-1")),
    ("launch", lambda wrapped, fly, app: launch(wrapped, fly.host.image("deployment-01"), app)),
    ("scale", lambda wrapped, _, app: wrapped.scale(app, {"app": 2})),
    ("destroy", lambda wrapped, _, app: wrapped.destroy(app)),
]
OF_AN_APP = [
    (name, call) for name, call in CALLS if name not in {"whoami", "regions", "apps", "create"}
]


def wrapper(fly: Fly, *, program: Path | None = None, **more: str) -> Wrapper:
    environment: dict[str, str | Secret] = {**fly.host.environment, **more}
    found = Program(str(program or fly.host.program), environment)
    return Wrapper(found, may_change=Permission(apps={fly.app, absent(fly)}))


def launch(wrapped: Wrapper, image: str, app: str) -> None:
    wrapped.launch(app, image, "sleep", "9", region="syd", size="shared-cpu-1x", labels={})


def source(fly: Fly) -> Path:
    """A folder that can be built."""
    folder = fly.cwd / "source"
    folder.mkdir(exist_ok=True)
    (folder / "Dockerfile").write_text("FROM python:3.12-slim-bookworm\n")
    (folder / "fly.toml").write_text(f'app = "{fly.app}"\n')
    return folder


def absent(fly: Fly) -> str:
    return f"{fly.app}-x"


def deploy(wrapped: Wrapper, fly: Fly, app: str, tag: str) -> None:
    wrapped.deploy(app, config=fly.cwd / "fly.toml", image=fly.host.image(tag))


def hurried(fly: Fly) -> Path:
    """The program, but given two seconds wherever our wrapper gives it five minutes."""
    path = fly.cwd / "flyctl"
    program = shlex.quote(str(fly.host.program))
    swap = 'for a; do shift; [ "$a" = 5m ] && a=2s; set -- "$@" "$a"; done'
    path.write_text(f'#!/bin/sh\n{swap}\nexec {program} "$@"\n')
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return path


def complaint(wrapped: Wrapper, fly: Fly, tag: str) -> str:
    """Deploy an image that must fail, and return the problem as a user reads it."""
    with pytest.raises(CommandFailed) as caught:
        deploy(wrapped, fly, fly.app, tag)
    assert caught.value.remedy
    return caught.value.problem


@pytest.mark.parametrize("call", [call for _, call in CALLS], ids=[name for name, _ in CALLS])
def test_without_a_token_nothing_is_done(fly: Fly, call: Call) -> None:
    with pytest.raises(NotAuthenticated):
        call(wrapper(fly, FLY_API_TOKEN="", HOME=os.devnull), fly, fly.app)
    assert fly.app in fly.ok("apps", "list", "--json")


@pytest.mark.parametrize("call", [call for _, call in CALLS], ids=[name for name, _ in CALLS])
def test_with_a_bad_token_nothing_is_done(fly: Fly, call: Call) -> None:
    with pytest.raises(NotAuthenticated):
        call(wrapper(fly, FLY_API_TOKEN="FlyV1 fm2_bad"), fly, fly.app)
    assert fly.app in fly.ok("apps", "list", "--json")


@pytest.mark.parametrize("call", [c for _, c in OF_AN_APP], ids=[name for name, _ in OF_AN_APP])
def test_an_app_that_is_missing_is_not_found(fly: Fly, call: Call) -> None:
    with pytest.raises(NotFound):
        call(wrapper(fly), fly, absent(fly))
    assert absent(fly) not in fly.ok("apps", "list", "--json")


def test_a_name_that_is_taken_is_told_so(fly: Fly) -> None:
    with pytest.raises(NameTaken):
        wrapper(fly).create(fly.app, organisation=fly.host.organisation)


def test_an_organisation_that_is_missing_makes_no_app(fly: Fly) -> None:
    with pytest.raises(CommandFailed):
        wrapper(fly).create(absent(fly), organisation="no-such-organisation-here")
    assert absent(fly) not in fly.ok("apps", "list", "--json")


def test_an_image_that_is_missing_is_not_found_and_makes_no_release(fly: Fly) -> None:
    with pytest.raises(NotFound, match="registry does not have the image"):
        deploy(wrapper(fly), fly, fly.app, "no-such-tag")
    assert fly.releases() == []


def test_a_configuration_that_cannot_be_read_is_an_error(fly: Fly) -> None:
    (fly.cwd / "fly.toml").write_text('app = "x\n')
    with pytest.raises(CommandFailed, match="exited with 1"):
        deploy(wrapper(fly), fly, fly.app, "deployment-01")


def test_an_app_without_a_release_has_no_configuration(fly: Fly) -> None:
    with pytest.raises(NotFound, match="nothing was ever deployed") as caught:
        wrapper(fly).config(fly.app)
    assert "No machines configured for this app" in caught.value.output


def test_a_crash_is_told_as_one(deployed: Fly) -> None:
    told = complaint(wrapper(deployed), deployed, "crash")
    assert told == "The application exits as soon as it starts."
    assert deployed.releases()[0] == "failed"
    assert deployed.tags() == ["crash"]


def test_checks_that_never_pass_are_told(deployed: Fly) -> None:
    deployed.config(CHECKS)
    told = complaint(wrapper(deployed, program=hurried(deployed)), deployed, "unhealthy")
    assert told == "The application starts but its health checks fail."
    assert deployed.releases()[0] == "failed"


def test_a_failed_release_command_is_told(deployed: Fly) -> None:
    deployed.config('[deploy]\nrelease_command = "migrate"')
    told = complaint(wrapper(deployed), deployed, "relfail")
    assert told == "The release command failed, so nothing was deployed."
    assert deployed.tags() == ["deployment-01"]


def test_a_machine_held_by_another_deploy_is_told(deployed: Fly) -> None:
    deployed.config(CHECKS)
    image = ("--image", deployed.host.image("unhealthy"))
    first = deployed.start("deploy", "-a", deployed.app, "-c", "fly.toml", *image, *DEPLOY)
    try:
        until(lambda: deployed.tags() == ["unhealthy"])
        second = wrapper(deployed, REHEARSAL_LEASE_WAIT="0.5")
        told = complaint(second, deployed, "deployment-02")
        assert told == "Another deploy holds the machine."
    finally:
        first.terminate()
        first.wait(timeout=20)
    assert deployed.tags() == ["unhealthy"]
