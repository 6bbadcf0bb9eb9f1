"""Commands about certificates of an app's own hostnames."""

from typing import Any

from rehearsal.fly.cloud import connect
from rehearsal.fly.failure import CommandError
from rehearsal.fly.line import Line
from rehearsal.fly.printing import say
from rehearsal.fly.printing import show as show_json
from rehearsal.fly.refusals import graphql


def show(line: Line) -> None:
    """Print hostnames and states."""
    name = line.app()
    with graphql("certificates", app=name):
        found = connect(line).get(f"/apps/{name}/certificates")
    if line.has("json"):
        show_json([_compact(each) for each in found])
        return
    say(f"{'Host Name':<25} {'Added':<20} Status")
    for each in found:
        say(f"{each['hostname']:<25} {'just now':<20} {each['status']}")


def add(line: Line) -> None:
    """Ask for a certificate, and say what DNS has to tell for it."""
    name, (hostname,) = line.app(), line.arguments
    cloud = connect(line)
    with graphql("app", app=name):
        cloud.app(name)
    with graphql("certificate"):
        made = cloud.post(f"/apps/{name}/certificates", {"hostname": hostname})
    if line.has("json"):
        show_json(_compact(made))
        return
    say(f"\nYou are creating a certificate for {hostname}")
    say("We are using Let's Encrypt for this certificate.\n")
    say(f"You can configure your DNS for {hostname} by:\n")
    say("1: Adding an CNAME record to your DNS service which reads:")
    say(f"\n    CNAME {hostname.split('.')[0]}. {name}.fly.dev")


def remove(line: Line) -> None:
    """Give a certificate back; without --yes flyctl asks, and nobody answers."""
    name, (hostname,) = line.app(), line.arguments
    cloud = connect(line)
    if not line.has("yes"):
        raise CommandError("prompt: non interactive")
    with graphql("app", app=name):
        cloud.app(name)
    with graphql("certificate"):
        cloud.delete(f"/apps/{name}/certificates/{hostname}")
    say(f"Certificate {hostname} deleted from app {name}")


def _compact(found: dict[str, Any]) -> dict[str, Any]:
    return {
        "CreatedAt": found["created_at"],
        "Hostname": found["hostname"],
        "ClientStatus": found["status"],
    }
