"""Commands about an app's IP addresses: shown and allocated, though nothing listens on them."""

from typing import Any

from rehearsal.fly.cloud import connect
from rehearsal.fly.failure import CommandError
from rehearsal.fly.line import Line
from rehearsal.fly.printing import show as show_json
from rehearsal.fly.printing import table
from rehearsal.fly.refusals import graphql

_NEVER = "0001-01-01T00:00:00Z"


def show(line: Line) -> None:
    """Print all addresses, the shared one last and without an id."""
    name = line.app()
    with graphql("ips", app=name):
        found = connect(line).get(f"/apps/{name}/ips")
    shown = [
        _address(each["id"], each["address"], each["type"], "global", each["created_at"])
        for each in found["addresses"]
    ]
    if found["shared"]:
        shown.append(_address("", found["shared"], "shared_v4", "", _NEVER))
    if line.has("json"):
        show_json(shown)
        return
    rows = [[_version(a["Type"]), a["Address"], a["Type"], a["Region"]] for a in shown]
    table(["VERSION", "IP", "TYPE", "REGION"], rows)


def allocate_v4(line: Line) -> None:
    """Allocate a dedicated IPv4 address, or with --shared the shared one."""
    kind = "shared_v4" if line.has("shared") else "v4"
    if kind == "v4" and not line.has("yes"):  # it costs money, so flyctl asks
        raise CommandError("yes flag must be specified when not running interactively")
    found = _allocate(line, kind=kind)
    if kind == "shared_v4":
        row = ["v4", found["address"], "shared", "global"]
        table(["VERSION", "IP", "TYPE", "REGION"], [row])
    else:
        _dedicated(found)


def allocate_v6(line: Line) -> None:
    """Allocate an IPv6 address."""
    _dedicated(_allocate(line, kind="v6"))


def _allocate(line: Line, *, kind: str) -> dict[str, Any]:
    name = line.app()
    with graphql("app", app=name):
        found: dict[str, Any] = connect(line).post(f"/apps/{name}/ips", {"kind": kind})
        return found


def _dedicated(found: dict[str, Any]) -> None:
    row = [found["type"], found["address"], "public ingress (dedicated)", "global", "just now"]
    table(["VERSION", "IP", "TYPE", "REGION", "CREATED AT"], [row])


def _version(kind: str) -> str:
    return "v6" if kind == "v6" else "v4"


def _address(number: str, address: str, kind: str, region: str, created: str) -> dict[str, Any]:
    return {
        "ID": number,
        "Address": address,
        "Type": kind,
        "Region": region,
        "CreatedAt": created,
        "ServiceName": "",
        "Network": None,
    }
