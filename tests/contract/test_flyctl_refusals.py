"""What flyctl refuses: missing flags, prompts without a terminal, names, tokens, bad input."""

import time
from pathlib import Path

import pytest

from tests.contract.flyworlds import DEPLOY, IMAGE, Fly

NO_TOKEN = "no access token available. Please login with 'flyctl auth login'"
GRAPHQL = [
    *("status", "releases", "ips list", "image show", "checks list", "secrets list"),
    *("scale show", "config show", "ips allocate-v6", "secrets unset --stage A", "certs list"),
]


@pytest.mark.parametrize("words", GRAPHQL)
def test_a_missing_app_is_told_by_the_graphql_commands(fly: Fly, words: str) -> None:
    done = fly.run(*words.split(), "--app", "no-such-app-here")
    assert done.returncode == 1
    assert done.stdout == ""
    assert 'Could not find App "no-such-app-here"' in done.stderr


def test_a_missing_app_is_told_otherwise_by_machines_and_deploys(fly: Fly) -> None:
    listed = fly.run("machine", "list", "--app", "no-such-app-here", "--json")
    assert listed.returncode == 1
    assert "failed to list VMs: app not found" in listed.stderr
    image = ("--image", f"{IMAGE}:deployment-01")
    done = fly.run("deploy", "--app", "no-such-app-here", "-c", "fly.toml", *image, *DEPLOY)
    assert done.returncode == 1
    assert "app not found" in done.stderr


def test_a_missing_app_is_told_when_it_is_destroyed(fly: Fly) -> None:
    done = fly.run("apps", "destroy", "no-such-app-here", "--yes")
    assert done.returncode == 1
    assert "Could not find App" in done.stderr


@pytest.mark.parametrize("words", ["auth whoami", "apps list", "status", "deploy", "orgs list"])
def test_without_a_token_flyctl_asks_to_log_in(fly: Fly, words: str) -> None:
    done = fly.run(*words.split(), FLY_API_TOKEN="", HOME="/nowhere")
    assert done.returncode == 1
    assert NO_TOKEN in done.stderr


def test_a_bad_token_is_worded_by_the_api_that_refuses_it(fly: Fly) -> None:
    asked = fly.run("apps", "list", "--json", FLY_API_TOKEN="FlyV1 fm2_bad")
    assert asked.returncode == 1
    assert "You must be authenticated to view this." in asked.stderr
    listed = fly.run("machine", "list", "-a", fly.app, FLY_API_TOKEN="FlyV1 fm2_bad")
    assert listed.returncode == 1
    assert "unauthorized" in listed.stderr


def test_a_deploy_token_expires(fly: Fly) -> None:
    token = fly.json("tokens", "create", "deploy", "--expiry", "1s")["token"]
    time.sleep(1.5)
    assert fly.run("status", "-a", fly.app, FLY_API_TOKEN=token).returncode == 1


@pytest.mark.stand_in("what a real token holds cannot be read back")
def test_a_deploy_token_lives_twenty_years_by_default(fly: Fly) -> None:
    fly.ok("tokens", "create", "deploy", "--app", fly.app)
    state = (fly.home / "state" / "fly.json").read_text()
    expires = state.rpartition('"expires": ')[2].partition("}")[0]
    assert 19.9 < (float(expires) - time.time()) / (365 * 24 * 3600) < 20.1


def test_a_name_that_is_taken_is_refused(fly: Fly) -> None:
    done = fly.run("apps", "create", fly.app, "--org", fly.host.organisation, "--json")
    assert (done.returncode, done.stdout) == (1, "")
    assert "Validation failed: Name has already been taken" in done.stderr


def test_the_organisation_comes_from_the_flag_or_the_environment(fly: Fly) -> None:
    fly.ok("apps", "destroy", fly.app, "--yes")
    done = fly.run("apps", "create", fly.app)
    assert done.returncode == 1
    assert "org slug must be specified when not running interactively" in done.stderr
    made = fly.ok("apps", "create", fly.app, FLY_ORG=fly.host.organisation)
    assert made == f"New app created: {fly.app}\n"


def test_a_name_is_not_asked_for_without_a_terminal(fly: Fly) -> None:
    done = fly.run("apps", "create", "--org", fly.host.organisation)
    assert done.returncode == 1
    assert "when not running interactively" in done.stderr


