"""Changes of running machines that are no deploy: staged secrets put in, sizes changed."""

from typing import Any

from rehearsal.fly.cloud import Cloud
from rehearsal.fly.deploying.held import holding
from rehearsal.fly.deploying.plan import WAITS, release
from rehearsal.fly.deploying.steps import Steps
from rehearsal.fly.line import Line
from rehearsal.fly.printing import note, say


def refresh_secrets(cloud: Cloud, app: dict[str, Any], *, line: Line) -> None:
    """Restart the machines one by one with present secrets; that is a release of the same image."""
    name, machines = app["name"], cloud.machines(app["name"])
    image = machines[0]["config"]["image"]
    with (
        release(cloud, name, image=image, config=None, strategy="rolling") as begun,
        holding(cloud, name, [machine["id"] for machine in machines]) as held,
    ):
        steps = Steps(cloud, name, held=held, wait=WAITS)
        say(f"Updating existing machines in '{name}' with rolling strategy")
        for machine in machines:
            config = machine["config"]
            named = {"fly_release_id": begun["id"], "fly_release_version": str(begun["version"])}
            config = config | {"metadata": config["metadata"] | named}
            steps.update(machine, config, waits=not line.has("detach"))
    if line.value("dns-checks", "true") == "true":
        warn_of_dns(cloud, app)


def resize(
    cloud: Cloud, app: dict[str, Any], *, machines: list[dict[str, Any]], guest: dict[str, Any]
) -> None:
    """Restart machines with another guest; no release is made."""
    name = app["name"]
    with holding(cloud, name, [machine["id"] for machine in machines]) as held:
        steps = Steps(cloud, name, held=held, wait=WAITS)
        for machine in machines:
            say(f"Updating machine {machine['id']}")
            config = machine["config"] | {"guest": guest}
            nonce = held.nonce(machine["id"])
            cloud.post(f"/apps/{name}/machines/{machine['id']}", {"config": config}, nonce=nonce)
            steps.wait.started(machine["id"])
            say(f"Machine {machine['id']} updated successfully!")


def warn_of_dns(cloud: Cloud, app: dict[str, Any]) -> None:
    """Print the DNS warning: no name server knows a rehearsal's apps."""
    host = cloud.address(app)
    note(f"Checking DNS configuration for {host}")
    problem = f"expected 1 A records for {host}., got 0"
    say(f"\x1b[33mWARN\x1b[0m DNS checks failed: {problem}\n")
    note(f"WARNING: DNS verification failed: {problem}")
    note("Your app is deployed but DNS may take a few minutes to propagate globally")
