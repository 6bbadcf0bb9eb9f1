"""Commands about apps as a whole."""

import hashlib
import json
import os
from pathlib import Path
from typing import Any

from rehearsal.fly import catalogue
from rehearsal.fly.cloud import Cloud, connect
from rehearsal.fly.failure import ApiError, CommandError
from rehearsal.fly.line import Line
from rehearsal.fly.printing import note, request_id, say, show, table
from rehearsal.fly.refusals import graphql

_RELEASES_SHOWN = 25
_TAKEN = (
    "App names are unique across all of Fly.io, not just your organization, so this name may be "
    "held by an app you cannot see. Try a different name.\n"
)


def create(line: Line) -> None:
    """Make an app."""
    cloud = connect(line)
    name = line.arguments[0] if line.arguments else line.value("name")
    if not name:
        raise CommandError("name argument or flag must be specified when not running interactively")
    org = line.value("org", os.environ.get("FLY_ORG", ""))
    if not org:
        raise CommandError("org slug must be specified when not running interactively")
    try:
        made = cloud.post("/apps", {"name": name, "org": org})
    except ApiError as error:
        if error.status == 401:
            raise CommandError(f"failed to run query {{ createApp }}: {error.text}") from None
        text = f"{error.text} {request_id()}"
        raise CommandError(f"{text}\n{_TAKEN}" if "taken" in text else text) from None
    if not line.has("json"):
        say(f"New app created: {name}")
        return
    shown = _struct(cloud, made) | {"InternalNumericID": made["number"], "Status": "pending"}
    shown["Organization"] |= {"ID": f"org_{org}", "Slug": org, "Name": ""}
    shown["IPAddresses"], shown["Machines"] = {"Nodes": []}, {"Nodes": []}
    short = hashlib.sha256(name.encode()).hexdigest()[:7]
    show(shown | {"CNAMETarget": f"{short}.{cloud.address(made)}"})


def show_all(line: Line) -> None:
    """Print every app that the token may see."""
    with graphql("apps"):
        cloud = connect(line)
        found = cloud.get("/apps")
    if line.value("org"):
        found = [app for app in found if app["org"] == line.value("org")]
    if line.has("json"):
        show([_struct(cloud, app) for app in found])
        return
    rows = [[app["name"], app["org"], _status(app), ""] for app in found]
    table(["NAME", "OWNER", "STATUS", "LATEST DEPLOY"], rows)


def destroy(line: Line) -> None:
    """Destroy an app and all it has; asks for --yes, as nobody can be asked."""
    name = line.arguments[0]
    cloud = connect(line)
    with graphql("destroy", app=name):
        cloud.app(name)
    if not line.has("yes"):
        note("Destroying an app is not reversible.")
        raise CommandError("yes flag must be specified when not running interactively")
    with graphql("destroy", app=name):
        cloud.delete(f"/apps/{name}")
    say(f"Destroyed app {name}")


def status(line: Line) -> None:
    """Print an app and its machines."""
    name = line.app()
    with graphql("app", app=name, prefix="failed to get app: "):
        cloud = connect(line)
        app = cloud.app(name)
    machines = [_plain(machine) for machine in cloud.machines(name)]
    if line.has("json"):
        show(_status_struct(cloud, app, machines))
        return
    say(f"App\n  Name     = {name}\n  Owner    = {app['org']}")
    say(f"  Hostname = {cloud.address(app)}\n")
    heads = ["PROCESS", "ID", "VERSION", "REGION", "STATE", "CHECKS", "LAST UPDATED"]
    table(heads, [_row(machine) for machine in machines])


def releases(line: Line) -> None:
    """Print the newest releases."""
    name = line.app()
    with graphql("releases", app=name):
        found = connect(line).get(f"/apps/{name}/releases")[:_RELEASES_SHOWN]
    if line.has("json"):
        show([_release(each, image=line.has("image")) for each in found])
        return
    rows = [
        [f"v{r['version']}", r["status"], "Release", catalogue.EMAIL, r["created_at"]]
        + ([r["image_ref"]] if line.has("image") else [])
        for r in found
    ]
    heads = ["VERSION", "STATUS", "DESCRIPTION", "USER", "DATE"]
    table(heads + (["DOCKER IMAGE"] if line.has("image") else []), rows)


def _status(app: dict[str, Any]) -> str:
    return "deployed" if app["deployed"] else "pending"


def _struct(cloud: Cloud, app: dict[str, Any]) -> dict[str, Any]:
    template = Path(__file__).resolve().parent.parent / "app.json"
    found: dict[str, Any] = json.loads(template.read_text())
    found |= {"ID": app["name"], "Name": app["name"], "Hostname": cloud.address(app)}
    found |= {"Status": _status(app), "Deployed": app["deployed"]}
    found["Organization"] |= {
        "Slug": app["org"],
        "Name": catalogue.ORGANISATIONS.get(app["org"], ""),
    }
    return found


def _status_struct(
    cloud: Cloud, app: dict[str, Any], machines: list[dict[str, Any]]
) -> dict[str, Any]:
    address = cloud.address(app)
    slugs = list(catalogue.ORGANISATIONS)
    owner: dict[str, Any] = {
        "ID": f"org_{app['org']}",
        "InternalNumericID": str(slugs.index(app["org"]) + 2),
    }
    owner |= {"Name": "", "Slug": app["org"], "RawSlug": "", "PaidPlan": False}
    return {
        "AppURL": f"http://{address}",
        "Deployed": app["deployed"],
        "Hostname": address,
        "ID": app["name"],
        "Machines": machines,
        "Name": app["name"],
        "Organization": owner,
        "PlatformVersion": "machines",
        "Status": _status(app),
        "Version": app["version"],
    }


def _plain(machine: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in machine.items() if key != "rehearsal"}


def _row(machine: dict[str, Any]) -> list[str]:
    checks = machine.get("checks", [])
    passing = sum(check["status"] == "passing" for check in checks)
    metadata = machine["config"]["metadata"]
    return [
        metadata["fly_process_group"],
        machine["id"],
        metadata["fly_release_version"],
        machine["region"],
        machine["state"],
        f"{len(checks)} total, {passing} passing" if checks else "",
        machine["updated_at"],
    ]


def _release(release: dict[str, Any], *, image: bool) -> dict[str, Any]:
    return {
        "ID": release["id"],
        "Version": release["version"],
        "Stable": release["status"] == "complete",
        "InProgress": release["status"] in {"pending", "running"},
        "Reason": "",
        "Description": "Release",
        "Status": release["status"],
        "DeploymentStrategy": "",
        "Metadata": None,
        "User": {
            "ID": "user_1",
            "Name": catalogue.USER,
            "Email": catalogue.EMAIL,
            "EnablePaidHobby": False,
        },
        "EvaluationID": "",
        "CreatedAt": release["created_at"],
        "ImageRef": release["image_ref"] if image else "",
    }
