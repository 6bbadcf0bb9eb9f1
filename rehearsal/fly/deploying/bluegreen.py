"""Blue-green: a whole second set of machines, then the switch; a failure restores the old set."""

from typing import Any

from rehearsal.fly.cloud import group_of
from rehearsal.fly.deploying.plan import Plan, label
from rehearsal.fly.deploying.steps import Steps
from rehearsal.fly.failure import ApiError, CommandError
from rehearsal.fly.printing import note, say

_NO_CHECKS = (
    "\n\nYou need to define at least 1 check in order to use blue-green deployments. Refer to "
    "https://fly.io/docs/reference/configuration/#services-tcp_checks"
)


def bluegreen(plan: Plan, steps: Steps, blue: list[dict[str, Any]]) -> None:
    """Create green machines, wait until all are healthy, switch, destroy the blue ones."""
    configs = [plan.machine(group_of(machine), present=machine) for machine in blue]
    if not any(_checked(config) for config in configs):
        note(_NO_CHECKS)
        raise CommandError("app is not valid for bluegreen deployments")
    green: list[dict[str, Any]] = []
    try:
        say("\nCreating green machines")
        for machine, config in zip(blue, configs, strict=True):
            green.append(steps.create(config, region=machine["region"], cordoned=True))
            say(f"  Created machine {label(green[-1])}")
        _await(steps, green)
        _switch(steps, blue, green)
    except CommandError as error:
        _restore(steps, green, str(error))
        raise
    say("\nDestroying all blue machines")
    for machine in blue:
        steps.destroy([machine])
        say(f"  Machine {label(machine)} destroyed")
    say("\nDeployment Complete")


def _await(steps: Steps, green: list[dict[str, Any]]) -> None:
    say("\nWaiting for all green machines to start")
    for machine in green:
        try:
            steps.wait.started(machine["id"])
        except CommandError:
            raise CommandError(
                "could not get all green machines into started state: wait timeout"
            ) from None
        say(f"  Machine {label(machine)} - started")
    say("\nWaiting for all green machines to be healthy")
    for machine in green:
        try:
            steps.wait.healthy(machine["id"], label=label(machine), say=lambda _: None)
        except CommandError:
            raise CommandError(
                "could not get all green machines to be healthy: wait timeout"
            ) from None
        number = len(machine.get("checks", []))
        say(f"  Machine {label(machine)} - {number}/{number} passing")


def _switch(steps: Steps, blue: list[dict[str, Any]], green: list[dict[str, Any]]) -> None:
    say("\nMarking green machines as ready")
    for machine in green:
        steps.act(machine["id"], "uncordon")
        say(f"  Machine {label(machine)} now ready")
    say("\nWaiting before cordoning all blue machines")
    for machine in blue:
        steps.act(machine["id"], "cordon")
        say(f"  Machine {label(machine)} cordoned")
    say("\nStopping all blue machines")
    for machine in blue:
        steps.act(machine["id"], "stop")
        say(f"  Machine {label(machine)} - stopped")


def _restore(steps: Steps, green: list[dict[str, Any]], why: str) -> None:
    say(f"\nDeployment failed after error: {why.splitlines()[0]}")
    say("\nRolling back failed deployment")
    for machine in green:
        try:
            steps.destroy([machine])
            say(f"  Deleted machine {label(machine)}")
        except ApiError as error:
            say(f"  Could not delete machine {label(machine)}: {error.text}")


def _checked(config: dict[str, Any]) -> bool:
    return bool(config.get("checks")) or any(s.get("checks") for s in config.get("services", []))
