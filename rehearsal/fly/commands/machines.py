"""Commands about machines, their images and checks."""

import time
from typing import Any

from rehearsal.fly.cloud import connect
from rehearsal.fly.failure import CommandError
from rehearsal.fly.line import Line
from rehearsal.fly.printing import say, show, table
from rehearsal.fly.refusals import graphql, machines_api

_NO_ID = "a machine ID must be specified when not running interactively"
_STARTS_WITHIN = 300.0


def show_all(line: Line) -> None:
    """Print an app's machines."""
    with machines_api("failed to list VMs"):
        listed = connect(line).get(f"/apps/{line.app()}/machines")
    # Unlike status, this shows the release command's machine while there is one.
    found = [_plain(machine) for machine in listed if machine["state"] != "destroyed"]
    if line.has("json"):
        show(found)
        return
    if not found:
        say(f"No machines are available on this app {line.app()}")
        return
    rows = [
        [m["id"], m["name"], m["state"], m["region"], _image(m), m["private_ip"], m["created_at"]]
        for m in found
    ]
    table(["ID", "NAME", "STATE", "REGION", "IMAGE", "IP ADDRESS", "CREATED"], rows)


def status(line: Line) -> None:
    """Print one machine; flyctl has no JSON for this."""
    machine = _one(line)
    say(f"Machine ID: {machine['id']}\nInstance ID: {machine['instance_id']}")
    say(f"State: {machine['state']}\n\nVM")
    guest = machine["config"]["guest"]
    for name, value in [
        *[("ID", machine["id"]), ("Image", _image(machine)), ("Name", machine["name"])],
        *[("Region", machine["region"]), ("CPU Kind", guest["cpu_kind"]), ("vCPUs", guest["cpus"])],
        *[("Memory", guest["memory_mb"]), ("Created", machine["created_at"])],
    ]:
        say(f"  {name:<13} = {value}")
    say("\nEvent Logs")
    rows = [[e["status"], e["type"], e["source"], e["timestamp"]] for e in machine["events"]]
    table(["STATE", "EVENT", "SOURCE", "TIMESTAMP"], rows)


def restart(line: Line) -> None:
    """Restart machines and wait until each is started; secrets stay those of the last deploy."""
    cloud, app = connect(line), line.app()
    for machine in ids(line):
        say(f"Restarting machine {machine}")
        with machines_api(f"failed to restart machine {machine}"):
            cloud.post(f"/apps/{app}/machines/{machine}/restart")
        say(f"  Waiting for {machine} to become healthy (started, 0/0)")
        limit = time.monotonic() + _STARTS_WITHIN
        while not _well(cloud.get(f"/apps/{app}/machines/{machine}")):
            if time.monotonic() > limit:
                raise CommandError(f"failed to restart machine {machine}: timeout reached")
            time.sleep(0.1)
        say(f"Machine {machine} restarted successfully!")


def stop(line: Line) -> None:
    """Stop machines."""
    cloud, app = connect(line), line.app()
    for machine in ids(line):
        say(f"Sending kill signal to machine {machine}...")
        with machines_api(f"could not stop machine {machine}"):
            cloud.post(f"/apps/{app}/machines/{machine}/stop")
        say(f"{machine} has been successfully stopped")


def start(line: Line) -> None:
    """Start stopped machines."""
    cloud, app = connect(line), line.app()
    for machine in ids(line):
        with machines_api(f"could not start machine {machine}"):
            cloud.post(f"/apps/{app}/machines/{machine}/start")
        say(f"{machine} has been started")


def images(line: Line) -> None:
    """Print each machine's image."""
    name = line.app()
    with graphql("app", app=name):
        cloud = connect(line)
        cloud.app(name)
    found = [
        {
            "Digest": machine["image_ref"]["digest"],
            "Labels": "",
            "MachineID": machine["id"],
            "Registry": machine["image_ref"]["registry"],
            "Repository": machine["image_ref"]["repository"],
            "Tag": machine["image_ref"]["tag"],
            "Version": "N/A",
        }
        for machine in cloud.machines(name)
    ]
    if line.has("json"):
        show(found or None)
        return
    heads = ["MACHINE ID", "REGISTRY", "REPOSITORY", "TAG", "DIGEST"]
    keys = ["MachineID", "Registry", "Repository", "Tag", "Digest"]
    table(heads, [[each[key] for key in keys] for each in found])


def checks(line: Line) -> None:
    """Print the checks of every machine."""
    name = line.app()
    with graphql("app", app=name):
        cloud = connect(line)
        cloud.app(name)
    found = {machine["id"]: machine.get("checks", []) for machine in cloud.machines(name)}
    if line.has("json"):
        show(found)
        return
    rows = [
        [check["name"], check["status"], machine, check["updated_at"], check["output"]]
        for machine, each in found.items()
        for check in each
    ]
    say(f"Health Checks for {name}")
    table(["NAME", "STATUS", "MACHINE", "LAST UPDATED", "OUTPUT"], rows)


def ids(line: Line) -> list[str]:
    """The machines that a command names."""
    if not line.arguments:
        raise CommandError(_NO_ID)
    return list(line.arguments)


def _one(line: Line) -> dict[str, Any]:
    machine = ids(line)[0]
    with machines_api(f"machine {machine} could not be retrieved"):
        found = connect(line).get(f"/apps/{line.app()}/machines/{machine}")
    return _plain(found)


def _plain(machine: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in machine.items() if key != "rehearsal"}


def _well(machine: dict[str, Any]) -> bool:
    checked = all(check["status"] == "passing" for check in machine.get("checks", []))
    return bool(machine["state"] == "started" and checked)


def _image(machine: dict[str, Any]) -> str:
    ref = machine["image_ref"]
    return f"{ref['repository']}:{ref['tag']}" if ref["tag"] else str(ref["repository"])
