"""`machine run`: one machine beside those of deploys."""

from typing import Any

from rehearsal.fly import catalogue
from rehearsal.fly.cloud import Cloud, connect
from rehearsal.fly.failure import ApiError, CommandError
from rehearsal.fly.line import Line
from rehearsal.fly.machineconfig import megabytes
from rehearsal.fly.printing import note, say
from rehearsal.fly.refusals import graphql, machines_api

_POLICIES = {"no": "no", "on-fail": "on-failure", "always": "always"}
_NEAREST = "syd"


def run(line: Line) -> None:
    """Make a machine and start it; with --rm it goes away when what it runs has ended."""
    cloud, app = connect(line), line.app()
    with graphql("app", app=app):
        cloud.app(app)
    image, *command = line.arguments
    config = {
        "env": _pairs(line, "env"),
        "init": {"cmd": command} if command else {},
        "guest": _guest(line),
        "metadata": _pairs(line, "metadata"),
        "restart": {"policy": _policy(line)},
        "auto_destroy": line.has("rm"),
        "image": _found(cloud, image),
    }
    body = {"config": config, "region": line.value("region", _NEAREST)}
    with machines_api("could not launch machine: failed to launch VM"):
        machine = cloud.post(f"/apps/{app}/machines", body | {"name": line.value("name")})
    say(f"Success! A Machine has been successfully launched in app {app}")
    say(f" Machine ID: {machine['id']}\n Instance ID: {machine['instance_id']}\n State: created")
    say("\n Attempting to start machine...\n")
    if not line.has("detach"):
        say("\x1b[32m==> Monitoring health checks\x1b[0m\n")
    say(f"Machine started, you can connect via the following private ip\n  {machine['private_ip']}")


def _found(cloud: Cloud, image: str) -> str:
    """The image by its name; flyctl asks the registry before the platform."""
    searching = f"Searching for image '{image}' remotely..."
    note(searching)
    try:
        found: dict[str, str] = cloud.get(f"/images?ref={image}")
    except ApiError as error:
        if error.status != 404:
            raise
        raise CommandError(f'could not find image "{image}"') from None
    note(f"image found: img_{found['digest'].removeprefix('sha256:')[:16]}")
    say(f"Image: {image}\nImage size: 64 MB\n")
    return image


def _pairs(line: Line, flag: str) -> dict[str, str]:
    given = [pair.partition("=") for pair in line.flags.get(flag, [])]
    if any(not equals for _, equals, _ in given):
        raise CommandError(f"invalid key/value pairs specified for flag {flag}")
    return {name: value for name, _, value in given}


def _guest(line: Line) -> dict[str, Any]:
    sizes, size = catalogue.sizes(), line.value("vm-size", catalogue.SMALLEST)
    if size not in sizes:
        names = ", ".join(sorted(sizes))
        raise CommandError(f"invalid machine size requested, '{size}', available:\n{names}")
    found = dict(sizes[size])
    if line.value("vm-cpu-kind"):
        found["cpu_kind"] = line.value("vm-cpu-kind")
    if line.value("vm-cpus"):
        found["cpus"] = int(line.value("vm-cpus"))
    if line.value("vm-memory"):
        found["memory_mb"] = megabytes(line.value("vm-memory"))
    return found


def _policy(line: Line) -> str:
    # A machine is only taken away by itself if nothing starts it again.
    named = line.value("restart", "no" if line.has("rm") else "always")
    if named not in _POLICIES:
        raise CommandError("invalid restart provided")
    return _POLICIES[named]
