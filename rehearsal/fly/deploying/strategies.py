"""Rolling, canary, immediate: how a new release replaces the old one's machines."""

from typing import Any

from rehearsal.fly.cloud import group_of
from rehearsal.fly.deploying.bluegreen import bluegreen
from rehearsal.fly.deploying.held import holding
from rehearsal.fly.deploying.plan import Plan, label
from rehearsal.fly.deploying.steps import Steps
from rehearsal.fly.failure import CommandError
from rehearsal.fly.flytoml import groups
from rehearsal.fly.printing import note, say

_NO_VOLUMES = "error canary deployment strategy is not supported when using mounted volumes"
STRATEGIES = ("rolling", "canary", "bluegreen", "immediate")


def carry_out(plan: Plan, machines: list[dict[str, Any]]) -> None:
    """Bring the app's machines to the plan's release; a failure leaves what it had done."""
    known = groups(plan.config)
    kept = [machine for machine in machines if group_of(machine) in known]
    gone = [machine for machine in machines if group_of(machine) not in known]
    missing = [group for group in known if group not in {group_of(m) for m in kept}]
    with holding(plan.cloud, plan.name, [machine["id"] for machine in machines]) as held:
        steps = Steps(plan.cloud, plan.name, held=held, wait=plan.options.wait)
        if missing or gone:
            _announce(plan, missing, gone)
        steps.destroy(gone)
        if missing:
            _launch(plan, steps, missing)
        if kept:
            say(
                f"Updating existing machines in '{plan.name}' with {plan.options.strategy} strategy"
            )
            _replace(plan, steps, kept)


def _replace(plan: Plan, steps: Steps, machines: list[dict[str, Any]]) -> None:
    if plan.options.strategy == "bluegreen":
        bluegreen(plan, steps, machines)
        return
    if plan.options.strategy == "canary":
        _canary(plan, steps, machines)
    waits = plan.options.strategy != "immediate" and not plan.options.detach
    for machine in machines:
        config = plan.machine(group_of(machine), present=machine)
        steps.update(machine, config, waits=waits)


def _canary(plan: Plan, steps: Steps, machines: list[dict[str, Any]]) -> None:
    if plan.config.get("mounts"):
        raise CommandError(_NO_VOLUMES)
    present = {group_of(machine): machine for machine in machines}
    for group, machine in present.items():
        say(f"Creating canary machine for group {group}")
        made = steps.create(plan.machine(group, present=machine), region=machine["region"])
        say(f"> Machine {label(made)} was created")
        # No clean-up on failure: a failed canary stays behind, as it does with flyctl.
        steps.created(made)
        say(f"✔ Machine {label(made)} update finished: success")
        steps.destroy([made])
        say(f"> Canary machine {made['id']} destroyed")


def _announce(plan: Plan, missing: list[str], gone: list[dict[str, Any]]) -> None:
    say("This deployment will:")
    if gone:
        counts: dict[str, int] = {}
        for machine in gone:
            counts[group_of(machine)] = counts.get(group_of(machine), 0) + 1
        for group, number in counts.items():
            say(f' * destroy {number} "{group}" {_machines(number)}')
    for group in missing:
        number = _number(plan, group)
        say(f' * create {number} "{group}" {_machines(number)}')
    say()


def _launch(plan: Plan, steps: Steps, missing: list[str]) -> None:
    say("> Launching new machine")
    for group in missing:
        say(f"No machines in group {group}, launching a new machine")
        for _ in range(_number(plan, group)):
            _launch_one(plan, steps, group)
    note("Finished launching new machines")


def _launch_one(plan: Plan, steps: Steps, group: str) -> None:
    made = steps.create(plan.machine(group), region=plan.region)
    say(f"> Machine {label(made)} was created")
    try:
        if not plan.options.detach and plan.options.strategy != "immediate":
            steps.created(made)
    except CommandError as error:
        say(f"✖ Machine {label(made)} update finished: {str(error).splitlines()[0]}")
        raise
    say(f"✔ Machine {label(made)} update finished: success")


def _number(plan: Plan, group: str) -> int:
    serves = "services" in plan.machine(group)
    return 2 if plan.options.ha and serves else 1


def _machines(number: int) -> str:
    return "machine" if number == 1 else "machines"