@pytest.mark.parametrize("stdin", ["", "y\n", "yes\n"])
def test_destroying_needs_yes_and_listens_to_no_answer(fly: Fly, stdin: str) -> None:
    done = fly.run("apps", "destroy", fly.app, stdin=stdin)
    assert done.returncode == 1
    assert "yes flag must be specified when not running interactively" in done.stderr
    assert fly.app in fly.ok("apps", "list", "--json")


def test_scaling_the_count_needs_yes(deployed: Fly) -> None:
    done = deployed.run("scale", "count", "app=2", "-a", deployed.app, stdin="y\n")
    assert done.returncode == 1
    assert "yes flag must be specified when not running interactively" in done.stderr
    assert len(deployed.machines()) == 1


def test_an_address_that_costs_money_needs_yes(fly: Fly) -> None:
    done = fly.run("ips", "allocate-v4", "-a", fly.app, stdin="y\n")
    assert done.returncode == 1
    assert fly.json("ips", "list") == []


@pytest.mark.parametrize("verb", ["restart", "stop", "start", "status"])
def test_a_machine_s_id_is_required(deployed: Fly, verb: str) -> None:
    done = deployed.run("machine", verb, "-a", deployed.app)
    assert done.returncode == 1
    assert "a machine ID must be specified when not running interactively" in done.stderr


def test_the_status_of_a_machine_has_no_json(deployed: Fly) -> None:
    machine = deployed.machines()[0]["id"]
    done = deployed.run("machine", "status", machine, "-a", deployed.app, "--json")
    assert (done.returncode, done.stderr) == (1, "Error: unknown flag: --json\n")
    assert machine in deployed.ok("machine", "status", machine, "-a", deployed.app)


def test_a_deploy_has_no_json(fly: Fly) -> None:
    done = fly.deploy("deployment-01", "--json")
    assert (done.returncode, done.stderr) == (1, "Error: unknown flag: --json\n")
    assert fly.machines() == []


def test_without_an_app_s_name_anywhere_nothing_is_asked(fly: Fly) -> None:
    (fly.cwd / "fly.toml").unlink()
    done = fly.run("status", "--json")
    assert (done.returncode, done.stdout) == (1, "")
    assert "the config for your app is missing an app name" in done.stderr
    assert fly.run("status", FLY_APP=fly.app).returncode == 0


def test_a_configuration_that_is_missing_is_no_deploy(fly: Fly) -> None:
    done = fly.deploy("deployment-01", config="none.toml")
    assert done.returncode == 1
    assert "none.toml" in done.stderr
    assert fly.releases() == []


def test_an_image_that_is_missing_makes_no_release(fly: Fly) -> None:
    image = ("--image", f"{IMAGE}:no-such-tag")
    done = fly.run("deploy", "-a", fly.app, *image, *DEPLOY)
    assert done.returncode == 1
    assert f'could not find image "{IMAGE}:no-such-tag"' in done.stderr
    assert fly.releases() == []


@pytest.mark.parametrize("flags", [("--strategy", "sideways"), ("--wait-timeout", "soon")])
def test_a_flag_of_no_meaning_makes_no_release(fly: Fly, flags: tuple[str, str]) -> None:
    done = fly.deploy("deployment-01", *flags)
    assert done.returncode == 1
    assert flags[1] in done.stderr
    assert fly.releases() == []


def test_a_configuration_s_folder_must_be_writable(fly: Fly) -> None:
    made = fly.cwd / "made" / "here"
    fly.ok("auth", "whoami", FLY_CONFIG_DIR=str(made))
    assert made.is_dir()
    (fly.cwd / "file").touch()
    done = fly.run("auth", "whoami", FLY_CONFIG_DIR=str(fly.cwd / "file" / "folder"))
    assert (done.returncode, done.stdout) == (1, "")


def test_a_valid_file_needs_no_platform(fly: Fly, tmp_path: Path) -> None:
    (tmp_path / "other.toml").write_text('app = "no-such-app-here"\n')
    done = fly.run("config", "validate", "-c", "other.toml")
    assert done.returncode == 0
    assert "Configuration is valid" in done.stdout
