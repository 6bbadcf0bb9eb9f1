"""Commands about secrets; values come by stdin or argument and are never printed but by mistake.

The mistakes are flyctl's own: a malformed line is printed whole.
"""

import sys
from typing import Any

from rehearsal.fly import secretlines
from rehearsal.fly.cloud import Cloud, connect
from rehearsal.fly.deploying import rollout
from rehearsal.fly.failure import CommandError
from rehearsal.fly.line import Line
from rehearsal.fly.printing import say, table
from rehearsal.fly.printing import show as show_json
from rehearsal.fly.refusals import graphql

_STAGED = (
    "Secrets have been staged, but not set on VMs. Deploy or update machines in this app for the "
    "secrets to take effect."
)


def take_in(line: Line) -> None:
    """Read NAME=VALUE lines from stdin."""
    name, cloud = line.app(), connect(line)
    with graphql("app", app=name):
        cloud.app(name)
    try:
        found = secretlines.parse(sys.stdin.buffer.read().decode())
    except secretlines.MalformedLine as error:
        raise CommandError(f"Failed to parse secrets from stdin: {error}") from None
    if not found:
        raise CommandError("requires at least one SECRET=VALUE pair")
    _change(line, cloud, name, {"set": found})


def put(line: Line) -> None:
    """Set secrets given as NAME=VALUE; `NAME=-` reads the value from stdin."""
    found = {}
    for pair in line.arguments:
        key, equals, value = pair.partition("=")
        if not equals:
            raise CommandError(f"Secrets must be provided as NAME=VALUE pairs ({pair} is invalid)")
        found[key] = sys.stdin.buffer.read().decode() if value == "-" else value
    _change(line, connect(line), line.app(), {"set": found})


def remove(line: Line) -> None:
    """Unset secrets by name."""
    _change(line, connect(line), line.app(), {"unset": list(line.arguments)})


def deploy(line: Line) -> None:
    """Give staged secrets to the machines."""
    name, cloud = line.app(), connect(line)
    with graphql("app", app=name):
        app = cloud.app(name)
    if not cloud.machines(name):
        raise CommandError("no machines available to deploy")
    rollout.refresh_secrets(cloud, app, line=line)


def show(line: Line) -> None:
    """Print names, digests and states."""
    name = line.app()
    with graphql("app", app=name):
        found = connect(line).get(f"/apps/{name}/secrets")
    if line.has("json"):
        show_json(found)
    else:
        table(["NAME", "DIGEST", "STATUS"], [list(each.values()) for each in found])


def _change(line: Line, cloud: Cloud, name: str, change: dict[str, Any]) -> None:
    with graphql("app", app=name):
        app = cloud.app(name)
        cloud.post(f"/apps/{name}/secrets", change)
    if line.has("stage"):
        say(_STAGED)
    elif cloud.machines(name):
        rollout.refresh_secrets(cloud, app, line=line)
    else:
        say("Secrets are staged for the first deployment")
