"""The JSON of each command that has one: its keys and what they mean."""

import json
from typing import Any

from tests.contract.flyplay import CHECKS
from tests.contract.flyworlds import Fly, Json

REGION = {
    *("code", "name", "latitude", "longitude", "gateway_available", "requires_paid_plan"),
    *("deprecated", "capacity", "geo_region", "mpg_available"),
}
MACHINE = {
    *("id", "name", "state", "region", "image_ref", "instance_id", "version", "private_ip"),
    *("created_at", "updated_at", "config", "events", "host_status", "cordoned"),
}
RELEASE = {
    *("ID", "Version", "Stable", "InProgress", "Reason", "Description", "Status"),
    *("DeploymentStrategy", "Metadata", "User", "EvaluationID", "CreatedAt", "ImageRef"),
}


def asked(fly: Fly, *argv: str) -> Json:
    return json.loads(fly.ok(*argv, "--json"))


def test_the_version_is_json_with_a_number(fly: Fly) -> None:
    found = asked(fly, "version")
    assert found["Name"] == "flyctl"
    assert found["Version"].count(".") >= 2


def test_organisations_are_names_by_slug(fly: Fly) -> None:
    found = asked(fly, "orgs", "list")
    assert fly.host.organisation in found
    assert all(isinstance(name, str) for name in found.values())


def test_the_token_s_owner_is_an_address(fly: Fly) -> None:
    assert list(asked(fly, "auth", "whoami")) == ["email"]


def test_regions_are_listed_with_their_capacity(fly: Fly) -> None:
    found = {region["code"]: region for region in asked(fly, "platform", "regions")}
    assert found["syd"].keys() >= REGION
    assert "Sydney" in found["syd"]["name"]


def test_sizes_are_guests_by_name(fly: Fly) -> None:
    found = asked(fly, "platform", "vm-sizes")
    assert found["shared-cpu-1x"] == {"cpu_kind": "shared", "cpus": 1, "memory_mb": 256}
    assert found["performance-1x"]["cpu_kind"] == "performance"


def test_a_created_app_is_one_large_struct_of_mostly_nothing(fly: Fly) -> None:
    fly.ok("apps", "destroy", fly.app, "--yes")
    made = asked(fly, "apps", "create", fly.app, "--org", fly.host.organisation)
    assert (made["ID"], made["Name"], made["Deployed"]) == (fly.app, fly.app, False)
    assert made["Organization"]["Slug"] == fly.host.organisation
    assert made["Organization"]["ID"]
    assert len(made) > 20
    assert made["CurrentRelease"] is None
    assert made["AppURL"] == ""


def test_the_list_of_apps_fills_few_fields(deployed: Fly) -> None:
    (found,) = [app for app in asked(deployed, "apps", "list") if app["Name"] == deployed.app]
    assert (found["ID"], found["Status"], found["Deployed"]) == (deployed.app, "deployed", True)
    assert found["Hostname"]
    assert found["Organization"]["Slug"] == deployed.host.organisation
    assert (found["AppURL"], found["Version"], found["Organization"]["ID"]) == ("", 0, "")


def test_the_status_has_capitals_outside_and_snake_case_inside(deployed: Fly) -> None:
    found = deployed.json("status")
    outside = {"AppURL", "Deployed", "Hostname", "ID", "Machines", "Name", "Organization"}
    assert found.keys() == {*outside, "PlatformVersion", "Status", "Version"}
    assert (found["Status"], found["Version"]) == ("deployed", 1)
    assert found["Machines"][0].keys() >= MACHINE


def test_a_machine_has_its_image_its_configuration_and_its_events(deployed: Fly) -> None:
    (machine,) = deployed.machines()
    assert machine.keys() >= MACHINE
    assert machine["image_ref"].keys() >= {"registry", "repository", "tag", "digest"}
    config = machine["config"]
    assert config.keys() >= {"env", "init", "guest", "metadata", "services", "image"}
    assert config["metadata"]["fly_process_group"] == "app"
    assert config["metadata"]["fly_release_version"] == "1"
    assert {"type", "status", "source", "timestamp"} <= machine["events"][0].keys()


def test_a_machine_s_checks_are_its_own_and_those_of_the_list(fly: Fly) -> None:
    fly.config(CHECKS)
    assert fly.deploy("deployment-01").returncode == 0
    (machine,) = fly.machines()
    (check,) = machine["checks"]
    assert check.keys() == {"name", "status", "output", "updated_at"}
    assert check["status"] == "passing"
    listed: dict[str, list[dict[str, Any]]] = fly.json("checks", "list")
    assert [each["name"] for each in listed[machine["id"]]] == [check["name"]]


def test_the_scale_is_counted_by_process_and_region(deployed: Fly) -> None:
    (found,) = deployed.json("scale", "show")
    expected = {"Process": "app", "Count": 1, "CPUKind": "shared", "CPUs": 1, "Memory": 1024}
    assert found == {**expected, "Regions": {"syd": 1}}


def test_releases_name_their_image_only_when_asked(deployed: Fly) -> None:
    (plain,) = deployed.json("releases")
    (whole,) = deployed.json("releases", "--image")
    assert plain.keys() == whole.keys() == RELEASE
    assert whole["User"].keys() == {"ID", "Name", "Email", "EnablePaidHobby"}
    assert (plain["ImageRef"], whole["ImageRef"]) == ("", deployed.host.image("deployment-01"))
    assert (whole["Status"], whole["DeploymentStrategy"], whole["Metadata"]) == (
        "complete",
        "",
        None,
    )


def test_releases_come_newest_first_and_25_at_most(fly: Fly) -> None:
    path = fly.cwd / fly.config()
    path.write_text(path.read_text().replace('"syd"', '"zzz"'))
    for _ in range(26):  # refused at launch, but each is a release
        assert fly.deploy("deployment-01").returncode == 1
    assert [each["Version"] for each in fly.json("releases")] == list(range(26, 1, -1))


def test_images_are_shown_by_machine(deployed: Fly) -> None:
    (found,) = deployed.json("image", "show")
    keys = {"MachineID", "Registry", "Repository", "Tag", "Digest", "Version", "Labels"}
    assert found.keys() == keys
    assert found["MachineID"] == deployed.machines()[0]["id"]
    assert found["Digest"].startswith("sha256:")


def test_without_machines_there_is_no_image_and_nothing_to_count(fly: Fly) -> None:
    assert fly.json("image", "show") is None
    assert fly.machines() == []
    assert fly.json("checks", "list") == {}


def test_addresses_have_a_type_each(fly: Fly) -> None:
    fly.ok("ips", "allocate-v4", "--shared", "-a", fly.app)
    assert "VERSION" in fly.ok("ips", "allocate-v6", "-a", fly.app)
    found = fly.json("ips", "list")
    assert {each["Type"] for each in found} == {"shared_v4", "v6"}
    keys = {"ID", "Address", "Type", "Region", "CreatedAt", "ServiceName", "Network"}
    assert found[0].keys() == keys


def test_a_deploy_token_is_of_fly_s_form(fly: Fly) -> None:
    found = fly.json("tokens", "create", "deploy", "--expiry", "24h")
    assert list(found) == ["token"]
    assert found["token"].startswith("FlyV1 fm2_")
