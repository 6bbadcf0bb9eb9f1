"""FLYCTL names another program: the same tests run with it, in the environment's own world."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.contract import flyplay, flyreal, flyworlds

SAYS_ALL = """#!/bin/sh
case "$*" in
    version) echo "flyctl v9.8.7 linux/amd64" ;;
    *) echo '{"first": "First", "second": "Second"}' ;;
esac
"""
ADDRESSES = {
    "FLY_API_BASE_URL": "http://127.0.0.1:4001",
    "FLY_FLAPS_BASE_URL": "http://127.0.0.1:4002",
    "FLY_UIEX_BASE_URL": "http://127.0.0.1:4003",
}
SOME = ("test_an_image_that_is_missing", "test_a_deploy_token_lives", "test_scaling_the_count")


def program(folder: Path, text: str) -> Path:
    path = folder / "another-flyctl"
    path.write_text(text)
    path.chmod(0o755)
    return path


def environ(flyctl: Path, **more: str) -> dict[str, str]:
    return {"PATH": os.environ["PATH"], "FLYCTL": str(flyctl), "FLY_API_TOKEN": "t", **more}


def test_the_environment_s_addresses_reach_the_real_program(tmp_path: Path) -> None:
    given = environ(program(tmp_path, SAYS_ALL), **ADDRESSES, FLY_APP="production")
    found = flyreal.host(tmp_path, given)
    assert ADDRESSES.items() <= found.environment.items()
    assert "FLY_APP" not in found.environment
    assert (found.name, found.organisation) == ("flyctl v9.8.7", "first")


def test_the_environment_s_organisation_token_folder_and_images_are_used(tmp_path: Path) -> None:
    more = {"FLY_ORG": "mine", "FLY_ACCESS_TOKEN": "better", "FLY_CONFIG_DIR": "/there"}
    given = environ(program(tmp_path, SAYS_ALL), CONTRACT_IMAGES="crash=r/i:1 sick=r/i:2", **more)
    found = flyreal.host(tmp_path, given)
    assert found.organisation == "mine"
    assert found.environment["FLY_API_TOKEN"] == "better"
    assert "FLY_ACCESS_TOKEN" not in found.environment
    assert found.environment["FLY_CONFIG_DIR"] == "/there"
    assert (found.image("crash"), found.image("sick")) == ("r/i:1", "r/i:2")


def test_a_login_of_the_user_s_is_no_leave_to_make_apps(tmp_path: Path) -> None:
    given = environ(program(tmp_path, SAYS_ALL))
    del given["FLY_API_TOKEN"]
    with pytest.raises(AssertionError, match="neither"):
        flyreal.host(tmp_path, given)


def test_a_program_that_is_missing_is_not_passed_over(tmp_path: Path) -> None:
    given = environ(tmp_path / "none")
    assert flyreal.named(given)
    with pytest.raises(AssertionError, match="which is no program"):
        flyreal.host(tmp_path, given)


def test_the_stand_in_is_not_taken_for_the_real_one(tmp_path: Path) -> None:
    link = tmp_path / "flyctl"
    link.symlink_to(flyplay.FLYCTL)
    assert flyreal.named({"FLYCTL": str(link)}) == ""
    assert flyreal.named({}) == ""


def contract(folder: Path, **more: str) -> str:
    """Run some of the tests of refusals in a run of their own, and return what it printed."""
    argv = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", f"--basetemp={folder / 'in'}"]
    argv += ["-rs", "-n", "1", "tests/contract/test_flyctl_refusals.py", "-k", " or ".join(SOME)]
    environment = {name: value for name, value in os.environ.items() if name[:3] != "FLY"}
    done = subprocess.run(
        argv,
        env={**environment, **more},
        cwd=flyplay.CHECKOUT,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == 0, done.stdout
    return done.stdout


def test_a_run_without_a_real_program_says_so(tmp_path: Path) -> None:
    told = "flyctl: no real program named by FLYCTL; 3 tests ran with the stand-in only"
    assert told in contract(tmp_path)


def test_a_run_with_another_program_uses_it_where_that_says_something(tmp_path: Path) -> None:
    with flyworlds.host(tmp_path / "world") as world:
        text = f'#!/bin/sh\nREHEARSAL_HOME={world.home} exec {flyplay.FLYCTL} "$@"\n'
        token = world.environment["FLY_API_TOKEN"]
        shown = contract(tmp_path, FLYCTL=str(program(tmp_path, text)), FLY_API_TOKEN=token)
        assert "flyctl: 2 tests ran with flyctl v0.4.87; 3 ran with the stand-in" in shown
        left = flyworlds.Fly(world, tmp_path, "").ok("apps", "list", "--json")
        assert left == "[]\n"
