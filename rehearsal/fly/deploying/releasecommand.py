"""The release_command: run on a machine of its own before any other is touched."""

import time
from datetime import UTC, datetime
from typing import Any

from rehearsal.fly import durations, machineconfig
from rehearsal.fly.deploying.plan import Plan
from rehearsal.fly.failure import ApiError, CommandError
from rehearsal.fly.printing import note, request_id, say

LOOK_EVERY = 0.1
ALLOWED = "5m"


def run(plan: Plan) -> None:
    """Run it to its end; CommandError when it fails, and then nothing is deployed."""
    deploy = plan.config["deploy"]
    note(f"Running {plan.name} release_command: {deploy['release_command']}")
    note("Starting machine")
    machine = _machine(plan)["id"]
    say(f"> Created release_command machine {machine}")
    for state in ("stopped", "started"):
        say(f"> Waiting for {machine} to have state: {state}")
        if state == "started":
            say(f"> Waiting for {machine} to have state: {state}")
        say(f"> Machine {machine} has state: {state}")
    say(f"> Waiting for {machine} to have state: destroyed")
    limit = durations.seconds(deploy.get("release_command_timeout", ALLOWED))
    code = _exit_code(plan, machine, within=limit)
    say(f"> Machine {machine} has state: destroyed")
    say(f"> Waiting for {machine} to get exit event")
    logs = plan.cloud.get(f"/apps/{plan.name}/logs?machine={machine}")
    plan.cloud.delete(f"/apps/{plan.name}/machines/{machine}")
    if code:
        _failed(machine, code, [each["message"] for each in logs])
    say(f"✔ release_command {machine} completed successfully")


def _machine(plan: Plan) -> dict[str, Any]:
    guest = machineconfig.guest_of(plan.config, group="app")
    config = machineconfig.release_config(
        plan.config, image=plan.image, release=plan.release, guest=guest
    )
    body = {"config": config, "region": plan.region}
    try:
        made: dict[str, Any] = plan.cloud.post(f"/apps/{plan.name}/machines", body)
    except ApiError as error:
        text = f"error creating a release_command machine: {error.text} {request_id()}"
        raise CommandError(f"release command failed - aborting deployment. {text}") from None
    return made


def _exit_code(plan: Plan, machine: str, *, within: float) -> int:
    limit = time.monotonic() + within
    while time.monotonic() < limit:
        found = plan.cloud.get(f"/apps/{plan.name}/machines/{machine}")
        for event in found["events"]:
            if event["type"] == "exit":
                return int(event["request"]["exit_event"]["exit_code"])
        time.sleep(LOOK_EVERY)
    plan.cloud.delete(f"/apps/{plan.name}/machines/{machine}")
    raise CommandError(
        "release command failed - aborting deployment. error waiting for release_command machine "
        f"{machine} to finish running: timeout reached waiting for machine's state to change"
    )


def _failed(machine: str, code: int, lines: list[str]) -> None:
    why = f"machine {machine} exited with non-zero status of {code}"
    say(f"✖ release_command failed\n✖ Failed: {why}")
    note(f"Error release_command failed running on machine {machine} with exit code {code}.")
    note("Checking logs: fetching the last 100 lines below:")
    at = datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
    for line in lines:
        note(f"\x1b[2m{at}\x1b[0m  {line}")
    raise CommandError(f"release command failed - aborting deployment. {why}")
